"""Alerts in the words of a receiver: one post an incident, of a template that people write."""

import json
from typing import Any

import pytest
from django.test import Client

from ingest.models import Project
from monitoring.alerting.direct.template_webhook.template import OPSGENIE
from monitoring.incidents import change_state
from monitoring.models import AlertChannel, IncidentState, QueuedAlert
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.receiver import Receiver
from tests.dashboard.stories import MISSING_INCOME
from tests.incidents.builders import hit, make_version

CLOSE = "/v2/alerts/${key}/close?identifierType=alias"


@pytest.fixture
def opsgenie(add_channel: AddChannel, receiver: Receiver) -> AlertChannel:
    return add_channel("template_webhook", **form_of(receiver, close_url=f"{receiver.url}{CLOSE}"))


def form_of(receiver: Receiver, **changes: str) -> dict[str, str]:
    return {"url": f"{receiver.url}/v2/alerts", "authorization": "GenieKey sesame", "template": OPSGENIE, **changes}


@pytest.mark.usefixtures("opsgenie")
def test_an_alert_is_opened_and_closed_by_one_alias(shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop), findings=[MISSING_INCOME])
    send_round()
    change_state(incident, IncidentState.RESOLVED)
    pass_time()
    send_round()
    opened, closed = receiver.posted
    assert opened.path == "/v2/alerts"
    assert opened.headers["Authorization"] == "GenieKey sesame"
    assert opened.json["message"].startswith("Missing value in the input (income): churn 7")
    assert opened.json["priority"] == "P3"
    assert opened.json["details"]["cause"] == "input_missing"
    assert closed.path == f"/v2/alerts/{opened.json['alias']}/close?identifierType=alias"


def test_without_an_address_that_closes_the_template_is_posted(
    add_channel: AddChannel, shop: Project, receiver: Receiver
) -> None:
    add_channel("template_webhook", **form_of(receiver, template='{"what": "${change}", "costs": "$$5", "n": [1]}'))
    change_state(hit(make_version(shop)), IncidentState.RESOLVED)
    hit(make_version(shop, "fraud"))
    send_round()
    assert [one.json for one in receiver.posted] == [{"what": "opened", "costs": "$5", "n": [1]}]


@pytest.mark.usefixtures("opsgenie")
def test_names_change_no_structure(shop: Project, receiver: Receiver) -> None:
    name = 'churn", "priority": "P1", "x": "${remedy}'
    hit(make_version(shop, name))
    send_round()
    assert receiver.posted[0].json["entity"] == f"{name} 7"
    assert set(receiver.posted[0].json) == set(json.loads(OPSGENIE))


@pytest.mark.usefixtures("opsgenie")
def test_a_message_that_was_refused_in_its_middle_is_sent_again_whole(shop: Project, receiver: Receiver) -> None:
    incidents = {f"{model} 7": hit(make_version(shop, model)) for model in ("one", "two")}
    receiver.answers_once(200)
    receiver.answers_once(429)
    send_round()
    arrived = receiver.posted[0].json["entity"]
    change_state(incidents[arrived], IncidentState.RESOLVED)
    for _ in range(2):
        pass_time()
        send_round()
    assert sorted(one.json["entity"] for one in receiver.posted[:4]) == ["one 7", "one 7", "two 7", "two 7"]
    assert receiver.posted[0].json["alias"] in receiver.posted[4].path, "what was opened there is closed there"
    assert {one.state for one in QueuedAlert.objects.all()} == {"sent"}


def test_a_test_is_closed_at_once(opsgenie: AlertChannel, page_of: Client, receiver: Receiver) -> None:
    page_of.post(f"/settings/alerts/{opsgenie.pk}/test")
    send_round()
    opened, closed = receiver.posted
    assert opened.json["message"] == "Test: alerts of shop arrive here"
    assert opened.json["alias"] in closed.path


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"template": "{"}, "no JSON object"),
        ({"template": "[" * 100_00}, "no JSON object"),
        ({"template": '["${headline}"]'}, "no JSON object"),
        ({"template": '{"a": "${password}"}'}, "Not known: password"),
        ({"template": '{"a": "5 $ each"}'}, "written $$"),
        ({"close_url": "https://${key}.example.com/"}, "behind the host"),
        ({"close_url": "https://example.com/${headline}"}, "behind the host"),
        ({"close_url": "ftp://example.com/"}, "begins with"),
        ({"authorization": "GenieKey a\r\nX-Other: b"}, "one line of ASCII"),
    ],
)
def test_what_cannot_be(page_of: Client, receiver: Receiver, changes: dict[str, str], problem: str) -> None:
    form: dict[str, Any] = {"name": "ops", "least_severity": "info", **form_of(receiver, **changes)}
    answer = page_of.post("/settings/alerts/template_webhook", form)
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert "sesame" not in answer.content.decode()
    assert not AlertChannel.objects.exists()
