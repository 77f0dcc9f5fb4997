"""Old hours go, but for the one that an open incident was last seen in."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from pytest_django import Settings

from ingest.models import ModelVersion
from monitoring.drift_hours import judge_changed
from monitoring.models import DriftWindow, Incident, IncidentState
from monitoring.retention.evidence import delete_old_windows
from tests.drift_hours.conftest import ordinary, post

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def keep_ten_days(settings: Settings) -> None:
    settings.NANWATCH_RETENTION_DAYS = 10


def test_old_hours_go_and_younger_ones_stay(watched: ModelVersion) -> None:
    for days in (3, 9, 11, 12, 300):
        post(watched, ordinary(5), NOW - timedelta(days=days))
    assert delete_old_windows() == 3
    assert DriftWindow.objects.count() == 2


def test_the_newest_hour_of_an_open_incident_stays(watched: ModelVersion) -> None:
    rows = np.full((50, 3), np.inf)
    for days in (20, 30):
        post(watched, rows, NOW - timedelta(days=days))
    DriftWindow.objects.update(changed_at=NOW - timedelta(days=1))
    judge_changed()
    assert delete_old_windows() == 1
    assert DriftWindow.objects.get().hour == NOW - timedelta(days=20)
    Incident.objects.update(state=IncidentState.RESOLVED)
    assert delete_old_windows() == 1
    assert Incident.objects.get().rows == 100
