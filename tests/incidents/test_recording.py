"""Findings become incidents: grouped by fingerprint, counted once, in any order."""

from datetime import datetime

import pytest

from ingest.models import ModelVersion, Project
from monitoring.incidents import change_state
from monitoring.models import HourlyCount, Incident, IncidentHit, IncidentState
from nantrace.diagnosis.finding import OperandRange, Origin, Reason, ResponsibleFeature
from tests.incidents.builders import NOON, hit, hours, make_batch, make_finding, make_version, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


def test_it_works(version: ModelVersion) -> None:
    incident = hit(version)
    incident.refresh_from_db()
    assert (incident.short_id, incident.state, incident.rows) == ("CHURN-1", "open", 2)
    assert (incident.symptom, incident.cause, incident.confidence) == ("absorbed", "input_missing", 0.98)
    assert incident.report["origin"]["kind"] == "input"
    assert incident.hits.get().row_indices == [0, 2]
    assert [event.kind for event in incident.events.all()] == ["opened"]


def test_nothing_found_makes_nothing(version: ModelVersion) -> None:
    assert record(make_batch(version)) == []
    assert not Incident.objects.exists()


def test_the_same_fault_of_another_batch_is_the_same_incident(version: ModelVersion) -> None:
    features = [ResponsibleFeature("inputs", "income", 2, Reason("is missing"), 1)]
    hit(version)
    hit(version, NOON + hours(1), [make_finding(features=features, row_indices=[4], title="One row")])
    incident = Incident.objects.get()
    assert (incident.rows, incident.title, incident.hits.count()) == (3, make_finding().title, 2)
    assert incident.report["features"][0]["name"] == "income"


@pytest.mark.parametrize(
    "change",
    [
        {"symptom": "nonfinite_output"},
        {"cause": "input_infinite"},
        {"cause": None},
        {"origin": None},
        {"kind": "tokens holds text"},
        {"origin": Origin("operation", "inputs", operation="Log", layer="dense")},
    ],
)
def test_another_symptom_cause_origin_or_kind_is_another_incident(
    version: ModelVersion, change: dict[str, object]
) -> None:
    hit(version)
    assert hit(version, NOON, [make_finding(**change)]).short_id == "CHURN-2"


@pytest.mark.parametrize(
    ("kind", "incidents"),
    [("operation", 1), ("weight", 2), ("constant", 2), ("input", 1)],
)
def test_the_name_counts_for_weights_and_constants_only(version: ModelVersion, kind: str, incidents: int) -> None:
    for name in ("dense/kernel", "dense/bias"):
        hit(version, NOON, [make_finding(origin=Origin(kind, name, layer="dense", operation=None))])
    assert Incident.objects.count() == incidents


def test_recording_a_batch_again_counts_nothing_twice(version: ModelVersion) -> None:
    batch = make_batch(version)
    first = record(batch, make_finding())
    assert record(batch, make_finding()) == first
    assert (Incident.objects.get().rows, IncidentHit.objects.count()) == (2, 1)


def test_findings_with_one_fingerprint_count_a_row_once(version: ModelVersion) -> None:
    record(make_batch(version), make_finding(row_indices=[2, 0]), make_finding(row_indices=[2, 5]))
    assert IncidentHit.objects.get().row_indices == [0, 2, 5]
    assert Incident.objects.get().rows == 3


def test_a_late_batch_adds_rows_and_leaves_the_newest_description(version: ModelVersion) -> None:
    hit(version, NOON, [make_finding(title="new")])
    hit(version, NOON - hours(5), [make_finding(title="old")])
    incident = Incident.objects.get()
    assert (incident.title, incident.rows) == ("new", 4)
    assert (incident.first_seen, incident.last_seen) == (NOON - hours(5), NOON)


def test_models_and_projects_do_not_share_incidents(version: ModelVersion) -> None:
    other_model = make_version(version.model.project, "fraud")
    elsewhere = make_version(Project.objects.create(name="bank"))
    found = [hit(one) for one in (version, other_model, elsewhere)]
    assert [incident.short_id for incident in found] == ["CHURN-1", "FRAUD-1", "CHURN-1"]
    assert len({incident.pk for incident in found}) == 3


def test_what_no_database_stores_is_stored_as_text(version: ModelVersion) -> None:
    hit(
        version,
        NOON,
        [
            make_finding(
                title="a NUL \x00 and half a pair \ud800",
                origin=Origin("input", "inputs", inputs=[OperandRange(float("-inf"), float("nan"))]),
            )
        ],
    )
    incident = Incident.objects.get()
    assert incident.title == "a NUL ? and half a pair ?"
    assert incident.report["origin"]["inputs"] == [{"min": "-Infinity", "max": "NaN"}]


def serve(version: ModelVersion, predictions: int, at: datetime = NOON) -> None:
    HourlyCount.objects.create(version=version, hour=at, predictions=predictions)


def test_how_urgent_it_is_depends_on_the_share_of_the_hour(version: ModelVersion) -> None:
    serve(version, 1000)
    assert hit(version).severity == "warning"
    assert hit(version, findings=[make_finding(row_indices=list(range(40)))]).severity == "warning"
    serve(version, 40, NOON + hours(1))
    incident = hit(version, NOON + hours(1), [make_finding(row_indices=list(range(40)))])
    assert incident.severity == "critical"


def test_it_stays_as_urgent_as_it_was(version: ModelVersion) -> None:
    serve(version, 2)
    hit(version)
    serve(version, 10_000, NOON + hours(1))
    assert hit(version, NOON + hours(1)).severity == "critical"
    assert Incident.objects.get().severity == "critical"


def test_one_that_comes_back_is_as_urgent_as_it_is_then(version: ModelVersion) -> None:
    serve(version, 2)
    change_state(hit(version), IncidentState.RESOLVED)
    serve(version, 10_000, NOON + hours(1))
    assert hit(version, NOON + hours(1)).severity == "warning"


def test_a_drift_that_comes_back_is_worth_a_warning(version: ModelVersion) -> None:
    finding = make_finding(symptom="drift", cause=None, origin=None)
    incident = hit(version, findings=[finding])
    assert incident.severity == "info"
    change_state(incident, IncidentState.RESOLVED)
    assert hit(version, NOON + hours(1), [finding]).severity == "warning"
