"""The pages say of Cloud Monitoring what happened, and not what was hoped for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ingest.models import Project
from monitoring.models import MetricDelivery
from tests.dashboard.conftest import text_of

GOOGLE = "projects/night-shift@monitoring.googleapis.com"
REASON = "PermissionDenied, the account may not write metrics"


@pytest.fixture(autouse=True)
def configured(shop: Project, settings: Settings) -> None:  # noqa: ARG001
    settings.NANWATCH_GCP_PROJECT = "night-shift"


def written(minutes: dict[str, float], destination: str = GOOGLE, **fields: Any) -> None:
    """A delivery whose moments lie so many minutes back."""
    moments = {name: timezone.now() - timedelta(minutes=back) for name, back in minutes.items()}
    MetricDelivery.objects.create(destination=destination, **moments, **fields)


def section(page_of: Client) -> str:
    return text_of(page_of, "/settings").split("cloud-monitoring", 1)[1].split("</section>")[0]


def test_before_the_first_write(page_of: Client) -> None:
    assert "Nothing has been written yet" in section(page_of)
    assert "dot good" not in section(page_of)


def test_a_delivery(page_of: Client) -> None:
    written({"last_success_at": 2, "last_end_time": 2})
    assert 'dot good"></span>Last written' in section(page_of)
    assert "2 min ago" in section(page_of)
    assert "fail" not in section(page_of)
    assert "writing to <strong>night-shift</strong>" in text_of(page_of, "/")


def test_a_failure_after_a_success(page_of: Client) -> None:
    written({"last_success_at": 70, "last_error_at": 1, "last_end_time": 1}, last_error=REASON)
    for expected in ("The last write failed", REASON, "1 min ago", "The last success was", "1 h ago"):
        assert expected in section(page_of), expected
    assert "dot good" not in section(page_of)
    assert "fails</a>" in text_of(page_of, "/")


def test_a_failure_and_no_success(page_of: Client) -> None:
    written({"last_error_at": 1, "last_end_time": 1}, last_error=REASON)
    assert "None has succeeded so far" in section(page_of)


def test_a_failure_that_is_over(page_of: Client) -> None:
    written({"last_success_at": 1, "last_error_at": 9, "last_end_time": 1}, last_error=REASON)
    assert "dot good" in section(page_of)
    assert "The last failure was <time" in section(page_of)
    assert REASON in section(page_of)


def test_a_writer_that_stopped(page_of: Client) -> None:
    written({"last_success_at": 45, "last_end_time": 45})
    assert "Nothing has been written since" in section(page_of)
    assert "dot good" not in section(page_of)
    assert "has stopped</a>" in text_of(page_of, "/")


def test_other_destinations_do_not_count(page_of: Client, settings: Settings) -> None:
    written({"last_success_at": 1, "last_end_time": 1}, "projects/night-shift-2@monitoring.googleapis.com")
    assert "Nothing has been written yet" in section(page_of)
    written({"last_success_at": 1, "last_end_time": 1})
    assert "Last written" in section(page_of)
    settings.NANWATCH_MONITORING_ENDPOINT = "127.0.0.1:9"
    assert "Nothing has been written yet" in section(page_of)


def test_what_an_error_says_is_no_markup(page_of: Client) -> None:
    written({"last_error_at": 1}, last_error="<script>alert(1)</script>")
    assert "<script>alert" not in section(page_of)
