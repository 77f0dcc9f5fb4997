"""Calls of another signature than the default one are replayed by that signature, and by nothing else."""

import base64
import struct

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest.models import Batch, BatchState
from monitoring import pipeline
from monitoring.models import DriftWindow, Incident
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
HEALTHY = {"query": [[0.1, 0.2], [0.3, 0.4]], "negated": [True, False]}


def test_each_call_is_replayed_by_its_own_signature(alice: ApiClient, register: Register, post: Post) -> None:
    version = register("signatures.zip")
    healthy = post(HEALTHY, outputs=[-0.3, 0.7], signature="compare")
    broken = post({**HEALTHY, "query": [[0.1, 0.2], [0.3, None]]}, outputs=[-0.3, float("nan")], signature="compare")
    default = post([[1, 2]], outputs=[[8.0]], signature="serving_default")

    pipeline.process_version(version.pk)

    found = {batch: alice.get(f"/batches/{batch}").json() for batch in (healthy, broken, default)}
    assert [one["state"] for one in found.values()] == ["replayed"] * 3
    assert [one["signature"] for one in found.values()] == ["compare", "compare", "serving_default"]
    assert [len(one["incidents"]) for one in found.values()] == [0, 1, 0]
    incident = alice.get(f"/incidents/{found[broken]['incidents'][0]}").json()
    assert (incident["cause"], incident["row_indices"]) == ("input_missing", [1])
    assert [feature["input"] for feature in incident["features"]] == ["query"]
    assert not DriftWindow.objects.exists()


def test_what_is_registered_for_the_default_signature_is_not_said_of_another(register: Register, post: Post) -> None:
    reference = b"first,second\n" + b"".join(b"%d,%d\n" % (1000 + i, 2000 + i) for i in range(100))
    metadata = '{"features": ["first", "second"]}'
    version = register("signatures.zip", reference=SimpleUploadedFile("reference.csv", reference), metadata=metadata)
    post({"query": [[0.1, float("inf")]], "negated": [False]}, signature="compare")

    pipeline.process_version(version.pk)

    (feature,) = Incident.objects.get().report["features"]
    assert feature["name"] == "query[1]"
    assert not feature.get("reference")


def example_of(*numbers: float) -> str:
    """A serialised `tf.Example` of the feature x in base64 (https://protobuf.dev/programming-guides/encoding)."""

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    feature = field(2, field(1, struct.pack(f"<{len(numbers)}f", *numbers)))
    return base64.b64encode(field(1, field(1, field(1, b"x") + field(2, feature)))).decode()


def test_bytes_reach_the_model_as_they_were_sent(alice: ApiClient, register: Register, post: Post) -> None:
    """One ends in NUL, one is no UTF-8, one holds NaN."""
    version = register("signatures.zip")
    rows = [example_of(1.0, 0.0), example_of(-1.0, 2.5), example_of(float("nan"), 1.0)]
    assert base64.b64decode(rows[0]).endswith(b"\0")
    batch = post([{"b64": row} for row in rows], outputs=[[2.0], [5.5], [float("nan")]], signature="parse")

    pipeline.process_version(version.pk)

    found = alice.get(f"/batches/{batch}").json()
    assert (found["state"], found["failure"]) == ("replayed", "")
    for incident in found["incidents"]:
        document = alice.get(f"/incidents/{incident}").json()
        assert (document["symptom"], document["row_indices"]) == ("nonfinite_output", [2])


def test_a_signature_that_is_not_there_costs_the_replay_and_claims_nothing(register: Register, post: Post) -> None:
    version = register("signatures.zip")
    post(HEALTHY, signature="rank")

    pipeline.process_version(version.pk)

    batch = Batch.objects.get()
    assert batch.state == BatchState.FAILED
    assert "no signature 'rank'" in batch.failure
    assert batch.payload
    assert not Incident.objects.exists()
