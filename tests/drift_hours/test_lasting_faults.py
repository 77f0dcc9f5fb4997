"""A fault goes on over hours of which only some alarm: all of them belong to its incident."""

import pytest

from ingest.models import ModelVersion
from monitoring.drift_hours.lasting_faults import going_on
from monitoring.drift_hours.new_normal import accept
from monitoring.models import DriftWindow, Incident
from tests.drift_hours.conftest import Floats, ordinary
from tests.drift_hours.test_new_normal import judged
from tests.incidents.builders import NOON, hours

pytestmark = pytest.mark.django_db


def with_gaps(seed: int, cells: int = 3) -> Floats:
    """Three cells of 200 are few enough to come by chance, and hold one number that is no visibility."""
    rows = ordinary(200, seed=seed)
    rows[:cells, 2] = -9.0
    return rows


@pytest.fixture
def noticed(watched: ModelVersion) -> Incident:
    """After four hours with a few such cells one with so many that it alarms."""
    judged(watched, 0, *(with_gaps(hour) for hour in range(4)))
    assert not Incident.objects.exists(), "a fault that is named alone is a suspicion"
    judged(watched, 4, with_gaps(4, cells=30))
    return Incident.objects.get()


def test_the_hours_before_and_after_the_alarm_belong_to_it(noticed: Incident, watched: ModelVersion) -> None:
    assert noticed.title.endswith("since 2026-03-01 12:00 UTC (5 hours, 1,000 rows)")
    judged(watched, 5, with_gaps(5), with_gaps(6))
    noticed.refresh_from_db()
    assert noticed.title.endswith("since 2026-03-01 12:00 UTC (7 hours, 1,400 rows)")
    assert all(window.alarm for window in DriftWindow.objects.all())


def test_a_clean_hour_ends_it(noticed: Incident, watched: ModelVersion) -> None:
    assert judged(watched, 5, ordinary(200, seed=5)) == [False]
    noticed.refresh_from_db()
    assert noticed.title.endswith("(5 hours, 1,000 rows)")


def test_another_fault_is_a_suspicion_still(noticed: Incident) -> None:
    window = DriftWindow.objects.get(hour=NOON + hours(4))
    (fault,) = window.verdict["faults"]
    window.hour += hours(1)
    window.pk = None
    assert going_on(window, [fault])[0]["lasting"]
    assert "lasting" not in going_on(window, [{**fault, "values": [7.0]}])[0]
    assert "lasting" not in going_on(window, [{**fault, "features": [0]}])[0]
    accept(noticed, None, "the station sends it on purpose")
    assert "lasting" not in going_on(window, [fault])[0]
