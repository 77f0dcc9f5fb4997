"""The button that sets up alerts: an order that a worker carries out, as `provision_alerts` does."""

import json
from collections.abc import Iterator
from datetime import timedelta

import grpc
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ingest.models import ApiKey, Project, Role
from monitoring.alerting.cloud_monitoring import setup
from monitoring.alerting.cloud_monitoring.policies import POLICIES
from monitoring.alerting.cloud_monitoring.setup_orders import request_setup
from monitoring.google_stand_in.cloud import CloudStandIn, Trouble
from monitoring.google_stand_in.server import cloud_stand_in
from monitoring.models import AlertSetup
from monitoring.tasks import set_up_alerts
from tests.alerting.test_reported_alerts import basic, notification, post

HOOK = "http://127.0.0.1:8000/api/v1/cloud-monitoring/notifications"


@pytest.fixture
def google(settings: Settings) -> Iterator[CloudStandIn]:
    with cloud_stand_in() as cloud:
        settings.NANWATCH_GCP_PROJECT = "some-project"
        settings.NANWATCH_MONITORING_ENDPOINT = cloud.endpoint
        yield cloud


@pytest.fixture
def admin(project: Project) -> Client:  # noqa: ARG001 - who looks at it
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.fixture
def ada(project: Project) -> Client:
    """A member of the shop, and no administrator."""
    user, client = User.objects.create_user("ada"), Client()
    project.members.add(user, through_defaults={"role": Role.ADMIN})
    client.force_login(user)
    return client


def ordered(project: Project, *emails: str) -> AlertSetup:
    """An order after one attempt of a worker."""
    order = request_setup(project, emails)
    AlertSetup.objects.filter(pk=order.pk).update(hinted_until=timezone.now() + timedelta(minutes=1))
    set_up_alerts(order.pk)
    order.refresh_from_db()
    return order


def hooks(google: CloudStandIn) -> list[dict[str, str]]:
    return [dict(one.labels) for one in google.channels.values() if one.type_ == "webhook_basicauth"]


def test_the_button_sets_up_policies_and_the_way_back(project: Project, google: CloudStandIn, admin: Client) -> None:
    answer = admin.post(f"/settings/alerts?project={project.pk}", {"emails": "oncall@example.com, b@example.com"})
    assert answer.status_code == 302
    assert "being set up" in admin.get("/settings").content.decode()

    set_up_alerts(AlertSetup.objects.get().pk)

    page = admin.get("/settings").content.decode()
    assert f"{len(POLICIES) + 4} changed or made" in page
    assert "incidents of shop: made" in page
    assert "This is not Google" in page
    assert len(google.policies) == len(POLICIES)
    (hook,) = hooks(google)
    assert hook["url"] == HOOK
    assert post(notification(), basic(hook["password"]))["alert"] == "0.abc"


def test_the_secret_stands_nowhere(project: Project, google: CloudStandIn, admin: Client) -> None:
    order = ordered(project)
    (hook,) = hooks(google)
    shown = admin.get("/settings").content.decode() + json.dumps(order.document)
    kept = json.dumps([str(value) for row in ApiKey.objects.values_list() for value in row])
    assert hook["password"] not in shown + kept


def test_a_second_order_changes_nothing(project: Project, google: CloudStandIn) -> None:
    ordered(project)
    writes = google.writes
    assert ordered(project).document["changes"] == 0
    assert google.writes == writes


def test_one_order_of_a_project_waits(project: Project) -> None:
    assert request_setup(project) == request_setup(project)


def test_each_project_keeps_its_way_back(project: Project, google: CloudStandIn) -> None:
    bank = Project.objects.create(name="bank")
    ordered(project)
    ordered(bank)
    names = {one.display_name for one in google.channels.values()}
    assert names == {"NaNWatch: incidents of shop", "NaNWatch: incidents of bank"}
    assert all(len(one.notification_channels) == 2 for one in google.policies.values())


