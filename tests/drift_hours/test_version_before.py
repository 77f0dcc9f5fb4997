"""A new version is compared with the last quiet hours of the one that served before it."""

import pytest

from ingest.models import ModelVersion
from monitoring.drift_hours.judging import judge_changed
from monitoring.models import DriftWindow, Incident, VersionBefore
from tests.drift_hours.conftest import FEATURES, Floats, ordinary, post, tensors
from tests.incidents.builders import NOON, hours, make_version

pytestmark = pytest.mark.django_db


def judge() -> None:
    DriftWindow.objects.update(changed_at=NOON)
    judge_changed()


@pytest.fixture
def newer(watched: ModelVersion) -> ModelVersion:
    """Version 2, registered without training inputs, after 30 hours of version 1 of which the last five drifted."""
    for late in range(30):
        post(watched, drifted(late) if late >= 25 else ordinary(200, seed=late), NOON + hours(late))
    judge()
    made = make_version(watched.model.project, "weather", "2")
    made.metadata = {"features": FEATURES}
    made.save()
    return made


def drifted(seed: int) -> Floats:
    """The pressure in Pa."""
    rows = ordinary(200, seed=seed)
    rows[:, 1] *= 100
    return rows


def serve(version: ModelVersion, first: int, rows: int, make: object) -> None:
    """A thousand rows become its reference, the others are counted."""
    assert callable(make)
    for late in range(first, first + 7):
        post(version, make(late)[:rows], NOON + hours(late))
    judge()


def test_it_works(newer: ModelVersion) -> None:
    """Its own first rows show nothing: they came in Pa as well."""
    serve(newer, 30, 200, drifted)
    incident = Incident.objects.get(last_version=newer)
    since = "since 2026-03-02 23:00 UTC (2 hours, 400 rows)"
    assert incident.title == f"`pressure` is in another unit: 100 times larger {since}"
    assert "compared with the last quiet hours of version 1" in str(incident.report["evidence"])
    assert incident.report["features"][0]["reference"] is None, "its own reference holds Pa, and shows nothing"


def test_only_quiet_hours_count(newer: ModelVersion) -> None:
    serve(newer, 30, 200, lambda seed: ordinary(200, seed=seed))
    stored = VersionBefore.objects.get()
    assert (stored.before.version, stored.hours, stored.rows) == ("1", 24, 24 * 200)
    assert not Incident.objects.filter(last_version=newer).exists()


def test_an_hour_of_a_lasting_fault_is_not_quiet(newer: ModelVersion) -> None:
    """It alarms by the hours around it, with no alarm of its own."""
    for window in DriftWindow.objects.filter(hour__lt=NOON + hours(4)):
        window.verdict["faults"] = [{"kind": "sentinel", "lasting": True}]
        window.save()
    serve(newer, 30, 200, lambda seed: ordinary(200, seed=seed))
    assert VersionBefore.objects.get().hours == 21


def test_another_model_may_answer_otherwise(newer: ModelVersion) -> None:
    for late in range(30, 37):
        rows = ordinary(200, seed=late)
        post(newer, rows, NOON + hours(late), outputs=tensors(rows[:, :1] * 50, "outputs"))
    judge()
    assert DriftWindow.objects.filter(version=newer, before_payload__isnull=False).count() == 2
    assert not Incident.objects.filter(last_version=newer).exists()


def test_after_the_first_day_it_stands_for_itself(newer: ModelVersion) -> None:
    serve(newer, 30, 200, lambda seed: ordinary(200, seed=seed))
    post(newer, ordinary(50), NOON + hours(30 + 24))
    post(newer, ordinary(50), NOON + hours(30 + 30))
    compared = DriftWindow.objects.filter(version=newer, before_payload__isnull=False)
    assert {window.hour for window in compared} == {NOON + hours(late) for late in (35, 36, 54)}


def test_the_first_version_has_none_before_it(watched: ModelVersion) -> None:
    post(watched, ordinary(50))
    assert DriftWindow.objects.get().before_payload is None
    assert not VersionBefore.objects.exists()


def test_another_models_version_is_none_before_it(newer: ModelVersion) -> None:
    other = make_version(newer.model.project, "sea", "1")
    serve(other, 30, 200, lambda seed: ordinary(200, seed=seed))
    assert not VersionBefore.objects.filter(version=other).exists()
