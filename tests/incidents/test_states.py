"""Resolving, ignoring, reopening, and what a regression does."""

import pytest
from django.contrib.auth.models import User

from ingest.models import Batch, ModelVersion, Project
from monitoring.incidents import change_state
from monitoring.models import Incident, IncidentEvent, IncidentState
from tests.incidents.builders import NOON, hit, hours, make_batch, make_finding, make_version, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


def test_it_is_written_down_who_resolved_it(version: ModelVersion) -> None:
    ada = User.objects.create_user("ada")
    incident = change_state(hit(version), IncidentState.RESOLVED, ada, "imputed upstream")
    assert incident.state == "resolved"
    assert Incident.objects.get().state == "resolved"
    event = incident.events.first()
    assert event is not None
    assert (event.kind, event.user, event.reason) == ("resolved", ada, "imputed upstream")


def test_the_same_state_again_is_no_event(version: ModelVersion) -> None:
    incident = hit(version)
    change_state(incident, IncidentState.OPEN)
    assert incident.events.count() == 1


def test_a_new_version_brings_a_resolved_incident_back(version: ModelVersion) -> None:
    incident = change_state(hit(version), IncidentState.RESOLVED)
    newer = make_version(version.model.project, version="8")
    assert hit(newer, NOON + hours(1)) == incident
    incident.refresh_from_db()
    assert (incident.state, incident.last_version.version) == ("open", "8")
    event = incident.events.first()
    assert event is not None
    assert (event.kind, event.reason) == ("reopened", "version 8 brought it back: 2 rows")


def test_rows_from_before_the_resolution_are_no_regression(version: ModelVersion) -> None:
    incident = hit(version)
    backlog = make_batch(version, NOON + hours(1))
    change_state(incident, IncidentState.RESOLVED)
    record(backlog, make_finding())
    incident.refresh_from_db()
    assert (incident.state, incident.rows) == ("resolved", 4)


def test_old_rows_posted_after_the_resolution_are_one(version: ModelVersion) -> None:
    incident = change_state(hit(version), IncidentState.RESOLVED)
    hit(version, NOON - hours(100))
    incident.refresh_from_db()
    assert incident.state == "open"


def test_ignored_stays_ignored_and_is_counted(version: ModelVersion) -> None:
    incident = change_state(hit(version), IncidentState.IGNORED)
    hit(make_version(version.model.project, version="8"), NOON + hours(1))
    incident.refresh_from_db()
    assert (incident.state, incident.rows, Batch.objects.count()) == ("ignored", 4, 2)


def test_the_first_hit_of_another_version_is_told_once(version: ModelVersion) -> None:
    newer = make_version(version.model.project, version="8")
    for one in (version, newer, version, newer):
        hit(one)
    told = IncidentEvent.objects.filter(kind="new_version")
    assert [event.reason for event in told] == ["version 8 has it too: 2 rows"]
