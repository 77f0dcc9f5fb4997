"""Hours are judged when they change and once more when they are over; what alarms becomes one incident."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from ingest.models import BatchState, ModelVersion
from monitoring.drift_hours import judging
from monitoring.drift_hours.judging import judge_changed
from monitoring.models import DriftProfile, DriftSample, DriftWindow, Incident
from tests.drift_hours.conftest import ordinary, post, tensors
from tests.incidents.builders import NOON, hours, make_batch

pytestmark = pytest.mark.django_db
THIS_HOUR = timezone.now().replace(minute=0, second=0, microsecond=0)


def let_it_settle() -> None:
    DriftWindow.objects.update(changed_at=timezone.now() - timedelta(minutes=1))


def judged(at: datetime = NOON) -> DriftWindow:
    let_it_settle()
    judge_changed()
    return DriftWindow.objects.get(hour=at)


def test_clean_hours_are_closed_without_an_alarm(watched: ModelVersion) -> None:
    for late in range(30):
        post(watched, ordinary(200, seed=late), NOON + hours(late))
    let_it_settle()
    assert judge_changed() == 30
    assert not any(window.alarm for window in DriftWindow.objects.all())
    assert DriftWindow.objects.filter(score__gte=0, score__lt=1).count() == 30
    assert not Incident.objects.exists()
    assert not DriftSample.objects.exists()
    assert DriftProfile.objects.get().alarms["windows"] == 30
    assert judge_changed() == 0


def test_a_unit_change_is_one_incident_with_its_cause(watched: ModelVersion) -> None:
    for late in range(2):
        rows = ordinary(200, seed=late)
        rows[:, 1] *= 100  # hPa to Pa
        post(watched, rows, NOON + hours(late))
    let_it_settle()
    judge_changed()
    incident = Incident.objects.get()
    assert (incident.symptom, incident.cause, incident.rows) == ("drift", "input_unscaled", 400)
    assert DriftWindow.objects.filter(score__gte=1).count() == 2
    (feature,) = incident.report["features"]
    assert (feature["name"], feature["index"]) == ("pressure", 1)
    assert feature["reference"]["mean"] == pytest.approx(1013, abs=1)
    since = "since 2026-03-01 12:00 UTC (2 hours, 400 rows)"
    assert incident.title == f"`pressure` is in another unit: 100 times larger {since}"
    remedy = incident.report["remedies"][0]
    assert (remedy["id"], remedy["proven"]) == ("rescale", False)
    assert remedy["code"]


def test_a_feature_view_that_answers_nothing_is_one_incident_for_as_long_as_it_lasts(watched: ModelVersion) -> None:
    """Temperatures around 0 are usual, pressures and distances of 0 are none that the reference holds."""
    for late in range(10):
        post(watched, ordinary(200, seed=late), NOON + hours(late))
    for late in range(10, 34):
        rows = ordinary(200, seed=late)
        rows[:, :2] = 0
        post(watched, rows, NOON + hours(late))
    let_it_settle()
    judge_changed()
    incident = Incident.objects.get()
    since = "since 2026-03-01 22:00 UTC (24 hours, 4,800 rows)"
    assert incident.title == f"`temp` and `pressure` are stuck at 0 {since}"
    assert {one["name"] for one in incident.report["features"] if one["input"] == "inputs"} == {"temp", "pressure"}
    assert [window.alarm for window in DriftWindow.objects.order_by("hour")] == [False] * 10 + [True] * 24


def test_the_title_names_what_is_wrong_and_not_what_follows_from_it(watched: ModelVersion) -> None:
    rows = ordinary(400)
    rows[:, 0] = rows[:, 0] * 1.8 + 32
    post(watched, rows, outputs=tensors(rows[:, :1], "outputs"))  # far from what it answered to the reference
    let_it_settle()
    judge_changed()
    incident = Incident.objects.get()
    assert [feature["name"] for feature in incident.report["features"]] == ["temp"]
    assert any(one["note"].startswith("outputs follows the inputs: ") for one in incident.report["evidence"])
    assert incident.title.startswith("`temp` is in degrees Fahrenheit instead of Celsius since ")


def test_missing_values_alarm_while_the_hour_still_runs(watched: ModelVersion) -> None:
    rows = ordinary(300)
    rows[:100, 2] = np.nan
    post(watched, rows, THIS_HOUR)
    window = judged(THIS_HOUR)
    assert (window.alarm, window.closed_at) == (True, None)
    incident = Incident.objects.get()
    assert (incident.cause, incident.rows, incident.report["features"][0]["name"]) == (
        "input_missing",
        300,
        "visibility",
    )
    post(watched, rows, THIS_HOUR)
    judged(THIS_HOUR)
    assert Incident.objects.get().rows == 600


def test_late_rows_are_judged_and_the_shape_is_not_scored_twice(watched: ModelVersion) -> None:
    post(watched, ordinary(100))
    memory = judged().version.drift_profile.alarms
    rows = ordinary(100)
    rows[:, 0] = np.inf
    post(watched, rows)
    window = judged()
    assert [alarm["kind"] for alarm in window.verdict["alarms"] if alarm["side"] == "inputs"] == ["infinite"]
    assert Incident.objects.get().cause == "input_infinite"
    assert DriftProfile.objects.get().alarms == memory


def test_an_hour_with_rows_still_to_be_replayed_stays_open(watched: ModelVersion) -> None:
    post(watched, ordinary(50))
    waiting = make_batch(watched, NOON - hours(2), state=BatchState.PENDING)
    assert judged().closed_at is None
    waiting.delete()
    assert judged().closed_at is not None


def test_an_hour_that_comes_after_later_ones_is_not_ranked(watched: ModelVersion) -> None:
    post(watched, ordinary(50), NOON + hours(3))
    judged(NOON + hours(3))
    post(watched, ordinary(50))
    window = judged()
    assert window.closed_at is not None
    assert window.verdict["shape"] is None
    assert DriftProfile.objects.get().alarms["windows"] == 1


def test_the_second_judge_writes_nothing(watched: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ordinary(100)
    rows[:, 1] *= 100
    post(watched, rows)
    let_it_settle()
    verdict = judging._verdict

    def overtaken(*given: object, **named: object) -> object:
        DriftProfile.objects.update(judgements=7)
        return verdict(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "_verdict", overtaken)
    assert judge_changed() == 0
    assert not Incident.objects.exists()
    assert DriftWindow.objects.get().closed_at is None


def test_rows_of_another_width_are_drift(watched: ModelVersion) -> None:
    post(watched, ordinary(90))
    post(watched, np.ones((10, 5)))
    judged()
    incident = Incident.objects.get()
    assert incident.cause == "shape_or_type"
    assert incident.report["features"][0]["reason"].startswith("10 rows came in another width")


def test_faults_of_one_version_do_not_stop_the_others(watched: ModelVersion) -> None:
    post(watched, ordinary(10))
    DriftWindow.objects.update(payload=b"broken")
    let_it_settle()
    assert judge_changed() == 0
