"""From an incident to a signed message at a webhook, and what becomes of it where the webhook is away."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from standardwebhooks import Webhook

from ingest.models import Project
from monitoring import tasks
from monitoring.incidents import change_state
from monitoring.models import AlertChannel, IncidentState, QueuedAlert
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.receiver import Receiver
from tests.dashboard.stories import DIVERGED, MISSING_INCOME, NEAR_OVERFLOW
from tests.incidents.builders import hit, make_version

PRIVATE = ["127.0.0.1", "localhost", "2130706433", "0.0.0.0", "10.0.0.1", "169.254.169.254"]  # noqa: S104 - posted to
PRIVATE += ["[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "[fe80::1]"]

pytestmark = pytest.mark.usefixtures("webhook")


@pytest.fixture
def webhook(add_channel: AddChannel, receiver: Receiver) -> AlertChannel:
    return add_channel("webhook", url=f"{receiver.url}/hook?key=sesame")


def outcomes(*fields: str) -> list[tuple[object, ...]]:
    return list(QueuedAlert.objects.order_by("pk").values_list(*fields))


def test_an_incident_arrives_with_its_cause(webhook: AlertChannel, shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop), findings=[MISSING_INCOME])
    send_round()
    (posted,) = receiver.posted
    assert posted.path == "/hook?key=sesame"
    (shown,) = posted.json["data"]["incidents"]
    assert shown["verdict"] == "Missing value in the input (income): churn 7 answers wrong numbers"
    assert shown["responsible"] == "income (is missing)"
    assert shown["remedy"].startswith("Fill missing income before the model sees it (proven")
    assert shown["url"] == f"http://nanwatch.test:8000/incidents/{incident.short_id}?project={shop.pk}"
    assert (shown["change"], shown["severity"], shown["cause"]) == ("opened", "warning", "input_missing")
    webhook.refresh_from_db()
    assert webhook.last_success_at is not None
    send_round()
    pass_time()
    send_round()
    assert len(receiver.posted) == 1


def test_it_is_signed(page_of: Client, shop: Project, receiver: Receiver) -> None:
    form = {"name": "hook", "least_severity": "info", "url": f"{receiver.url}/signed"}
    answer = page_of.post("/settings/alerts/webhook", form).content.decode()
    secret = re.search(r'id="channel-secret">(whsec_[^<]+)<', answer)
    assert secret is not None
    assert secret[1] not in page_of.get("/settings").content.decode()
    hit(make_version(shop))
    send_round()
    (posted,) = [one for one in receiver.posted if one.path == "/signed"]
    assert Webhook(secret[1]).verify(posted.body, dict(posted.headers))["type"] == "incidents.changed"


def test_it_is_queued_in_the_transaction_of_the_event(shop: Project) -> None:
    incident = hit(make_version(shop))
    with transaction.atomic():
        change_state(incident, IncidentState.RESOLVED)
        assert QueuedAlert.objects.count() == 2
        transaction.set_rollback(True)
    assert QueuedAlert.objects.count() == 1


def test_what_is_closed_is_reported_where_it_was_opened(
    shop: Project, receiver: Receiver, add_channel: AddChannel
) -> None:
    incident = hit(make_version(shop))
    send_round()
    later = add_channel("webhook", name="later", url=f"{receiver.url}/later")
    change_state(incident, IncidentState.RESOLVED)
    pass_time()
    send_round()
    assert [posted.json["data"]["incidents"][0]["change"] for posted in receiver.posted] == ["opened", "closed"]
    assert receiver.posted[1].json["data"]["headline"].startswith("Closed: Missing value in the input")
    assert list(later.alerts.values_list("state", "outcome")) == [("skipped", "nothing was reported of the incident")]


def test_many_at_once_are_one_message_with_the_worst_first(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop, "calm"))
    version = make_version(shop, "broken")
    critical = hit(version, findings=[DIVERGED])
    critical.severity = "critical"
    critical.save()
    send_round()
    (posted,) = receiver.posted
    assert [one["model"] for one in posted.json["data"]["incidents"]] == ["broken", "calm"]
    assert posted.json["data"]["headline"].startswith(
        "2 incidents, the worst: NaN or infinity in the weights: broken 7"
    )


def test_where_nothing_failed_the_title_comes_first(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop), findings=[NEAR_OVERFLOW])
    send_round()
    (shown,) = receiver.posted[0].json["data"]["incidents"]
    assert shown["verdict"].startswith("2 rows take encoder/square to 4.86e+04")
    assert shown["verdict"].endswith(" (churn 7)")
    assert shown["cause"] is None


def test_at_most_one_message_a_minute(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop, "one"))
    send_round()
    hit(make_version(shop, "two"))
    hit(make_version(shop, "three"))
    send_round()
    assert len(receiver.posted) == 1
    pass_time()
    send_round()
    assert len(receiver.posted) == 2
    assert len(receiver.posted[1].json["data"]["incidents"]) == 2


def test_a_refusal_is_shown_and_tried_again(shop: Project, receiver: Receiver, page_of: Client) -> None:
    receiver.answers_once(503, body=b"sesame is wrong")
    hit(make_version(shop))
    send_round()
    page = page_of.get("/settings").content.decode()
    assert "The last message did not arrive" in page
    assert "it answered 503" in page
    assert "webhook fails</a>" in page_of.get("/").content.decode()
    assert "webhook: waits: it answered 503" in page_of.get("/incidents/CHURN-1").content.decode()
    assert "1 waiting to be sent" in page
    send_round()
    assert len(receiver.posted) == 1
    pass_time()
    send_round()
    assert len(receiver.posted) == 2
    assert receiver.posted[0].headers["webhook-id"] == receiver.posted[1].headers["webhook-id"]
    assert "dot good" in page_of.get("/settings").content.decode()


def test_after_a_day_it_is_given_up(shop: Project, receiver: Receiver, page_of: Client) -> None:
    hit(make_version(shop))
    QueuedAlert.objects.update(attempts=29)
    receiver.answers_once(500)
    send_round()
    assert outcomes("state", "outcome") == [("given_up", "it answered 500")]
    assert "1 given up" in page_of.get("/settings").content.decode()


def test_the_pauses_make_a_day(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop))
    waited = timedelta()
    while (alert := QueuedAlert.objects.get()).state == "waiting":
        receiver.answers_once(500)
        send_round()
        again = QueuedAlert.objects.get()
        waited += again.due_at - alert.due_at
        QueuedAlert.objects.update(due_at=alert.due_at)
    assert timedelta(hours=23) < waited < timedelta(hours=26)


def test_redirects_are_not_followed(shop: Project, receiver: Receiver) -> None:
    receiver.answers_once(307, {"Location": f"{receiver.url}/elsewhere"})
    hit(make_version(shop))
    send_round()
    assert len(receiver.posted) == 1
    assert "redirects are not followed" in QueuedAlert.objects.get().outcome


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused_where_they_are_not_allowed(
    webhook: AlertChannel, shop: Project, receiver: Receiver, settings: Settings, add_channel: AddChannel, host: str
) -> None:
    inside = add_channel("webhook", name="inside", url=f"http://{host}:{receiver.url.rpartition(':')[2]}/")
    webhook.delete()
    settings.NANWATCH_ALERT_ADDRESSES = "public"
    hit(make_version(shop))
    send_round()
    assert receiver.posted == []
    assert "its address is private" in inside.alerts.get().outcome


def test_a_worker_at_work_keeps_others_away(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop))
    AlertChannel.objects.update(sender="another", sending_until=Now() + timedelta(minutes=1))
    send_round()
    assert receiver.posted == []
    AlertChannel.objects.update(sending_until=Now())
    send_round()
    assert len(receiver.posted) == 1


def test_proxies_of_the_machine_are_not_used(
    shop: Project, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    hit(make_version(shop))
    send_round()
    assert len(receiver.posted) == 1


@pytest.mark.parametrize(("seconds", "state"), [(0.1, "waiting"), (20, "sent")])
def test_an_answer_in_small_pieces_is_cut_off(
    shop: Project, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, seconds: float, state: str
) -> None:
    monkeypatch.setattr("monitoring.alerting.direct.outgoing_http.DEADLINE", seconds)
    receiver.is_slow = True
    hit(make_version(shop))
    send_round()
    assert QueuedAlert.objects.get().state == state


@pytest.mark.django_db(transaction=True)
def test_workers_that_send_at_once_send_once(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop))

    def work(_: int) -> None:
        send_round()
        connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert len(receiver.posted) == 1
    assert QueuedAlert.objects.get().state == "sent"


def test_what_may_have_arrived_is_sent_again_as_it_was(
    shop: Project, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = hit(make_version(shop))
    with monkeypatch.context() as short:
        short.setattr("monitoring.alerting.direct.outgoing_http.DEADLINE", 0.1)
        receiver.is_slow = True
        send_round()
    receiver.is_slow = False
    change_state(incident, IncidentState.RESOLVED)
    pass_time()
    send_round()
    pass_time()
    send_round()
    assert [posted.json["data"]["incidents"][0]["change"] for posted in receiver.posted] == [
        "opened",
        "opened",
        "closed",
    ]
    assert len({posted.headers["webhook-id"] for posted in receiver.posted}) == 2
    assert set(outcomes("state", "message")) == {("sent", "")}


def test_what_a_dead_worker_began_is_sent_again_alone(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop, "one"))
    QueuedAlert.objects.update(message="alert-1-1")  # and there it was killed
    hit(make_version(shop, "two"))
    send_round()
    pass_time()
    send_round()
    first, second = receiver.posted
    assert first.headers["webhook-id"] == "alert-1-1"
    assert [one["model"] for one in first.json["data"]["incidents"]] == ["one"]
    assert [one["model"] for one in second.json["data"]["incidents"]] == ["two"]


def test_a_refusal_says_nothing_of_what_may_have_arrived_before(shop: Project, receiver: Receiver) -> None:
    hit(make_version(shop, "one"))
    QueuedAlert.objects.update(message="alert-1-1")  # killed there, whatever had arrived
    receiver.answers_once(503)
    send_round()
    hit(make_version(shop, "two"))
    for _ in range(2):
        pass_time()
        send_round()
    taken = [
        (posted.headers["webhook-id"] == "alert-1-1", [one["model"] for one in posted.json["data"]["incidents"]])
        for posted in receiver.posted
    ]
    assert taken == [(True, ["one"]), (True, ["one"]), (False, ["two"])]


def test_what_surely_did_not_arrive_is_sorted_anew(webhook: AlertChannel, shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop))
    receiver.answers_once(503)
    send_round()
    change_state(incident, IncidentState.RESOLVED)
    pass_time()
    send_round()
    assert len(receiver.posted) == 1
    assert set(webhook.alerts.values_list("state", flat=True)) == {"skipped"}


def test_a_message_of_many_incidents_asks_no_more_than_one_of_few(
    shop: Project, receiver: Receiver, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        hit(make_version(shop, f"model-{number}"))
    with django_assert_max_num_queries(22):
        send_round()
    assert len(receiver.posted[0].json["data"]["incidents"]) == 12


def test_workers_hear_of_an_event_when_it_is_committed(
    webhook: AlertChannel,
    shop: Project,
    receiver: Receiver,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    def hear_of(model: str) -> bool:
        with django_capture_on_commit_callbacks(execute=True):
            hit(make_version(shop, model))
        webhook.refresh_from_db()
        return webhook.hinted_until is not None

    assert hear_of("one")
    tasks.send_channel_alerts(webhook.pk)
    assert len(receiver.posted) == 1
    assert not hear_of("two"), "it has to rest for a minute, and the schedule knows"
    tasks.send_channel_alerts(webhook.pk)
    assert len(receiver.posted) == 1
    pass_time()
    assert hear_of("three")
    tasks.send_channel_alerts(webhook.pk)
    assert len(receiver.posted) == 2
