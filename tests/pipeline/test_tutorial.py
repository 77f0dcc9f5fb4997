"""The case of the README, from the post to the incident."""

from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest.models import Batch
from monitoring.models import HourlyCount, PredictionCounter
from monitoring.pipeline import process_version
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
TUTORIAL = [[1, 2, float("nan")], [3, 4, 5], [6, float("nan"), 8]]


def incidents(client: ApiClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/incidents").json()["results"]
    return found


def test_it_works(alice: ApiClient, charlie: ApiClient, register: Register, post: Post) -> None:
    version = register()
    batch = post(TUTORIAL, outputs=[[0.0], [4.2], [0.0]], ids=["req-1", "req-2", "req-3"])
    assert alice.get(f"/batches/{batch}").json()["state"] == "pending"

    assert process_version(version.pk) == 1

    (incident,) = incidents(alice)
    assert (incident["symptom"], incident["cause"], incident["state"]) == ("absorbed", "input_missing", "open")
    assert (incident["rows"], incident["row_indices"]) == (2, [0, 2])
    assert {feature["index"] for feature in incident["features"]} == {1, 2}
    assert incident["origin"]["kind"] == "input"
    assert incident["remedies"][0]["proven"]
    answer = alice.get(f"/batches/{batch}").json()
    assert (answer["state"], answer["rows"], answer["incidents"]) == ("replayed", 3, [incident["id"]])
    whole = alice.get(f"/incidents/{incident['id']}").json()
    assert [(one["row"], one["id"], one["outputs"]) for one in whole["examples"]] == [
        (0, "req-1", [0.0]),
        (2, "req-3", [0.0]),
    ]
    assert charlie.get("/incidents").json()["results"] == []
    assert charlie.get(f"/batches/{batch}").status_code == 404


def test_healthy_rows_leave_counts_only(alice: ApiClient, register: Register, post: Post) -> None:
    version = register()
    batch = post([[1, 2, 3], [3, 4, 5]])

    process_version(version.pk)

    answer = alice.get(f"/batches/{batch}").json()
    assert (answer["state"], answer["rows"], answer["incidents"]) == ("replayed", 2, [])
    assert Batch.objects.get().payload is None
    assert counted(version.pk) == {"": 2}


def counted(version_id: int) -> dict[str, int]:
    return dict(PredictionCounter.objects.filter(version=version_id).values_list("symptom", "value"))


def test_rows_are_counted_once(register: Register, post: Post) -> None:
    version = register()
    post(TUTORIAL, observed_at="2026-01-02T03:04:05Z")
    post([[1, 2, 3]], observed_at="2026-01-02T03:59:59Z")

    assert process_version(version.pk) == 2
    assert process_version(version.pk) == 0

    assert counted(version.pk) == {"": 4, "absorbed": 2}
    (hour,) = HourlyCount.objects.filter(version=version)
    assert (hour.predictions, hour.nonfinite_rows, hour.incident_rows) == (4, 2, 2)


def test_the_same_fault_twice_is_one_incident(alice: ApiClient, register: Register, post: Post) -> None:
    version = register()
    post(TUTORIAL)
    post(TUTORIAL)

    process_version(version.pk)

    (incident,) = incidents(alice)
    assert incident["rows"] == 4


def test_a_reference_makes_more_provable(alice: ApiClient, register: Register, post: Post) -> None:
    lines = "\n".join(",".join(map(str, row)) for row in np.random.default_rng(1).uniform(0, 9, (100, 3)))
    version = register(reference=SimpleUploadedFile("reference.csv", f"a,b,c\n{lines}\n".encode()))
    post([[1, 2, 1e38], [3, 4, 5]])

    process_version(version.pk)

    (incident,) = incidents(alice)
    assert incident["cause"] == "input_out_of_distribution"
    (feature,) = incident["features"]
    assert feature["reference"]["max"] < 9
    version.refresh_from_db()
    assert version.reference_path == "", "its rows are not kept"
