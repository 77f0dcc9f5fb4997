"""Three weeks of traffic that follows the clock: the same hour of the day, and then of the week, is what is normal."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import transaction

from ingest.models import ModelVersion
from monitoring.drift_hours.judging import judge_changed
from monitoring.drift_hours.stored_profiles import store_profile
from monitoring.models import DriftWindow, Incident, ProfileOrigin
from nantrace.tensors.tensor import Tensors
from tests.drift_hours.conftest import Floats, post, tensors

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
WEEK, ROWS = 7 * 24, 120


def share_of_mobile(hour: int) -> float:
    """More in the evening, and all day at the weekend."""
    weekend = hour % WEEK >= 5 * 24
    return 0.35 + 0.3 * float(np.sin(2 * np.pi * (hour % 24) / 24)) + (0.25 if weekend else 0.0)


def visits(hour: int, mobile: float | None = None) -> Floats:
    """Rows of one hour, shape (rows, 3); a visit by telephone is shorter and spends less."""
    rng = np.random.default_rng([3, hour])
    phone = rng.random(ROWS) < (share_of_mobile(hour) if mobile is None else mobile)
    minutes = rng.gamma(np.where(phone, 2.0, 5.0), 3.0)
    return np.stack([minutes, rng.normal(np.where(phone, 20.0, 40.0), 9.0), rng.normal(0, 1, ROWS)], axis=1)


@pytest.fixture
def seasonal(version: ModelVersion) -> ModelVersion:
    """Its training inputs are eight weeks, shuffled as `train_test_split` does."""
    rows = np.concatenate([visits(hour + 10_000 * WEEK) for hour in range(8 * WEEK)])
    with transaction.atomic():
        shuffled = np.random.default_rng(0).permutation(rows)
        store_profile(version.pk, ProfileOrigin.UPLOADED, tensors(shuffled), None)
    return version


def judged(version: ModelVersion, hours: range, mobile: float | None = None) -> int:
    """How many of these hours alarmed."""
    for hour in hours:
        post(version, visits(hour, mobile), MONDAY + timedelta(hours=hour), outputs=Tensors())
    DriftWindow.objects.update(changed_at=MONDAY)
    judge_changed()
    first = MONDAY + timedelta(hours=hours.start)
    return sum(window.alarm for window in DriftWindow.objects.filter(hour__gte=first).defer("payload"))


def test_weekends_are_normal_and_a_weekend_on_a_tuesday_is_not(seasonal: ModelVersion) -> None:
    assert judged(seasonal, range(3 * WEEK + 24)) == 0
    assert not Incident.objects.exists()
    tuesday = range(3 * WEEK + 24, 3 * WEEK + 48)
    assert judged(seasonal, tuesday, mobile=0.95) > 0, "as in the evening of a Saturday, all day long"
