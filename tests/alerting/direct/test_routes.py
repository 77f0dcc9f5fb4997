"""Which incidents a channel gets, and when: routes, severity, mutes, maintenance, quiet hours, reminders."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from ingest.models import ModelVersion, Project
from monitoring import tasks
from monitoring.alerting.direct.outbox import queue_test
from monitoring.alerting.direct.routing import AlertFacts, HoldBack, RouteRule, SendNow, decide_alert, end_of_quiet
from monitoring.incidents import change_state
from monitoring.models import (
    AlertChannel,
    HourlyCount,
    IncidentMute,
    IncidentState,
    MaintenanceWindow,
    QueuedAlert,
    hour_of,
)
from nantrace.severity import IncidentSeverity
from tests.alerting.direct.conftest import AddChannel, pass_time, send_round
from tests.alerting.direct.receiver import Receiver
from tests.dashboard.stories import EXPONENTIAL
from tests.incidents.builders import NOON, hit, make_finding, make_version


def worsen(version: ModelVersion) -> None:
    """As many rows fail in the hour as are served: critical."""
    HourlyCount.objects.create(version=version, hour=hour_of(NOON), predictions=30)
    hit(version, findings=[make_finding(row_indices=list(range(28)))])


def changes(receiver: Receiver) -> list[list[str]]:
    return [[one["change"] for one in posted.json["data"]["incidents"]] for posted in receiver.posted]


@pytest.fixture
def hook(add_channel: AddChannel, receiver: Receiver) -> AlertChannel:
    return add_channel("webhook", url=receiver.url)


def test_severity_model_and_cause(add_channel: AddChannel, shop: Project, receiver: Receiver) -> None:
    churn, translate = make_version(shop), make_version(shop, "translate")
    add_channel("webhook", name="critical", url=f"{receiver.url}/critical", least_severity="critical")
    add_channel("webhook", name="model", url=f"{receiver.url}/model", model=translate.model_id)
    add_channel("webhook", name="cause", url=f"{receiver.url}/cause", cause="input_missing")
    hit(churn)
    hit(translate, findings=[EXPONENTIAL])
    send_round()
    got = {one.path: [each["model"] for each in one.json["data"]["incidents"]] for one in receiver.posted}
    assert got == {"/model": ["translate"], "/cause": ["churn"]}
    skipped = QueuedAlert.objects.filter(channel__name="critical").values_list("state", "outcome")
    assert set(skipped) == {("skipped", "severity warning is below the route's critical")}


@pytest.mark.usefixtures("hook")
def test_what_becomes_worse_is_reported(shop: Project, receiver: Receiver) -> None:
    version = make_version(shop)
    hit(version)
    send_round()
    worsen(version)
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"], ["worsened"]]
    (notice,) = receiver.posted[1].json["data"]["incidents"]
    assert notice["severity"] == "critical"
    assert notice["verdict"].endswith("churn 7 answers wrong numbers in 100% of its predictions")


@pytest.mark.usefixtures("hook")
def test_what_was_opened_and_became_worse_before_a_message_is_reported_once(shop: Project, receiver: Receiver) -> None:
    version = make_version(shop)
    hit(version)
    worsen(version)
    send_round()
    assert changes(receiver) == [["opened"]]


@pytest.mark.usefixtures("hook")
def test_what_was_closed_before_a_message_is_not_reported(shop: Project, receiver: Receiver) -> None:
    change_state(hit(make_version(shop)), IncidentState.RESOLVED)
    send_round()
    assert receiver.posted == []
    assert set(QueuedAlert.objects.values_list("state", flat=True)) == {"skipped"}


@pytest.mark.usefixtures("hook")
def test_no_project_hears_of_another(receiver: Receiver) -> None:
    hit(make_version(Project.objects.create(name="elsewhere")))
    send_round()
    assert receiver.posted == []
    assert not QueuedAlert.objects.exists()


def test_two_routes_of_a_channel_make_one_message(
    hook: AlertChannel, shop: Project, receiver: Receiver, page_of: Client
) -> None:
    page_of.post(f"/settings/alerts/{hook.pk}/routes", {"least_severity": "warning"})
    hit(make_version(shop))
    send_round()
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"]]
    assert [one.state for one in QueuedAlert.objects.all()] == ["sent", "sent"]


@pytest.mark.usefixtures("hook")
def test_a_mute_holds_until_its_time(page_of: Client, shop: Project, receiver: Receiver) -> None:
    version = make_version(shop)
    incident = hit(version)
    send_round()
    assert page_of.post(f"/incidents/{incident.short_id}/mute", {"hours": "1"}).status_code == 302
    worsen(version)
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"]]
    assert "Muted until" in page_of.get(f"/incidents/{incident.short_id}").content.decode()
    IncidentMute.objects.update(until=F("until") - timedelta(hours=1))
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"], ["worsened"]]


@pytest.mark.usefixtures("hook")
def test_a_mute_ends_with_another_version_or_with_rows(page_of: Client, shop: Project, receiver: Receiver) -> None:
    by_version, by_rows = hit(make_version(shop)), hit(make_version(shop, "fraud"))
    send_round()
    page_of.post(f"/incidents/{by_version.short_id}/mute", {"other_version": "on"})
    page_of.post(f"/incidents/{by_rows.short_id}/mute", {"more_rows": "3"})
    hit(by_version.last_version)
    hit(by_rows.last_version)
    pass_time()
    send_round()
    assert len(receiver.posted) == 1
    hit(make_version(shop, version="8"))
    hit(by_rows.last_version)
    pass_time()
    send_round()
    assert changes(receiver)[1:] == [["still_open", "still_open"]]


@pytest.mark.usefixtures("hook")
def test_a_mute_that_a_person_ends(page_of: Client, shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop))
    page_of.post(f"/incidents/{incident.short_id}/mute", {"hours": "168"})
    send_round()
    page_of.post(f"/incidents/{incident.short_id}/mute", {"action": "unmute"})
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"]]
    assert [event.kind for event in incident.events.all()] == ["unmuted", "muted", "opened"]


@pytest.mark.usefixtures("hook")
def test_that_a_muted_incident_is_closed_is_reported(page_of: Client, shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop))
    send_round()
    page_of.post(f"/incidents/{incident.short_id}/mute", {"hours": "168"})
    change_state(incident, IncidentState.RESOLVED)
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"], ["closed"]]


@pytest.mark.parametrize("form", [{}, {"hours": "3"}, {"more_rows": "0"}, {"more_rows": "-1"}, {"more_rows": "many"}])
def test_a_mute_needs_an_end(page_of: Client, shop: Project, form: dict[str, str]) -> None:
    incident = hit(make_version(shop))
    assert page_of.post(f"/incidents/{incident.short_id}/mute", form).status_code == 400
    assert list(incident.events.values_list("kind", flat=True)) == ["opened"]


def test_charlie_mutes_nothing_of_the_shop(charlie: Client, shop: Project) -> None:
    incident = hit(make_version(shop))
    assert charlie.post(f"/incidents/{incident.short_id}/mute?project={shop.pk}", {"hours": "1"}).status_code == 404
    assert list(incident.events.values_list("kind", flat=True)) == ["opened"]


@pytest.mark.usefixtures("hook")
def test_maintenance_holds_everything_back(page_of: Client, charlie: Client, shop: Project, receiver: Receiver) -> None:
    now = timezone.now()
    form = {"begins": f"{now:%Y-%m-%dT%H:%M}", "ends": f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}", "reason": "move"}
    assert page_of.post("/settings/maintenance", form).status_code == 302
    hit(make_version(shop))
    send_round()
    assert receiver.posted == []
    assert "move" in page_of.get("/settings").content.decode()
    end = f"/settings/maintenance/{MaintenanceWindow.objects.get().pk}/end"
    assert charlie.post(end).status_code == 404
    assert page_of.post(end).status_code == 302
    pass_time()
    send_round()
    assert changes(receiver) == [["opened"]]


@pytest.mark.parametrize(("begins", "ends"), [(1, 0), (0, 200), (-3, -1)])
def test_a_maintenance_that_cannot_be(page_of: Client, begins: int, ends: int) -> None:
    now = timezone.now()
    hours = {name: now + timedelta(hours=shift) for name, shift in (("begins", begins), ("ends", ends))}
    form = {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in hours.items()}
    assert page_of.post("/settings/maintenance", form).status_code == 422
    assert not MaintenanceWindow.objects.exists()


def test_reminders_go_on_while_it_is_open(add_channel: AddChannel, shop: Project, receiver: Receiver) -> None:
    add_channel("webhook", url=receiver.url, remind_hours="4")
    version = make_version(shop)
    incident = hit(version)
    send_round()
    pass_time(timedelta(hours=3))
    send_round()
    pass_time(timedelta(hours=1))
    send_round()
    assert changes(receiver) == [["opened"], ["still_open"]]
    pass_time(timedelta(hours=2))
    worsen(version)
    send_round()  # its own reminders take the place of the first
    pass_time(timedelta(hours=2))
    send_round()
    assert changes(receiver)[2:] == [["worsened"]]
    pass_time(timedelta(hours=2))
    send_round()
    assert changes(receiver)[2:] == [["worsened"], ["still_open"]]
    change_state(incident, IncidentState.RESOLVED)
    for _ in range(3):
        pass_time(timedelta(hours=4))
        send_round()
    assert changes(receiver)[4:] == [["closed"]]


def test_that_an_old_incident_is_closed_is_reported(hook: AlertChannel, shop: Project, receiver: Receiver) -> None:
    incident = hit(make_version(shop))
    send_round()
    queue_test(hook)
    pass_time()
    send_round()
    QueuedAlert.objects.update(settled_at=timezone.now() - timedelta(days=100))
    tasks.retain()
    assert [alert.event is None for alert in hook.alerts.all()] == [False]
    change_state(incident, IncidentState.RESOLVED)
    tasks.retain()
    pass_time()
    send_round()
    assert receiver.posted[-1].json["data"]["incidents"][0]["change"] == "closed"
    QueuedAlert.objects.update(settled_at=timezone.now() - timedelta(days=100))
    tasks.retain()
    assert not hook.alerts.exists()


NIGHT = RouteRule(IncidentSeverity.INFO, quiet_from=time(22), quiet_until=time(6, 30))


def day(number: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, number, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (day(1, 21, 59), None),
        (day(1, 22), day(2, 6, 30)),
        (day(2, 0), day(2, 6, 30)),
        (day(2, 6, 29), day(2, 6, 30)),
        (day(2, 6, 30), None),
    ],
)
def test_quiet_hours_pass_midnight(now: datetime, ends: datetime | None) -> None:
    assert end_of_quiet(NIGHT, now) == ends
    decision = decide_alert(NIGHT, AlertFacts(IncidentSeverity.WARNING, ""), now)
    assert decision == (SendNow() if ends is None else HoldBack(ends, "quiet hours of the route"))


SUMMER = RouteRule(IncidentSeverity.INFO, quiet_from=time(22), quiet_until=time(7), zone=ZoneInfo("Europe/Zurich"))


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 7, 1, 19, 59, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 20, 0, tzinfo=UTC), datetime(2026, 7, 2, 5, 0, tzinfo=UTC)),
        (datetime(2026, 1, 1, 20, 30, tzinfo=UTC), None),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),  # clocks go forward
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),  # and back
        (datetime(2026, 10, 25, 5, 59, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_are_those_of_a_zone(now: datetime, ends: datetime | None) -> None:
    assert end_of_quiet(SUMMER, now) == ends


def test_a_channel_has_a_zone(page_of: Client, add_channel: AddChannel, shop: Project, receiver: Receiver) -> None:
    now = timezone.now().astimezone(ZoneInfo("Pacific/Kiritimati"))
    quiet = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_until": f"{now + timedelta(hours=1):%H:%M}"}
    add_channel("webhook", url=receiver.url, zone="Pacific/Kiritimati", **quiet)
    hit(make_version(shop))
    send_round()
    assert receiver.posted == []
    assert f"to {quiet['quiet_until']} Pacific/Kiritimati" in page_of.get("/settings").content.decode()


def test_a_zone_that_there_is_not(page_of: Client, receiver: Receiver) -> None:
    form = {"name": "hook", "least_severity": "info", "url": receiver.url, "zone": "../etc/passwd"}
    answer = page_of.post("/settings/alerts/webhook", form)
    assert answer.status_code == 422
    assert "such as Europe/Zurich" in answer.content.decode()


def test_what_is_critical_passes_quiet_hours() -> None:
    assert decide_alert(NIGHT, AlertFacts(IncidentSeverity.CRITICAL, ""), day(2, 3)) == SendNow()


def test_a_route_keeps_its_quiet_hours(add_channel: AddChannel, shop: Project, receiver: Receiver) -> None:
    now = timezone.now()
    quiet = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_until": f"{now + timedelta(hours=1):%H:%M}"}
    add_channel("webhook", url=receiver.url, **quiet)
    hit(make_version(shop))
    send_round()
    assert receiver.posted == []
    held = QueuedAlert.objects.get()
    assert held.outcome == "quiet hours of the route"
    assert now + timedelta(minutes=58) < held.due_at < now + timedelta(hours=1)
