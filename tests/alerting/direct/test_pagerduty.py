"""Alerts of PagerDuty: triggered and resolved by one key an incident."""

import pytest
from django.test import Client

from ingest.models import Project
from monitoring.incidents import change_state
from monitoring.models import AlertChannel, IncidentState
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.receiver import Receiver
from tests.dashboard.stories import MISSING_INCOME
from tests.incidents.builders import hit, make_version

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def pager(add_channel: AddChannel, receiver: Receiver) -> AlertChannel:  # noqa: ARG001 - it answers
    return add_channel("pagerduty", routing_key=KEY)


@pytest.mark.usefixtures("pager")
def test_an_incident_triggers_and_resolves_one_alert(shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop), findings=[MISSING_INCOME])
    send_round()
    change_state(incident, IncidentState.IGNORED)
    pass_time()
    send_round()
    triggered, resolved = (one.json for one in receiver.posted)
    assert {one.path for one in receiver.posted} == {"/v2/enqueue"}
    assert (triggered["routing_key"], triggered["event_action"]) == (KEY, "trigger")
    assert triggered["payload"]["severity"] == "warning"
    assert triggered["payload"]["summary"].startswith("Missing value in the input (income): churn 7")
    assert triggered["payload"]["class"] == "input_missing"
    assert resolved["event_action"] == "resolve"
    assert resolved["dedup_key"] == triggered["dedup_key"]


def test_a_test_is_resolved_at_once(pager: AlertChannel, page_of: Client, receiver: Receiver) -> None:
    page_of.post(f"/settings/alerts/{pager.pk}/test")
    send_round()
    assert [one.json["event_action"] for one in receiver.posted] == ["trigger", "resolve"]
    assert receiver.posted[0].json["dedup_key"] == receiver.posted[1].json["dedup_key"]


@pytest.mark.parametrize("key", ["", "short", KEY + "\n", "g-" * 16])
def test_a_key_that_cannot_be(page_of: Client, key: str) -> None:
    form = {"name": "pager", "least_severity": "info", "routing_key": key.replace("\n", "x")}
    assert page_of.post("/settings/alerts/pagerduty", form).status_code == 422
    assert not AlertChannel.objects.exists()
