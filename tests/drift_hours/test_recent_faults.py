"""What drift named in the hours around a batch, the diagnosis hears of."""

import pytest

from ingest.models import ModelVersion
from monitoring.drift_hours import judge_changed, recent_faults
from monitoring.models import DriftProfile, DriftWindow, ProfileOrigin
from tests.drift_hours.conftest import ordinary, post
from tests.incidents.builders import NOON, hours, make_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def drifted(watched: ModelVersion) -> ModelVersion:
    """The pressure came in Pa for an hour."""
    rows = ordinary(200)
    rows[:, 1] *= 100
    post(watched, rows)
    DriftWindow.objects.update(changed_at=NOON)
    judge_changed()
    return watched


def test_it_works(drifted: ModelVersion) -> None:
    (fault,) = recent_faults(make_batch(drifted, NOON + hours(1.5)))
    assert (fault.kind, fault.input, list(fault.features)) == ("unit_change", "inputs", [1])
    assert [line[0] for line in fault.lines] == [pytest.approx(100, rel=0.05)]


def test_hours_later_and_hours_before_it_is_no_news(drifted: ModelVersion) -> None:
    assert recent_faults(make_batch(drifted, NOON + hours(3))) == []
    assert recent_faults(make_batch(drifted, NOON - hours(1))) == []


def test_a_clean_hour_since_then_ends_it(drifted: ModelVersion) -> None:
    post(drifted, ordinary(200), NOON + hours(1))
    DriftWindow.objects.update(changed_at=NOON)
    judge_changed()
    assert recent_faults(make_batch(drifted, NOON + hours(1))) == []


def test_a_reference_from_traffic_tells_the_diagnosis_nothing(drifted: ModelVersion) -> None:
    DriftProfile.objects.update(origin=ProfileOrigin.TRAFFIC)
    assert recent_faults(make_batch(drifted, NOON)) == []
