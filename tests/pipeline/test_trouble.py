"""Workers that lose their claim, replays that fail, and metadata that nobody would expect."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from ingest.models import Batch, BatchState, ModelVersion
from monitoring import pipeline, tasks
from monitoring.models import Incident, PredictionCounter
from monitoring.queue import claims
from monitoring.versions import artifacts
from monitoring.versions.profiling import profile_version
from nantrace.replay.replay_errors import CannotLockError, NoReplayError, ReplayError
from nantrace.replay.replayer import Replayer
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register
from tests.replay.processes import alive, becomes_true

pytestmark = pytest.mark.django_db(transaction=True)
TUTORIAL = [[1, 2, float("nan")], [3, 4, 5], [6, float("nan"), 8]]


def claimed(version: ModelVersion) -> Batch:
    batch = claims.claim_next(version.pk)
    assert batch is not None
    return batch


def lease_runs_out() -> None:
    Batch.objects.filter(state=BatchState.PENDING).update(claimed_until=None)


def test_a_lost_lease_records_nothing(alice: ApiClient, register: Register, post: Post) -> None:
    """A worker that stood still answers after another has taken its batch over."""
    version = register()
    post(TUTORIAL)
    profile_version(version.pk)
    slow = claimed(version)
    lease_runs_out()
    fast = claimed(version)

    pipeline.process(slow)

    assert not Incident.objects.exists()
    assert not PredictionCounter.objects.filter(value__gt=0).exists()
    assert Batch.objects.get().state == BatchState.PENDING
    pipeline.process(fast)
    (incident,) = alice.get("/incidents").json()["results"]
    assert incident["rows"] == 2
    assert PredictionCounter.objects.get(symptom="").value == 3


def test_who_comes_second_records_nothing(register: Register, post: Post) -> None:
    version = register()
    post(TUTORIAL)
    profile_version(version.pk)
    slow = claimed(version)
    lease_runs_out()
    pipeline.process(claimed(version))

    pipeline.process(slow)

    assert PredictionCounter.objects.get(symptom="").value == 3
    assert Incident.objects.get().rows == 2


def test_rows_wait_for_a_model_file_that_is_away_and_say_so(
    alice: ApiClient, register: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "_known", {})  # a worker that has just started
    version = register()
    batch = post(TUTORIAL)
    stored = Path(default_storage.path(version.artifact_path))
    away = stored.rename(stored.with_suffix(".away"))
    for _ in range(4):
        tasks.profile_version(version.pk)
        waiting = alice.get(f"/batches/{batch}").json()
        assert waiting["state"] == "pending"
        assert "No such file" in waiting["failure"]
        assert version.artifact_path in waiting["failure"]
        lease_runs_out()

    away.rename(stored)
    tasks.profile_version(version.pk)

    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"
    assert Incident.objects.get().rows == 2


def test_a_profiling_that_dies_costs_the_rows_no_attempt(
    alice: ApiClient, register: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = register()
    batch = post(TUTORIAL)

    def dies(*_: Any) -> Any:
        raise ReplayError("the process that replays the model died: out of memory")

    with monkeypatch.context() as patch:
        patch.setattr("monitoring.versions.profiling.audit", dies)
        for _ in range(4):
            tasks.profile_version(version.pk)
    waiting = alice.get(f"/batches/{batch}").json()
    assert (waiting["state"], Batch.objects.get().attempts) == ("pending", 0)
    assert "out of memory" in waiting["failure"]

    tasks.profile_version(version.pk)

    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"


def test_the_third_failure_quarantines(
    alice: ApiClient, register: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replay of these rows cannot be brought to an end."""
    version = register()
    batch = post(TUTORIAL)
    profile_version(version.pk)

    def dies(*_: Any, **__: Any) -> Any:
        raise ReplayError("the process that replays the model died: out of memory")

    monkeypatch.setattr(pipeline, "examine_canonical", dies)
    for attempt in range(1, 4):
        assert alice.get(f"/batches/{batch}").json()["state"] == "pending"
        assert pipeline.process_version(version.pk) == 1, f"attempt {attempt}: one, and then a pause"
        lease_runs_out()

    assert alice.get(f"/batches/{batch}").json()["state"] == "quarantined"
    stored = Batch.objects.get()
    assert "out of memory" in stored.failure
    assert stored.payload is not None
    assert pipeline.process_version(version.pk) == 0
    assert not PredictionCounter.objects.filter(value__gt=0).exists()


