"""What gives the right to write somewhere is in no log, page, error or row of the database."""

import logging
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from ingest.models import Project
from monitoring.alerting.direct import find_kinds
from monitoring.models import AlertChannel
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.receiver import Receiver
from tests.incidents.builders import hit, make_version

SECRET = "5ec2e75ec2e75ec2e75ec2e75ec2e700"
MAIL_PASSWORD = "mail-5ec2e7-password"
TABLES = ("alertchannel", "alertroute", "queuedalert", "slackpost", "incidentevent", "mailaddress")


@pytest.fixture
def forms(receiver: Receiver, settings: Settings) -> dict[str, dict[str, str]]:
    """A channel of each kind, each with the secret."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.DEFAULT_FROM_EMAIL = "127.0.0.1", 1, "nanwatch@example.com"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "nanwatch", MAIL_PASSWORD
    with_password = receiver.url.replace("http://", f"http://ops:{SECRET}@")
    return {
        "webhook": {"url": f"{with_password}/{SECRET}?key={SECRET}"},
        "slack_webhook": {"url": f"{receiver.url}/services/T0/B0/{SECRET}"},
        "slack": {"token": f"xoxb-{SECRET}", "conversation": "C0123456789"},
        "pagerduty": {"routing_key": SECRET},
        "email": {"addresses": "ada@example.com"},
        "template_webhook": {
            "url": f"{with_password}/{SECRET}/alerts",
            "close_url": f"{with_password}/{SECRET}/${{key}}/close",
            "authorization": f"GenieKey {SECRET}",
            "template": '{"message": "${headline}"}',
        },
    }


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.DEBUG)
    yield caplog
    assert SECRET not in caplog.text
    assert MAIL_PASSWORD not in caplog.text


def all_rows() -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in TABLES:
            cursor.execute(f"SELECT * FROM monitoring_{table}")  # noqa: S608 - a list of this module
            rows += cursor.fetchall()
    return str(rows)


@pytest.mark.usefixtures("everything_logged")
@pytest.mark.parametrize("answer", [(200, {}), (401, {}), (302, {"Location": f"https://example.com/{SECRET}"}), None])
def test_secrets_stay_where_they_are(
    page_of: Client,
    add_channel: AddChannel,
    forms: dict[str, dict[str, str]],
    shop: Project,
    receiver: Receiver,
    answer: tuple[int, dict[str, str]] | None,
) -> None:
    assert set(forms) == set(find_kinds())
    for kind, form in forms.items():
        add_channel(kind, **form)
    if answer is None:  # nobody answers at all
        receiver.close()
    else:
        for _ in range(10):
            receiver.answers_once(*answer, body=f'{{"ok": false, "error": "no", "echo": "{SECRET}"}}'.encode())
    hit(make_version(shop))
    for _ in range(2):
        send_round()
        pass_time()
    page = page_of.get("/settings").content.decode()
    assert AlertChannel.objects.exclude(last_success_at=None, last_error_at=None).count() == len(forms)
    assert "ada@example.com" in page
    assert SECRET not in page
    assert SECRET not in all_rows()
    assert str(receiver.posted).count(SECRET) > 0 or answer is None


@pytest.mark.usefixtures("everything_logged")
def test_a_refused_form_forgets_its_secrets(page_of: Client, forms: dict[str, dict[str, str]]) -> None:
    for kind, form in forms.items():
        answer = page_of.post(f"/settings/alerts/{kind}", {"name": "", "least_severity": "info", **form})
        assert answer.status_code == 422
        assert SECRET not in answer.content.decode()
    broken = {
        "webhook": {"url": f"ftp://{SECRET}"},
        "slack": {"token": SECRET},
        "pagerduty": {"routing_key": SECRET[1:]},
        "template_webhook": {"url": f"ftp://{SECRET}", "authorization": f"{SECRET}\u00e9", "template": "{"},
    }
    for kind, form in broken.items():
        answer = page_of.post(f"/settings/alerts/{kind}", {"name": kind, "least_severity": "info", **form})
        assert answer.status_code == 422
        assert SECRET[1:] not in answer.content.decode()


@pytest.mark.usefixtures("everything_logged")
def test_another_secret_key_is_an_error_that_says_what_to_do(
    add_channel: AddChannel, forms: dict[str, dict[str, str]], shop: Project, receiver: Receiver, settings: Settings
) -> None:
    channel = add_channel("webhook", **forms["webhook"])
    settings.SECRET_KEY = "another"
    hit(make_version(shop))
    send_round()
    channel.refresh_from_db()
    assert "secret key has changed: remove it, and add it again" in channel.last_error
    assert receiver.posted == []
