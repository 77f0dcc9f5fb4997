"""Models whose answers are far larger than their files: the worker stays small, and says where it gives up."""

from pathlib import Path

import pytest

from ingest.models import Batch
from monitoring import pipeline
from monitoring.models import Incident
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register
from tests.replay.conftest import needs_sandbox

pytestmark = pytest.mark.django_db(transaction=True)
MIB = 2**20


def peak_above(before: int) -> int:
    """Bytes that this process held at most since `forget_peak`, see proc_pid_status(5)."""
    return _status("VmHWM") - before


def forget_peak() -> int:
    """Bytes that this process holds now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(field: str) -> int:
    return int(Path("/proc/self/status").read_text().partition(f"{field}:")[2].split()[0]) * 1024


def test_a_large_answer_is_diagnosed_in_a_small_worker(alice: ApiClient, register: Register, post: Post) -> None:
    """20 MB for each of four rows: held in one experiment after the other they took gigabytes."""
    version = register("answers_20_mb.zip")
    pipeline.process_version(version.pk)
    batch = post([[float("nan")], [1.0], [2.0], [float("nan")]])
    before = forget_peak()

    pipeline.process_version(version.pk)

    assert peak_above(before) < 256 * MIB
    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"
    incident = Incident.objects.get()
    assert (incident.cause, incident.rows) == ("input_missing", 2)


@needs_sandbox
def test_a_batch_that_needs_too_much_memory_fails_and_says_how_much_there_is(
    alice: ApiClient, register: Register, post: Post
) -> None:
    """Once: no attempt after it would end otherwise."""
    version = register("eats.zip")
    batch = post([[9.0]])

    pipeline.process_version(version.pk)

    found = alice.get(f"/batches/{batch}").json()
    assert found["state"] == "failed"
    assert "NANWATCH_REPLAY_MEMORY_BYTES" in found["failure"]
    assert Batch.objects.get().payload is not None, "its rows are kept"