def test_a_revoked_key_is_replaced(project: Project, google: CloudStandIn) -> None:
    ordered(project)
    ApiKey.objects.update(revoked_at=timezone.now())
    ordered(project)
    old, new = hooks(google)
    assert new["password"] != old["password"]
    post(notification(), basic(new["password"]))


def test_members_do_not_see_who_else_is_notified(project: Project, google: CloudStandIn, ada: Client) -> None:
    ordered(Project.objects.create(name="bank"))
    assert len(ordered(project, "oncall@example.com").document["channels"]) == 3
    page = ada.get("/settings").content.decode()
    assert "Alerts were set up" in page
    assert "bank" not in page
    assert "oncall@example.com" not in page
    assert google.channels


def test_an_administrator_alone_orders(ada: Client, google: CloudStandIn) -> None:
    assert ada.post("/settings/alerts").status_code == 403
    assert "An administrator sets up the alerts" in ada.get("/settings").content.decode()
    assert not google.policies
    assert not AlertSetup.objects.exists()


@pytest.mark.parametrize("emails", ["oncall", "a@b.example " * 11, "<script>"])
def test_an_address_that_is_none_is_refused(admin: Client, emails: str) -> None:
    assert admin.post("/settings/alerts", {"emails": emails}).status_code == 400
    assert not AlertSetup.objects.exists()


def test_a_service_that_is_away_is_asked_again(project: Project, google: CloudStandIn) -> None:
    google.descriptor_trouble = Trouble(grpc.StatusCode.UNAVAILABLE)
    waits = ordered(project)
    assert (waits.state, waits.hinted_until) == ("waiting", None)
    assert "ServiceUnavailable" in waits.failure
    google.descriptor_trouble = None
    assert ordered(project).state == "done"


def test_a_metric_that_is_not_known_yet_is_waited_for(project: Project, google: CloudStandIn) -> None:
    google.unknown_for = 1
    assert "up to ten minutes" in ordered(project).failure
    assert ordered(project).state == "done"


def test_it_is_given_up_after_a_while(project: Project, google: CloudStandIn) -> None:
    google.unknown_for = 10**6
    order = request_setup(project)
    AlertSetup.objects.update(asked_at=timezone.now() - setup.PATIENCE - timedelta(seconds=1))
    set_up_alerts(order.pk)
    order.refresh_from_db()
    assert order.state == "failed"


def test_what_google_forbids_is_said(project: Project, google: CloudStandIn, admin: Client) -> None:
    google.faults["CreateAlertPolicy"] = [Trouble(grpc.StatusCode.PERMISSION_DENIED, "alertPolicies.create denied")]
    assert ordered(project).state == "failed"
    page = admin.get("/settings").content.decode()
    assert "alertPolicies.create denied" in page
    assert "roles/monitoring.alertPolicyEditor" in page


def test_google_itself_needs_an_address_that_it_reaches(project: Project, settings: Settings) -> None:
    settings.NANWATCH_GCP_PROJECT, settings.NANWATCH_MONITORING_ENDPOINT = "some-project", ""
    settings.NANWATCH_BASE_URL = "http://nanwatch.test"
    order = ordered(project)
    assert order.state == "failed"
    assert "NANWATCH_BASE_URL: must begin with https://" in order.failure


def test_without_a_project_of_google_it_says_which_setting_is_missing(project: Project, settings: Settings) -> None:
    settings.NANWATCH_GCP_PROJECT = ""
    assert "NANWATCH_GCP_PROJECT" in ordered(project).failure


@pytest.mark.usefixtures("google")
def test_the_command_makes_the_same_way_back(project: Project) -> None:
    call_command("provision_alerts", "--report-back", "shop", "--dry-run")
    assert not ApiKey.objects.exists()
    call_command("provision_alerts", "--report-back", "shop")
    assert ordered(project).document["changes"] == 0
    with pytest.raises(CommandError, match="no project 'nobody'"):
        call_command("provision_alerts", "--report-back", "nobody")
