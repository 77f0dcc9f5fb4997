"""Alerts as mails, through a mail server that really listens, to addresses whose readers have confirmed them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core import signing
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from ingest.models import Project
from monitoring.alerting.direct.email.confirmation import SALT
from monitoring.models import AlertChannel, MailAddress, QueuedAlert
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.mail_server import MailServer, mail_server
from tests.dashboard.stories import MISSING_INCOME
from tests.incidents.builders import hit, make_version

ADA, GRACE = "ada@example.com", "grace@example.com"


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.DEFAULT_FROM_EMAIL = "nanwatch@example.com"
        yield server


@pytest.fixture
def people(mail: MailServer, add_channel: AddChannel) -> AlertChannel:
    """Both have followed their links, and the test has arrived."""
    channel = add_channel("email", addresses=f"{ADA},{GRACE}")
    send_round()
    for one in mail.mails:
        Client().post(link_in(one))
    pass_time()
    send_round()
    assert mail.mails[-1]["Subject"].startswith("Test: alerts of shop")
    pass_time()
    mail.mails.clear()
    mail.recipients.clear()
    return channel


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"https?://[^/]+(/confirm-address/\S+)", text_of(mail, "plain"))
    assert found is not None
    return found[1]


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


@pytest.mark.usefixtures("people")
def test_a_mail_says_what_happened_in_its_subject(mail: MailServer, shop: Project) -> None:
    incident = hit(make_version(shop), findings=[MISSING_INCOME])
    send_round()
    (received,) = mail.mails
    assert mail.recipients == [[ADA, GRACE]]
    assert received["Subject"] == (
        "Missing value in the input (income): churn 7 answers wrong numbers [CHURN-1, warning]"
    )
    assert received["Auto-Submitted"] == "auto-generated"
    lines = text_of(received, "plain").splitlines()
    assert "Responsible: income (is missing)" in lines
    assert "First seen 2026-03-01 12:00 UTC, 2 rows so far" in lines
    assert any(line.endswith(f"/incidents/{incident.short_id}?project={shop.pk}") for line in lines)
    assert any(line.startswith("Mute: ") and line.endswith("#mute") for line in lines)


@pytest.mark.usefixtures("people")
def test_it_is_html_too(mail: MailServer, shop: Project) -> None:
    incident = hit(make_version(shop, "<b>churn</b> & co"), findings=[MISSING_INCOME])
    send_round()
    page = text_of(mail.mails[0], "html")
    assert "Missing value in the input (income): &lt;b&gt;churn&lt;/b&gt; &amp; co 7 answers wrong numbers" in page
    assert "Responsible: income (is missing)" in page
    assert f'/incidents/{incident.short_id}?project={shop.pk}">{incident.short_id}</a>' in page
    assert "<b>" not in page


@pytest.mark.usefixtures("people")
def test_a_name_is_no_header(mail: MailServer, shop: Project) -> None:
    hit(make_version(shop, "churn\r\nBcc: mallory@example.com\r\n\r\n"))
    send_round()
    (received,) = mail.mails
    assert received["Bcc"] is None
    assert "churn Bcc: mallory@example.com 7 answers" in received["Subject"]
    assert mail.recipients == [[ADA, GRACE]]


def test_nothing_but_a_link_goes_to_who_has_not_confirmed(
    mail: MailServer, add_channel: AddChannel, shop: Project, page_of: Client
) -> None:
    add_channel("email", addresses=f"{ADA},{GRACE}")
    send_round()
    assert mail.recipients == [[ADA], [GRACE]]
    Client().post(link_in(mail.mails[0]))
    hit(make_version(shop))
    for _ in range(3):
        pass_time()
        send_round()
    assert mail.recipients[2:] == [[ADA], [ADA]], "the test, then the incident"
    assert f"Not confirmed yet, and without alerts until then: {GRACE}." in page_of.get("/settings").content.decode()


def test_without_anybody_it_waits_and_says_why(
    mail: MailServer, add_channel: AddChannel, shop: Project, page_of: Client
) -> None:
    add_channel("email", addresses=ADA)
    hit(make_version(shop))
    for _ in range(3):
        send_round()
        pass_time(timedelta(hours=1))
    assert len(mail.mails) == 1, "asked once a day"
    assert "nobody has followed the link" in page_of.get("/settings").content.decode()
    Client().post(link_in(mail.mails[0]))
    for _ in range(3):
        send_round()
        pass_time()
    assert mail.mails[-1]["Subject"].endswith("[CHURN-1, warning]")


def test_a_link_asks_before_it_confirms(mail: MailServer, add_channel: AddChannel) -> None:
    add_channel("email", addresses=ADA)
    send_round()
    link = link_in(mail.mails[0])
    assert "Shall alerts of shop come to ada@example.com?" in Client().get(link).content.decode()
    assert MailAddress.objects.get().confirmed_at is None, "programs that look at mails follow links"
    assert "come to ada@example.com." in Client().post(link, follow=True).content.decode()
    assert MailAddress.objects.get().confirmed_at is not None


def test_a_link_that_is_not_ours_confirms_nothing(mail: MailServer, add_channel: AddChannel) -> None:
    add_channel("email", addresses=ADA)
    send_round()
    forged = signing.dumps(MailAddress.objects.get().pk, salt="another", key="another")
    for token in (forged, "x", link_in(mail.mails[0])[:-1].rpartition("/")[2]):
        answer = Client().post(f"/confirm-address/{token}")
        assert answer.status_code == 404
        assert ADA not in answer.content.decode()
    assert MailAddress.objects.get().confirmed_at is None


def test_a_link_is_good_for_a_week(mail: MailServer, add_channel: AddChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    add_channel("email", addresses=ADA)
    send_round()
    link = link_in(mail.mails[0])
    assert Client().get(link).status_code == 200
    monkeypatch.setattr("monitoring.alerting.direct.email.confirmation.VALID", timedelta(seconds=-1))
    assert Client().post(link).status_code == 404
    assert signing.loads(link.rpartition("/")[2], salt=SALT) == MailAddress.objects.get().pk


@pytest.mark.usefixtures("mail")
def test_an_address_is_asked_once_a_day_by_all_channels(mail: MailServer, add_channel: AddChannel) -> None:
    for name in ("one", "two"):
        add_channel("email", name=name, addresses=ADA)
    send_round()
    assert len(mail.mails) == 1
    MailAddress.objects.update(asked_at=F("asked_at") - timedelta(days=1))
    pass_time(timedelta(hours=1))
    send_round()
    assert len(mail.mails) == 2


def test_a_project_asks_few_unknown_people(
    mail: MailServer, add_channel: AddChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.alerting.direct.email.confirmation.MOST_ASKED", 3)
    add_channel("email", addresses=", ".join(f"{number}@example.com" for number in range(5)))
    send_round()
    assert len(mail.mails) == 3


def test_a_refusal_is_reported_without_its_text(mail: MailServer, people: AlertChannel, shop: Project) -> None:
    mail.refusal = "554 ada@example.com is on a list"
    hit(make_version(shop))
    send_round()
    people.refresh_from_db()
    assert people.last_error == "the mail server answered 554 (SMTPDataError)"


def test_who_could_not_be_asked_is_asked_again(mail: MailServer, add_channel: AddChannel) -> None:
    mail.refusal = "451 later"
    add_channel("email", addresses=ADA)
    send_round()
    mail.refusal = ""
    pass_time()
    send_round()
    assert mail.recipients == [[ADA]]


def test_a_server_that_is_away(people: AlertChannel, shop: Project, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    hit(make_version(shop))
    send_round()
    people.refresh_from_db()
    assert people.last_error == "the mail server cannot be reached (ConnectionRefusedError)"
    assert QueuedAlert.objects.filter(state="waiting").count() == 1


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
