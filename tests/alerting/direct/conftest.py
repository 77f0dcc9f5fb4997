"""A shop with people, and where their alerts arrive."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from monitoring import tasks
from monitoring.models import AlertChannel, QueuedAlert
from tests.alerting.direct.receiver import Receiver, receiving
from tests.dashboard.conftest import ada, charlie, page_of, shop

__all__ = ["ada", "charlie", "page_of", "shop"]

AddChannel = Callable[..., AlertChannel]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.NANWATCH_ALERT_ADDRESSES = "any"
    settings.NANWATCH_BASE_URL = "http://nanwatch.test:8000"
    with receiving() as one:
        settings.NANWATCH_SLACK_URL = f"{one.url}/api/"
        settings.NANWATCH_PAGERDUTY_URL = one.url
        yield one


@pytest.fixture
def add_channel(page_of: Client) -> AddChannel:
    """Ada adds a channel on the settings page; without a route of its own it gets every incident."""

    def add(kind: str, **form: Any) -> AlertChannel:
        answer = page_of.post(f"/settings/alerts/{kind}", {"name": kind, "least_severity": "info", **form})
        assert answer.status_code in (200, 302), answer.content.decode()
        return AlertChannel.objects.latest("pk")

    return add


def send_round() -> None:
    """What the schedule does every ten seconds."""
    tasks.send_alerts()


def pass_time(length: timedelta = timedelta(minutes=1)) -> None:
    """Everything that is written down of alerts happened this much earlier."""
    AlertChannel.objects.update(last_success_at=F("last_success_at") - length)
    QueuedAlert.objects.update(queued_at=F("queued_at") - length, due_at=F("due_at") - length)
