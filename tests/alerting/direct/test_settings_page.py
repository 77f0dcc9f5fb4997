"""Channels and routes on the settings page."""

import pytest
from django.test import Client
from pytest_django import Settings

from ingest.models import Project
from monitoring.models import AlertChannel, AlertRoute, QueuedAlert
from tests.alerting.direct.conftest import AddChannel, send_round
from tests.alerting.direct.receiver import Receiver
from tests.incidents.builders import hit, make_version


@pytest.fixture
def hook(add_channel: AddChannel, receiver: Receiver) -> AlertChannel:
    return add_channel("webhook", name="on call", url=f"{receiver.url}/path")


def page(client: Client) -> str:
    return client.get("/settings").content.decode()


def test_add_test_and_remove(page_of: Client, hook: AlertChannel, receiver: Receiver) -> None:
    assert "on call" in page(page_of)
    assert "Nothing has been sent yet" in page(page_of)
    assert page_of.post(f"/settings/alerts/{hook.pk}/test").status_code == 302
    assert "1 waiting to be sent" in page(page_of)
    send_round()
    assert receiver.posted[0].json["type"] == "test"
    assert "Last message <time" in page(page_of)
    page_of.post(f"/settings/alerts/{hook.pk}/remove")
    assert "on call" not in page(page_of).partition("New channel")[0].replace("on call is removed", "")
    assert not AlertChannel.objects.exists()


def test_removing_takes_what_waits_with_it(page_of: Client, hook: AlertChannel, shop: Project) -> None:
    hit(make_version(shop))
    page_of.post(f"/settings/alerts/{hook.pk}/remove")
    assert not QueuedAlert.objects.exists()


def test_routes_are_added_and_removed(page_of: Client, hook: AlertChannel, shop: Project) -> None:
    model = make_version(shop).model
    form = {"model": model.pk, "least_severity": "critical", "cause": "input_missing", "remind_hours": "24"}
    assert page_of.post(f"/settings/alerts/{hook.pk}/routes", form).status_code == 302
    route = hook.routes.latest("pk")
    assert (route.model, route.cause, route.remind_hours) == (model, "input_missing", 24)
    assert "reminds every 24 h" in page(page_of)
    for one in hook.routes.all():
        page_of.post(f"/settings/alerts/{hook.pk}/routes/{one.pk}/remove")
    assert "No route: nothing goes there" in page(page_of)


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"least_severity": "loud"}, "Select a valid choice"),
        ({"cause": "bad luck"}, "Select a valid choice"),
        ({"quiet_from": "22:00"}, "need a beginning and an end"),
        ({"quiet_from": "25:00", "quiet_until": "06:00"}, "Enter a valid time"),
        ({"remind_hours": "1"}, "Select a valid choice"),
    ],
)
def test_a_route_that_cannot_be(page_of: Client, hook: AlertChannel, form: dict[str, str], problem: str) -> None:
    answer = page_of.post(f"/settings/alerts/{hook.pk}/routes", {"least_severity": "info", **form})
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert hook.routes.count() == 1


def test_a_route_to_a_model_of_another_project_cannot_be(page_of: Client, hook: AlertChannel) -> None:
    foreign = make_version(Project.objects.create(name="elsewhere")).model
    form = {"least_severity": "info", "model": foreign.pk}
    assert page_of.post(f"/settings/alerts/{hook.pk}/routes", form).status_code == 422
    assert hook.routes.count() == 1


def test_a_name_is_taken_once_a_project(page_of: Client, charlie: Client, hook: AlertChannel) -> None:
    form = {"name": hook.name, "least_severity": "info", "url": "http://127.0.0.1/"}
    assert "name is there already" in page_of.post("/settings/alerts/webhook", form).content.decode()
    assert charlie.post("/settings/alerts/webhook", form).status_code == 200
    assert AlertChannel.objects.filter(name=hook.name).count() == 2


def test_there_are_bounds(page_of: Client, hook: AlertChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.web.pages.alert_forms.MOST_CHANNELS", 1)
    monkeypatch.setattr("monitoring.web.pages.alert_channels.MOST_ROUTES", 1)
    form = {"name": "more", "least_severity": "info", "url": "http://127.0.0.1/"}
    assert "at most 1 channels" in page_of.post("/settings/alerts/webhook", form).content.decode()
    assert "at most 1 routes" in page_of.post(f"/settings/alerts/{hook.pk}/routes", form).content.decode()
    assert (AlertChannel.objects.count(), AlertRoute.objects.count()) == (1, 1)


def test_charlie_neither_sees_nor_changes_it(charlie: Client, hook: AlertChannel, shop: Project) -> None:
    assert "on call" not in charlie.get(f"/settings?project={shop.pk}").content.decode()
    route = hook.routes.get()
    for action in ("test", "remove", "routes", f"routes/{route.pk}/remove"):
        path = f"/settings/alerts/{hook.pk}/{action}?project={shop.pk}"
        assert charlie.post(path, {"least_severity": "info"}).status_code == 404
    assert list(hook.routes.all()) == [route]
    assert not QueuedAlert.objects.exists()


def test_visitors_and_other_methods_change_nothing(page_of: Client, hook: AlertChannel) -> None:
    for path in ("webhook", f"{hook.pk}/test", f"{hook.pk}/remove", f"{hook.pk}/routes"):
        assert Client().post(f"/settings/alerts/{path}").status_code == 302
        assert page_of.get(f"/settings/alerts/{path}").status_code == 405
    assert AlertChannel.objects.exists()
    assert not QueuedAlert.objects.exists()


def test_there_is_no_other_kind(page_of: Client) -> None:
    assert page_of.post("/settings/alerts/pigeon", {"name": "coo"}).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com",
        "hooks.example.com",
        "https://",
        "https://[::",
        "https://a:b",
    ],
)
def test_only_https_unless_the_operator_allows_more(page_of: Client, settings: Settings, url: str) -> None:
    settings.NANWATCH_ALERT_ADDRESSES = "public"
    form = {"name": "hook", "least_severity": "info", "url": url}
    assert "Give a URL that begins with https://" in page_of.post("/settings/alerts/webhook", form).content.decode()
    assert not AlertChannel.objects.exists()
