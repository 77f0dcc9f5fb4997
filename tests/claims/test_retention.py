"""Old evidence goes; the newest evidence of an open incident, and work still to do, stay."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from ingest.models import Batch, BatchState, ModelVersion
from monitoring import incidents
from monitoring.models import Incident, IncidentHit, IncidentState
from monitoring.retention import evidence
from tests.incidents.builders import hit, hours, make_batch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keep_ten_days(settings: Settings) -> None:
    settings.NANWATCH_RETENTION_DAYS = 10


def let_days_pass(days: float) -> None:
    Batch.objects.update(received_at=timezone.now() - timedelta(days=days))


def test_old_batches_go_and_younger_ones_stay(version: ModelVersion) -> None:
    make_batch(version)
    let_days_pass(10.1)
    young = make_batch(version)
    assert evidence.delete_old_evidence() == 1
    assert Batch.objects.get() == young


def test_more_batches_than_one_delete_takes(version: ModelVersion) -> None:
    for _ in range(5):
        make_batch(version)
    let_days_pass(11)
    assert evidence.delete_old_evidence() == 5


def test_a_batch_that_still_waits_is_never_deleted(version: ModelVersion) -> None:
    make_batch(version, state=BatchState.PENDING)
    let_days_pass(400)
    assert evidence.delete_old_evidence() == 0


def test_an_open_incident_keeps_its_newest_hit_and_its_counts(version: ModelVersion) -> None:
    incident = hit(version)
    newest = make_later_hit(version)
    let_days_pass(11)
    assert evidence.delete_old_evidence() == 1
    assert IncidentHit.objects.get().batch_id == newest
    assert Incident.objects.get() == incident
    assert Incident.objects.get().rows == 4


def test_a_resolved_incident_keeps_its_history_only(version: ModelVersion) -> None:
    incident = hit(version)
    incidents.change_state(incident, IncidentState.RESOLVED)
    let_days_pass(11)
    assert evidence.delete_old_evidence() == 1
    assert incident.events.count() == 2


def make_later_hit(version: ModelVersion) -> str:
    hit(version, at=timezone.now() + hours(1))
    return str(IncidentHit.objects.order_by("-observed_at")[0].batch_id)
