"""A snooze keeps notifications back, and not the alerts themselves."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from google.api.metric_pb2 import MetricDescriptor
from google.api_core.exceptions import InvalidArgument, NotFound
from google.cloud.monitoring_v3 import SnoozeServiceClient
from google.cloud.monitoring_v3.types import Snooze
from google.protobuf.field_mask_pb2 import FieldMask

from monitoring.alerting.cloud_monitoring.client import Destination, cloud_client
from tests.google_stand_in.conftest import PROJECT, START, Google, Webhook, above

HOUR = {"start_time": START, "end_time": START + timedelta(hours=1)}


@pytest.fixture
def snoozes(google: Google) -> Iterator[SnoozeServiceClient]:
    google.describe("gauge", MetricDescriptor.GAUGE, MetricDescriptor.DOUBLE, "model")
    with cloud_client(Destination("some-project", google.cloud.endpoint), SnoozeServiceClient) as client:
        yield client


def snooze(client: SnoozeServiceClient, policies: list[str], **changes: Any) -> Snooze:
    wanted = {"display_name": "a deployment", "criteria": {"policies": policies}, "interval": HOUR, **changes}
    return client.create_snooze(parent=PROJECT, snooze=Snooze(wanted))


def test_an_alert_opens_without_a_notification(google: Google, snoozes: SnoozeServiceClient, webhook: Webhook) -> None:
    channel = google.channel("webhook_tokenauth", url=webhook.url)
    policy = google.policy(above("gauge", "ALIGN_MAX"), notification_channels=[channel])
    made = snooze(snoozes, [policy.name])
    google.write(google.gauge("gauge", 1, model="churn"))
    assert len(google.cloud.open_alerts) == 1

    over = Snooze(name=made.name, interval={**HOUR, "end_time": START + timedelta(minutes=1)})
    snoozes.update_snooze(snooze=over, update_mask=FieldMask(paths=["interval.end_time"]))
    google.now += timedelta(minutes=2)
    google.write(google.gauge("gauge", 0, model="churn"))
    google.cloud.outbox.join()
    assert [webhook.next().incident["state"], webhook.arrived.empty()] == ["closed", True]
    assert [one.display_name for one in snoozes.list_snoozes(parent=PROJECT)] == ["a deployment"]


@pytest.mark.parametrize(
    "mistake",
    [
        {"display_name": ""},
        {"criteria": {"policies": []}},
        {"criteria": {"policies": [f"{PROJECT}/alertPolicies/99"]}},
        {"interval": {"start_time": START, "end_time": START}},
        {"interval": {"start_time": START - timedelta(hours=2), "end_time": START - timedelta(hours=1)}},
    ],
)
def test_a_snooze_with_a_mistake_is_refused(
    google: Google, snoozes: SnoozeServiceClient, mistake: dict[str, Any]
) -> None:
    policy = google.policy(above("gauge", "ALIGN_MAX"))
    with pytest.raises(InvalidArgument, match="Field snooze had an invalid value"):
        snooze(snoozes, [policy.name], **mistake)
    assert not google.cloud.snoozes


def test_one_that_is_not_there_is_not_found(snoozes: SnoozeServiceClient) -> None:
    with pytest.raises(NotFound):
        snoozes.update_snooze(snooze=Snooze(name=f"{PROJECT}/snoozes/9"), update_mask=FieldMask(paths=["interval"]))
