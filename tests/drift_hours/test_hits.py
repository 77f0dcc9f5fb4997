"""An hour that drifted hits an incident, again with what it has by then, and next to batches that fail."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from ingest.models import Batch, ModelVersion, Project
from monitoring import incidents
from monitoring.incidents import change_state
from monitoring.models import DriftWindow, Incident, IncidentState
from monitoring.retention import evidence
from tests.incidents.builders import NOON, hit, hours, make_finding, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


def make_window(version: ModelVersion, hour: datetime = NOON, rows: int = 100, **fields: Any) -> DriftWindow:
    changed_at = fields.pop("changed_at", timezone.now())
    return DriftWindow.objects.create(
        version=version, hour=hour, rows=rows, payload=b"", changed_at=changed_at, **fields
    )


def drift(window: DriftWindow, **changes: Any) -> Incident:
    finding = make_finding(**{"symptom": "drift", "cause": None, "row_indices": [], "origin": None, **changes})
    with transaction.atomic():
        return incidents.record(window, [finding])[0]


def test_it_works(version: ModelVersion) -> None:
    incident = drift(make_window(version, rows=120))
    assert (incident.symptom, incident.cause, incident.rows) == ("drift", "", 120)
    assert incident.last_seen == NOON + hours(1)
    assert incident.hits.get().window == DriftWindow.objects.get()


def test_an_hour_that_grows_counts_what_it_has(version: ModelVersion) -> None:
    window = make_window(version)
    drift(window, title="first")
    window.rows = 250
    drift(window, title="second")
    drift(window, title="the same again")
    incident = Incident.objects.get()
    assert (incident.rows, incident.hits.get().rows) == (250, 250)
    assert incident.title == "second since 2026-03-01 12:00 UTC (1 hour, 250 rows)"


def test_an_ongoing_drift_is_one_incident_and_another_cause_another(version: ModelVersion) -> None:
    for late in range(3):
        drift(make_window(version, NOON + hours(late)))
    drift(make_window(version, NOON + hours(9)), cause="input_unscaled")
    assert list(Incident.objects.order_by("pk").values_list("cause", "rows")) == [("", 300), ("input_unscaled", 100)]


def test_an_hour_still_running_was_seen_when_it_changed(version: ModelVersion) -> None:
    window = make_window(version, NOON, changed_at=NOON + hours(0.25))
    assert drift(window).last_seen == NOON + hours(0.25)


def test_the_next_hour_reopens_what_was_resolved(version: ModelVersion) -> None:
    incident = drift(make_window(version))
    change_state(incident, IncidentState.RESOLVED)
    drift(make_window(version, NOON + hours(1)))
    incident.refresh_from_db()
    assert incident.state == IncidentState.OPEN


def test_retention_of_batches_goes_on_beside_drift(version: ModelVersion) -> None:
    """`NOT IN` with a NULL among its values would keep every batch for ever."""
    drift(make_window(version))
    resolved = hit(version)
    change_state(resolved, IncidentState.RESOLVED)
    Batch.objects.update(received_at=timezone.now() - hours(24 * 400))
    assert evidence.delete_old_evidence() == 1
