"""`manage.py provision_alerts` against alert policies as strict as Google's (the real client, a server on loopback)."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.monitoring_v3 import AlertPolicyServiceClient, NotificationChannelServiceClient
from google.cloud.monitoring_v3.types import Aggregation, AlertPolicy, NotificationChannel
from pytest_django import Settings

from monitoring.alerting.cloud_monitoring.channels import recipients
from monitoring.alerting.cloud_monitoring.client import cloud_client, configured_destination
from monitoring.alerting.cloud_monitoring.descriptors import metric_descriptors
from monitoring.alerting.cloud_monitoring.policies import POLICIES
from monitoring.alerting.cloud_monitoring.provision import PATIENCE, Provisioned, Wish, provision
from monitoring.google_stand_in.cloud import CloudStandIn
from tests.alerting.conftest import BASE

HOOK = "https://nanwatch:s3cret@hooks.example.com/google"
ADDRESS = "oncall@example.com"


def run(*options: str) -> str:
    out = StringIO()
    call_command("provision_alerts", *options, stdout=out)
    return out.getvalue()


def deeds(*options: str) -> dict[str, str]:
    return {one["policy"]: one["deed"] for one in json.loads(run("--json", *options))["policies"]}


def test_it_makes_descriptors_channels_and_policies(google: CloudStandIn) -> None:
    document = json.loads(run("--json", "--email", ADDRESS, "--webhook", HOOK))
    assert document["changes"] == len(POLICIES) + 3
    assert document["dashboard"] == "create"
    assert set(google.descriptors) == {one.type for one in metric_descriptors()}
    kinds = {one.type_: dict(one.labels) for one in google.channels.values()}
    assert kinds == {
        "email": {"email_address": ADDRESS},
        "webhook_basicauth": {
            "url": "https://hooks.example.com/google",
            "username": "nanwatch",
            "password": "s3cret",
        },
    }
    assert all(list(one.notification_channels) == list(google.channels) for one in google.policies.values())


def test_topics_of_pubsub_and_channels_made_in_the_console(google: CloudStandIn) -> None:
    destination = configured_destination()
    assert destination is not None
    slack = NotificationChannel(type_="slack", labels={"channel_name": "#oncall", "auth_token": "xoxb-s3cret"})
    with cloud_client(destination, NotificationChannelServiceClient) as client:
        made = client.create_notification_channel(name=destination.name, notification_channel=slack)
    assert made.labels["auth_token"] == "**"
    wanted = ("--pubsub", "projects/some-project/topics/alerts", "--channel", made.name)

    document = json.loads(run("--json", *wanted))

    topic = {"recipient": "projects/some-project/topics/alerts", "deed": "create"}
    assert document["channels"] == [{"recipient": made.name, "deed": "keep"}, topic]
    assert {one.type_ for one in google.channels.values()} == {"slack", "pubsub"}
    assert all(set(one.notification_channels) == set(google.channels) for one in google.policies.values())
    assert json.loads(run("--json", *wanted))["changes"] == 0


def test_a_call_that_names_nobody_leaves_who_is_notified(google: CloudStandIn, settings: Settings) -> None:
    run("--email", ADDRESS)
    settings.NANWATCH_BASE_URL = "https://elsewhere.example.com"
    assert set(deeds().values()) == {"update"}
    assert all(list(one.notification_channels) == list(google.channels) for one in google.policies.values())


def test_a_channel_that_is_not_there_is_refused_with_those_that_are(google: CloudStandIn) -> None:
    run("--email", ADDRESS)
    (known,) = google.channels
    with pytest.raises(CommandError, match=rf"--channel.*notificationChannels/9.*{known}"):
        run("--channel", "projects/some-project/notificationChannels/9")


def test_a_second_run_changes_nothing(google: CloudStandIn) -> None:
    run("--email", ADDRESS, "--webhook", HOOK)
    before, writes = dict(google.policies), google.writes
    assert set(deeds("--email", ADDRESS, "--webhook", HOOK).values()) == {"keep"}
    assert (google.policies, google.writes) == (before, writes)


def test_the_message_says_the_cause_and_leads_to_the_incidents(google: CloudStandIn) -> None:
    run()
    text = google.policy("critical-incident").documentation
    assert "${metric.label.cause}" in text.content
    assert "${metric.label.cause}" in text.subject
    names = [policy.display_name for policy in google.policies.values()]
    names += [condition.display_name for policy in google.policies.values() for condition in policy.conditions]
    assert not [name for name in names if "$" in name], "labels are filled in in the documentation only"
    (link,) = text.links
    assert link.url == f"{BASE}/incidents?state=open&model=${{metric.label.model}}&cause=${{metric.label.cause}}"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(google: CloudStandIn) -> None:
    said = run("--dry-run", "--email", ADDRESS)
    assert said.count("would be created") == len(POLICIES) + 2
    assert not google.policies
    assert not google.channels
    assert not google.descriptors
    assert not google.dashboards


def edit(google: CloudStandIn, key: str, change: Callable[[AlertPolicy], None]) -> None:
    change(google.policy(key))


def raise_limit(policy: AlertPolicy) -> None:
    policy.conditions[0].condition_threshold.threshold_value = 0.2


def test_what_a_person_edited_is_said_and_left_alone(google: CloudStandIn) -> None:
    run()
    edit(google, "nonfinite-share", raise_limit)
    said = run()
    assert "edited by hand, left alone" in said
    assert "conditions[0].condition_threshold.threshold_value: 0.2 → 0.05" in said
    assert google.policy("nonfinite-share").conditions[0].condition_threshold.threshold_value == 0.2


def test_force_overwrites_it_and_keeps_the_alerts_that_are_open(google: CloudStandIn) -> None:
    run()
    edit(google, "nonfinite-share", raise_limit)
    condition = google.policy("nonfinite-share").conditions[0].name
    assert deeds("--force")["nonfinite-share"] == "update"
    updated = google.policy("nonfinite-share").conditions[0]
    assert (updated.name, updated.condition_threshold.threshold_value) == (condition, 0.05)


def test_another_address_of_the_service_changes_the_links(google: CloudStandIn, settings: Settings) -> None:
    run()
    settings.NANWATCH_BASE_URL = "https://moved.example.com"
    assert set(deeds().values()) == {"update"}
    assert set(deeds().values()) == {"keep"}
    assert google.policy("silence").documentation.links[0].url.startswith("https://moved.example.com/")


def test_there_are_seven_policies(google: CloudStandIn) -> None:
    run()
    assert set(deeds()) == {
        *("critical-incident", "other-incident", "nonfinite-predictions", "nonfinite-share"),
        *("drift", "headroom", "silence"),
    }
    drift = google.policy("drift").conditions[0].condition_threshold
    assert (drift.comparison.name, round(drift.threshold_value, 2)) == ("COMPARISON_GT", 1.0)
    headroom = google.policy("headroom").conditions[0].condition_threshold
    assert (headroom.comparison.name, headroom.threshold_value) == ("COMPARISON_LT", 1.0)
    assert google.policy("silence").conditions[0].condition_absent.duration == timedelta(seconds=300)


def test_policies_of_others_are_not_looked_at(google: CloudStandIn) -> None:
    name = "projects/some-project/alertPolicies/99"
    google.policies[name] = AlertPolicy(name=name, display_name="somebody's own")
    run()
    assert google.policies[name].display_name == "somebody's own"


def provisioned(waits: list[float]) -> Provisioned:
    destination = configured_destination()
    assert destination is not None
    said: list[str] = []
    done = provision(destination, Wish(BASE), said.append, waits.append)
    assert len(said) == len(waits)
    return done


def test_a_metric_that_is_not_known_yet_is_waited_for(google: CloudStandIn) -> None:
    google.unknown_for = 3
    waits: list[float] = []
    assert provisioned(waits).changes == len(POLICIES) + 1
    assert len(waits) == 3


def test_one_that_is_never_known_is_given_up(google: CloudStandIn) -> None:
    google.unknown_for = 10**6
    waits: list[float] = []
    with pytest.raises(GoogleAPICallError, match="Cannot find metric"):
        provisioned(waits)
    assert sum(waits) == PATIENCE


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--email", "oncall", "no address"),
        ("--webhook", "http://user:s3cret@host/path", "https"),
        ("--webhook", "https://user@host/path", "no password"),
        ("--pubsub", "alerts", "no topic"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused_without_its_secret(
    google: CloudStandIn, option: str, value: str, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        run(option, value)
    assert option in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert not google.writes


def test_without_a_project_it_says_which_setting_is_missing(settings: Settings) -> None:
    settings.NANWATCH_GCP_PROJECT = ""
    with pytest.raises(CommandError, match="NANWATCH_GCP_PROJECT"):
        run()


def test_no_secret_is_printed(google: CloudStandIn) -> None:
    said = [run("--webhook", HOOK), run("--webhook", HOOK, "--dry-run"), run("--webhook", HOOK, "--json")]
    assert "s3cret" not in "".join(said)
    assert google.channels


def changed(policy: AlertPolicy, **strategy: Any) -> AlertPolicy:
    policy.alert_strategy = AlertPolicy.AlertStrategy(**strategy)
    return policy


def condition_of(policy: AlertPolicy) -> Any:
    return policy.conditions[0].condition_threshold


def set_on(part: Callable[[AlertPolicy], Any], **values: Any) -> Callable[[AlertPolicy], None]:
    def change(policy: AlertPolicy) -> None:
        for name, value in values.items():
            setattr(part(policy), name, value)

    return change


def whole(policy: AlertPolicy) -> AlertPolicy:
    return policy


MISTAKES: dict[str, tuple[str, Callable[[AlertPolicy], Any]]] = {
    "rate limit": ("critical-incident", lambda one: changed(one, notification_rate_limit={"period": timedelta(1)})),
    "closes too soon": ("critical-incident", lambda one: changed(one, auto_close=timedelta(minutes=10))),
    "closed alone": ("critical-incident", lambda one: changed(one, notification_prompts=["CLOSED"])),
    "label": ("critical-incident", lambda one: one.user_labels.update({"Owner": "me"})),
    "long text": ("critical-incident", set_on(lambda one: one.documentation, content="x" * 9000)),
    "four links": (
        "critical-incident",
        set_on(lambda one: one.documentation, links=[{"display_name": "a", "url": "https://a"}] * 4),
    ),
    "aligner": (
        "nonfinite-predictions",
        set_on(lambda one: condition_of(one).aggregations[0], per_series_aligner=Aggregation.Aligner.ALIGN_MAX),
    ),
    "short absence": (
        "silence",
        set_on(lambda one: one.conditions[0].condition_absent, duration=timedelta(seconds=60)),
    ),
    "long absence": ("silence", set_on(lambda one: one.conditions[0].condition_absent, duration=timedelta(hours=24))),
    "no condition": ("critical-incident", set_on(whole, conditions=[])),
    "no combiner": ("critical-incident", set_on(whole, combiner=0)),
    "no name": ("critical-incident", set_on(whole, display_name="")),
    "no metric": ("critical-incident", set_on(condition_of, filter='resource.type="generic_task"')),
    "no resource": (
        "critical-incident",
        set_on(condition_of, filter='metric.type="custom.googleapis.com/nanwatch/open_incidents"'),
    ),
    "period": (
        "critical-incident",
        set_on(lambda one: condition_of(one).aggregations[0], alignment_period=timedelta(seconds=10)),
    ),
    "ratio": (
        "nonfinite-share",
        set_on(lambda one: condition_of(one).denominator_aggregations[0], group_by_fields=["metric.label.model"]),
    ),
    "half minutes": ("critical-incident", set_on(condition_of, duration=timedelta(seconds=90))),
    "unknown channel": (
        "critical-incident",
        set_on(whole, notification_channels=["projects/p/notificationChannels/9"]),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_server_refuses_what_google_refuses(google: CloudStandIn, mistake: str) -> None:
    run()
    key, change = MISTAKES[mistake]
    policy = AlertPolicy(google.policy(key))
    change(policy)
    destination = configured_destination()
    assert destination is not None
    with cloud_client(destination, AlertPolicyServiceClient) as client, pytest.raises(GoogleAPICallError):
        client.create_alert_policy(name="projects/some-project", alert_policy=policy)


def test_a_url_keeps_its_port_and_loses_its_password() -> None:
    (one,) = recipients([], ["https://a%40b:p%2Fw@host:8443/x?y=1"])
    assert (one.address, one.user, one.password) == ("https://host:8443/x?y=1", "a@b", "p/w")
