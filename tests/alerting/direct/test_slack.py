"""Alerts in Slack: one message an incident through a bot, a new one each time through an incoming webhook."""

import json

import pytest

from ingest.models import Project
from monitoring.incidents import change_state
from monitoring.models import AlertChannel, Incident, IncidentState, QueuedAlert
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.receiver import Receiver
from tests.alerting.direct.test_routes import worsen
from tests.incidents.builders import hit, make_version

TOKEN = "xoxb-not-a-real-token"


@pytest.fixture
def bot(add_channel: AddChannel, receiver: Receiver) -> AlertChannel:
    for number in range(1, 5):
        posted = {"ok": True, "channel": "C0123456789", "ts": f"17000000{number}.000100"}
        receiver.answers_once(200, body=json.dumps(posted).encode())
    return add_channel("slack", token=TOKEN, conversation="C0123456789")


def change(incident: Incident, state: IncidentState) -> None:
    change_state(incident, state)
    pass_time()
    send_round()


def test_one_message_is_edited_until_the_incident_returns(bot: AlertChannel, shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop))
    send_round()
    change(incident, IncidentState.RESOLVED)
    change(incident, IncidentState.OPEN)
    assert [one.path for one in receiver.posted] == [
        "/api/chat.postMessage",
        "/api/chat.update",
        "/api/chat.postMessage",
    ]
    opened, closed, returned = (one.json for one in receiver.posted)
    assert opened["channel"] == "C0123456789"
    assert receiver.posted[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert closed["ts"] == "170000001.000100"
    assert closed["text"].startswith("Closed: Missing value in the input")
    assert returned["text"].startswith("Back: Missing value in the input")
    bot.refresh_from_db()
    assert bot.last_error_at is None


@pytest.mark.usefixtures("bot")
def test_several_incidents_of_one_message_are_edited_together(shop: Project, receiver: Receiver) -> None:
    one, other = hit(make_version(shop, "one")), hit(make_version(shop, "other"))
    send_round()
    change(one, IncidentState.RESOLVED)
    posted, edited = (str(one.json["blocks"]) for one in receiver.posted)
    assert one.short_id in posted
    assert other.short_id in posted
    assert edited.index(other.short_id) < edited.index(f"[{one.short_id}")
    assert "Closed: " in edited


@pytest.mark.usefixtures("bot")
def test_what_becomes_worse_is_said_in_the_thread_too(shop: Project, receiver: Receiver) -> None:
    version = make_version(shop)
    hit(version)
    send_round()
    worsen(version)
    pass_time()
    send_round()
    _, edited, reply = receiver.posted
    assert edited.path == "/api/chat.update"
    assert edited.json["text"].startswith("Worse: ")
    assert (reply.path, reply.json["thread_ts"]) == ("/api/chat.postMessage", "170000001.000100")
    assert reply.json["reply_broadcast"]


@pytest.mark.usefixtures("bot")
def test_a_message_that_was_deleted_is_posted_anew(shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop))
    send_round()
    receiver.answers.insert(0, (200, {}, b'{"ok": false, "error": "message_not_found"}'))
    change(incident, IncidentState.RESOLVED)
    pass_time()
    send_round()
    assert [one.path for one in receiver.posted][1:] == ["/api/chat.update", "/api/chat.postMessage"]
    assert QueuedAlert.objects.latest("pk").state == "sent"


@pytest.mark.usefixtures("bot")
def test_names_are_neither_markup_nor_mentions(shop: Project, receiver: Receiver) -> None:
    name = "<!channel> *churn* <https://evil.example|here> &"
    hit(make_version(shop, name))
    send_round()
    (posted,) = receiver.posted
    assert "&lt;!channel&gt; *churn* &lt;https://evil.example|here&gt; &amp; 7" in posted.json["text"]
    assert "<" not in posted.json["text"]
    marked_up = [one for block in posted.json["blocks"] for one in block.get("elements", [])]
    assert marked_up
    assert "evil" not in str(marked_up)
    assert {block["text"]["type"] for block in posted.json["blocks"] if "text" in block} == {"plain_text"}


def test_slacks_refusal_is_shown(bot: AlertChannel, shop: Project, receiver: Receiver) -> None:
    receiver.answers[:] = [(200, {}, b'{"ok": false, "error": "channel_not_found"}')]
    hit(make_version(shop))
    send_round()
    bot.refresh_from_db()
    assert bot.last_error == "Slack refused it: channel_not_found"


def test_an_incoming_webhook_gets_a_message_each_time(
    add_channel: AddChannel, shop: Project, receiver: Receiver
) -> None:
    add_channel("slack_webhook", url=f"{receiver.url}/services/T0/B0/secret")
    incident = hit(make_version(shop))
    send_round()
    change(incident, IncidentState.RESOLVED)
    assert [one.path for one in receiver.posted] == ["/services/T0/B0/secret"] * 2
    assert receiver.posted[1].json["text"].startswith("Closed: ")
