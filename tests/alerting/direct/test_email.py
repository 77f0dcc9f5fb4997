"""Alerts as mails, through a mail server that really listens."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from ingest.models import Project
from monitoring.models import AlertChannel, QueuedAlert
from tests.alerting.direct.conftest import AddChannel, send_round
from tests.alerting.direct.mail_server import MailServer, mail_server
from tests.dashboard.stories import MISSING_INCOME
from tests.incidents.builders import hit, make_version


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.DEFAULT_FROM_EMAIL = "nanwatch@example.com"
        yield server


@pytest.fixture
def people(mail: MailServer, add_channel: AddChannel) -> AlertChannel:  # noqa: ARG001 - without a server there is none
    return add_channel("email", addresses="ada@example.com,grace@example.com")


@pytest.mark.usefixtures("people")
def test_a_mail_says_what_happened_in_its_subject(mail: MailServer, shop: Project) -> None:
    incident = hit(make_version(shop), findings=[MISSING_INCOME])
    send_round()
    (received,) = mail.mails
    assert mail.recipients == [["ada@example.com", "grace@example.com"]]
    assert received["Subject"] == (
        "Missing value in the input (income): churn 7 answers wrong numbers [CHURN-1, warning]"
    )
    assert received["Auto-Submitted"] == "auto-generated"
    lines = received.get_content().splitlines()
    assert "Responsible: income (is missing)" in lines
    assert "First seen 2026-03-01 12:00 UTC, 2 rows so far" in lines
    assert any(line.endswith(f"/incidents/{incident.short_id}?project={shop.pk}") for line in lines)
    assert any(line.startswith("Mute: ") and line.endswith("#mute") for line in lines)


@pytest.mark.usefixtures("people")
def test_a_name_is_no_header(mail: MailServer, shop: Project) -> None:
    hit(make_version(shop, "churn\r\nBcc: mallory@example.com\r\n\r\n"))
    send_round()
    (received,) = mail.mails
    assert received["Bcc"] is None
    assert "churn Bcc: mallory@example.com 7 answers" in received["Subject"]
    assert mail.recipients == [["ada@example.com", "grace@example.com"]]


def test_a_refusal_is_reported_without_its_text(mail: MailServer, people: AlertChannel, shop: Project) -> None:
    mail.refusal = "554 ada@example.com is on a list"
    hit(make_version(shop))
    send_round()
    people.refresh_from_db()
    assert people.last_error == "the mail server answered 554 (SMTPDataError)"


def test_a_server_that_is_away(people: AlertChannel, shop: Project, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    hit(make_version(shop))
    send_round()
    people.refresh_from_db()
    assert people.last_error == "the mail server cannot be reached (ConnectionRefusedError)"
    assert QueuedAlert.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("addresses", "problem"),
    [("nobody", "Enter a valid email address"), ("a@example.com," * 21, "at most 20"), ("", "This field is required")],
)
@pytest.mark.usefixtures("mail")
def test_addresses_that_cannot_be(page_of: Client, addresses: str, problem: str) -> None:
    form = {"name": "ops", "least_severity": "info", "addresses": addresses}
    answer = page_of.post("/settings/alerts/email", form)
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert not AlertChannel.objects.exists()


def test_without_a_mail_server_there_is_no_such_channel(page_of: Client) -> None:
    form = {"name": "ops", "least_severity": "info", "addresses": "ada@example.com"}
    answer = page_of.post("/settings/alerts/email", form)
    assert answer.status_code == 422
    assert "EMAIL_URL" in answer.content.decode()