@pytest.mark.parametrize(
    "trouble",
    [
        NoReplayError("the process that starts replays ended"),
        CannotLockError(
            "models cannot be locked in here: this kernel has no Landlock", "Run the worker where they can"
        ),
    ],
    ids=["no zygote", "no lock"],
)
def test_rows_wait_where_nothing_can_be_replayed(
    alice: ApiClient, register: Register, post: Post, monkeypatch: pytest.MonkeyPatch, trouble: ReplayError
) -> None:
    """For as long as it takes: neither the rows nor their model are at fault."""
    version = register()
    batch = post(TUTORIAL)

    def fails(*_: Any, **__: Any) -> Any:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr("monitoring.versions.profiling.audit", fails)
        tasks.profile_version(version.pk)
        assert alice.get("/models/tutorial/versions/1").json()["audit"]["state"] == "pending"
        assert str(trouble) in alice.get(f"/batches/{batch}").json()["failure"]
    profile_version(version.pk)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "examine_canonical", fails)
        for _ in range(4):
            assert pipeline.process_version(version.pk) == 1
            lease_runs_out()
    waiting = alice.get(f"/batches/{batch}").json()
    assert (waiting["state"], Batch.objects.get().attempts) == ("pending", 0)
    assert str(trouble) in waiting["failure"]

    pipeline.process_version(version.pk)

    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"


def test_a_child_killed_in_between_costs_no_rows(
    alice: ApiClient, register: Register, post: Post, replayer: Replayer
) -> None:
    version = register()
    post([[1, 2, 3]])
    pipeline.process_version(version.pk)
    batch = post(TUTORIAL)
    killed = [child.pid for child in replayer._children.values()]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert becomes_true(lambda: not any(alive(pid) for pid in killed))

    pipeline.process_version(version.pk)

    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"
    assert PredictionCounter.objects.get(symptom="").value == 4


NASTY = '{"tensorflow": "2.16.1", "device": NaN, "xla": Infinity, "onednn": "NaN", "machine_type": -Infinity}'


def test_nan_in_the_environment_does_no_harm(alice: ApiClient, register: Register) -> None:
    version = register()
    body = f'{{"model": "tutorial", "version": "1", "inputs": [[1, 2, NaN]], "environment": {NASTY}}}'
    answer = alice.post("/samples", body, content_type="application/json")
    if answer.status_code != 202:  # refused by name is harmless as well
        assert answer.status_code in (400, 422)
        assert "environment" in str(answer.json()["errors"])
        return

    pipeline.process_version(version.pk)

    (incident,) = alice.get("/incidents").json()["results"]
    assert incident["cause"] == "input_missing"


@pytest.mark.parametrize(
    "metadata",
    [
        {"features": []},
        {"features": ["only one"]},
        {"features": {"features": ["a", "b", "c"]}},
        {"features": {"unknown input": ["a"]}},
        {"preprocessing": {}},
        {"preprocessing": {"scaler": {"kind": "standard", "mean": [1], "scale": [0]}}},
        {"preprocessing": {"scaler": {"kind": "standard", "mean": [1, 2, 3], "scale": [0, 0, 0]}}},
        {"preprocessing": {"scaler": {"kind": "minmax", "min": [1, 2, 3], "max": [1, 2, 3]}}},
    ],
    ids=lambda metadata: json.dumps(metadata)[:50],
)
def test_metadata_that_does_not_fit_does_no_harm(
    alice: ApiClient, register: Register, post: Post, metadata: dict[str, Any]
) -> None:
    version = register(metadata=json.dumps(metadata))
    post(TUTORIAL)

    pipeline.process_version(version.pk)

    (incident,) = alice.get("/incidents").json()["results"]
    assert (incident["cause"], incident["rows"]) == ("input_missing", 2)


def test_rows_that_the_model_cannot_take_are_an_incident(alice: ApiClient, register: Register, post: Post) -> None:
    version = register()
    batch = post([[1, 2], [3, 4]])

    pipeline.process_version(version.pk)

    (incident,) = alice.get("/incidents").json()["results"]
    assert (incident["symptom"], incident["cause"]) == ("replay_failed", "shape_or_type")
    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"
