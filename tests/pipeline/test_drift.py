"""Every replayed row is counted in its hour, once, against the training inputs and what the model answers to them."""

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest.models import Batch, BatchState, ModelVersion
from monitoring import pipeline
from monitoring.drift_hours import HourCounts, judge_changed
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.models import DriftProfile, DriftWindow, HourlyCount, Incident, ReplayLatency
from monitoring.pipeline import process_version
from monitoring.queue import claims
from monitoring.versions.profiling import profile_version
from nantrace.drift.window import Window
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
NOON = "2026-01-02T12:00:00Z"


def training_inputs() -> SimpleUploadedFile:
    rows = np.random.default_rng(1).uniform(0, 9, (600, 3))
    lines = "\n".join(",".join(map(str, row)) for row in rows)
    return SimpleUploadedFile("reference.csv", f"a,b,c\n{lines}\n".encode())


def window() -> tuple[DriftWindow, Window]:
    stored = DriftWindow.objects.get()
    return stored, Window.from_bytes(bytes(stored.payload))


def rows(count: int, seed: int = 2) -> list[list[float]]:
    drawn: list[list[float]] = np.random.default_rng(seed).uniform(0, 9, (count, 3)).tolist()
    return drawn


def test_healthy_and_failing_rows_are_counted_alike(register: Register, post: Post) -> None:
    version = register(reference=training_inputs())
    post(rows(40), outputs=[[1.0]] * 40, observed_at=NOON)
    post([[1, 2, float("nan")], [3, None, 5]], observed_at="2026-01-02T12:59:59Z")
    process_version(version.pk)
    stored, counts = window()
    assert (stored.rows, stored.hour.hour) == (42, 12)
    inputs, outputs = counts.tensors
    assert (inputs.nan.tolist(), inputs.missing.tolist()) == ([0, 0, 1], [0, 1, 0])
    assert outputs.cells == 40, "answers that were not sent are not watched"
    assert Incident.objects.get(symptom="absorbed").rows == 2


def test_the_model_answers_its_training_inputs_for_the_reference(register: Register) -> None:
    version = register(reference=training_inputs())
    profile_version(version.pk)
    reference = stored_profile(version.pk)
    assert reference is not None
    assert (reference.origin, reference.profile.rows) == ("uploaded", 600)
    assert [(layout.side, layout.features) for layout in reference.profile.tensors] == [("inputs", 3), ("outputs", 1)]


def test_rows_of_another_width_are_of_another_type_and_texts_are_missing(register: Register, post: Post) -> None:
    version = register(reference=training_inputs())
    post(rows(20), observed_at=NOON)
    post([[1, 2, 3, 4]] * 5, observed_at=NOON)
    post([["a", "b", "c"]] * 3, observed_at=NOON)
    assert process_version(version.pk) == 3
    stored, counts = window()
    assert (stored.rows, counts.tensors[0].mistyped) == (28, 5)
    assert counts.tensors[0].missing.tolist() == [3, 3, 3], "a text among numbers is no number"
    judge_changed()
    assert set(Incident.objects.values_list("symptom", flat=True)) == {"replay_failed", "drift"}


def test_a_batch_that_is_replayed_twice_counts_once(register: Register, post: Post) -> None:
    version = register(reference=training_inputs())
    post(rows(30), observed_at=NOON)
    profile_version(version.pk)
    slow = claimed(version)
    Batch.objects.filter(state=BatchState.PENDING).update(claimed_until=None)
    pipeline.process(claimed(version))
    pipeline.process(slow)
    assert window()[0].rows == 30


def claimed(version: ModelVersion) -> Batch:
    batch = claims.claim_next(version.pk)
    assert batch is not None
    return batch


def test_whole_numbers_are_counted_as_the_model_takes_them(register: Register, post: Post) -> None:
    """1 and 1.0 are one value to a floating input; the reference was read from 1.0."""
    version = register(reference=training_inputs())
    post([[1, 2, 3], [4, 5, 6]], observed_at=NOON)
    process_version(version.pk)
    assert window()[1].tensors[0].mistyped == 0


def test_a_drift_incident_through_the_api(alice: ApiClient, charlie: ApiClient, register: Register, post: Post) -> None:
    version = register(reference=training_inputs())
    post((np.array(rows(100)) * 1000).tolist(), observed_at=NOON)
    process_version(version.pk)
    judge_changed()
    (incident,) = alice.get("/incidents?symptom=drift").json()["results"]
    assert (incident["cause"], incident["rows"], incident["row_indices"]) == ("input_unscaled", 100, [])
    assert len(incident["features"]) == 3
    assert alice.get(f"/incidents/{incident['id']}").json()["examples"] == []
    assert charlie.get("/incidents").json()["results"] == []


def test_without_training_inputs_the_first_rows_become_the_reference(register: Register, post: Post) -> None:
    version = register()
    post(rows(1_100), outputs=[[1.0]] * 1_100, observed_at=NOON)
    process_version(version.pk)
    assert (DriftProfile.objects.get().origin, window()[0].rows) == ("traffic", 100)
    version.refresh_from_db()
    assert version.profile.reference is None, "the diagnosis has no reference from traffic"


def test_a_fault_of_drift_costs_no_diagnosis(
    register: Register, post: Post, alice: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = register(reference=training_inputs())
    profile_version(version.pk)

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(HourCounts, "of", breaks)
    batch = post(rows(3), observed_at=NOON)
    process_version(version.pk)
    assert alice.get(f"/batches/{batch}").json()["state"] == "replayed"


def test_how_close_rows_come_to_an_overflow_and_how_long_they_waited(register: Register, post: Post) -> None:
    version = register(reference=training_inputs())
    post([[1.0, 2.0, 3.0]])

    process_version(version.pk)

    ((headroom,),) = HourlyCount.objects.values_list("least_headroom")
    assert headroom is not None
    assert 30 < headroom < 39, "decades of a float32, of numbers around 1"
    assert ReplayLatency.objects.get(project=version.model.project).batches == 1
