"""Policies open and close alerts as points arrive and time goes by, and say so in format 1.2."""

from datetime import timedelta
from typing import Any

import pytest
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import AlertPolicy, UpdateAlertPolicyRequest

from monitoring.google_stand_in.cloud import OpenedAlert
from tests.google_stand_in.conftest import START, Google, Webhook, above, filter_of, series_of

GAUGE, CUMULATIVE = MetricDescriptor.GAUGE, MetricDescriptor.CUMULATIVE
INT64, DOUBLE, DISTRIBUTION = MetricDescriptor.INT64, MetricDescriptor.DOUBLE, MetricDescriptor.DISTRIBUTION


@pytest.fixture
def shop(google: Google) -> Google:
    """A Google that knows the metrics of these tests."""
    google.describe("open_incidents", GAUGE, DOUBLE, "model")
    google.describe("predictions", CUMULATIVE, INT64, "model")
    google.describe("bad", CUMULATIVE, INT64, "model")
    google.describe("up", GAUGE, DOUBLE)
    google.describe("latency", CUMULATIVE, DISTRIBUTION, "model")
    return google


def opened(google: Google) -> list[OpenedAlert]:
    return [alert for alert in google.cloud.alerts if alert.closed_at is None]


def test_a_gauge_opens_an_alert_for_each_group_and_closes_it(shop: Google) -> None:
    shop.policy(above("open_incidents", "ALIGN_MAX"))
    shop.write(shop.gauge("open_incidents", 2, model="churn"), shop.gauge("open_incidents", 0, model="fraud"))

    (alert,) = opened(shop)
    assert (alert.group, alert.value) == ((("metric.label.model", "churn"),), 2)

    shop.now += timedelta(seconds=61)
    shop.write(shop.gauge("open_incidents", 0, model="churn"))
    assert not opened(shop)
    assert alert.closed_at == shop.now


def test_a_filter_on_a_label_leaves_the_others_out(shop: Google) -> None:
    condition = above("open_incidents", "ALIGN_MAX")
    condition["condition_threshold"]["filter"] = filter_of("open_incidents", 'metric.labels.model="fraud"')
    shop.policy(condition)

    shop.write(shop.gauge("open_incidents", 2, model="churn"), shop.gauge("open_incidents", 3, model="fraud"))

    assert [alert.value for alert in opened(shop)] == [3]


def test_a_violation_has_to_last_as_long_as_the_condition_says(shop: Google) -> None:
    shop.policy(above("open_incidents", "ALIGN_MAX", duration=timedelta(minutes=1)))
    shop.write(shop.gauge("open_incidents", 1, model="churn"))
    assert not opened(shop)

    shop.now += timedelta(minutes=1)
    shop.write(shop.gauge("open_incidents", 1, model="churn"))
    assert len(opened(shop)) == 1


def test_a_counter_alerts_when_it_rises_and_not_by_its_first_point(shop: Google) -> None:
    shop.policy(above("bad", "ALIGN_DELTA", minutes=15))
    shop.write(shop.counter("bad", 5, model="churn"))
    assert not opened(shop)

    shop.now += timedelta(minutes=1)
    shop.write(shop.counter("bad", 7, model="churn"))
    assert [alert.value for alert in opened(shop)] == [2]


def test_a_counter_that_begins_again_has_risen_by_what_it_says(shop: Google) -> None:
    shop.policy(above("bad", "ALIGN_DELTA", minutes=15))
    shop.write(shop.counter("bad", 50, model="churn"))
    shop.now += timedelta(minutes=1)
    restart = shop.now - timedelta(seconds=10)
    shop.write(series_of("bad", CUMULATIVE, {"int64_value": 3}, restart, shop.now, model="churn"))

    assert [alert.value for alert in opened(shop)] == [3]


@pytest.mark.parametrize(("bad", "is_open"), [(4, False), (6, True)])
def test_a_ratio_is_of_two_rates(shop: Google, bad: int, is_open: bool) -> None:
    shop.policy(above("bad", "ALIGN_RATE", 0.05, minutes=15, over="predictions"))
    shop.write(shop.counter("bad", 0, model="churn"), shop.counter("predictions", 0, model="churn"))
    shop.now += timedelta(minutes=1)
    shop.write(shop.counter("bad", bad, model="churn"), shop.counter("predictions", 100, model="churn"))

    assert bool(opened(shop)) is is_open


def test_a_ratio_over_nothing_is_none(shop: Google) -> None:
    shop.policy(above("bad", "ALIGN_RATE", 0.05, minutes=15, over="predictions"))
    for _ in range(2):
        shop.write(shop.counter("bad", int(shop.now.timestamp()), model="churn"))
        shop.write(shop.counter("predictions", 7, model="churn"))
        shop.now += timedelta(minutes=1)

    assert not opened(shop)


def test_a_counter_of_one_point_has_no_rise_that_could_be_too_low(shop: Google) -> None:
    shop.policy(above("predictions", "ALIGN_DELTA", 1, minutes=15, comparison="COMPARISON_LT"))
    shop.write(shop.counter("predictions", 5, model="churn"))
    assert not opened(shop)

    shop.now += timedelta(minutes=1)
    shop.write(shop.counter("predictions", 5, model="churn"))
    assert len(opened(shop)) == 1


def silence(minutes: int = 5) -> dict[str, Any]:
    return {"condition_absent": {"filter": filter_of("up"), "duration": timedelta(minutes=minutes)}}


def test_silence_alerts_once_there_was_a_point_after_the_policy(shop: Google) -> None:
    shop.write(shop.gauge("up", 1))
    shop.now += timedelta(seconds=30)
    shop.policy(silence())
    shop.after(minutes=10)
    assert not opened(shop)

    shop.write(shop.gauge("up", 1))
    shop.after(minutes=4)
    assert not opened(shop)
    shop.after(minutes=1)
    assert len(opened(shop)) == 1
    shop.write(shop.gauge("up", 1))
    assert not opened(shop)


def test_an_alert_whose_series_ended_closes_after_auto_close(shop: Google) -> None:
    shop.policy(above("open_incidents", "ALIGN_MAX"), alert_strategy={"auto_close": timedelta(hours=1)})
    shop.write(shop.gauge("open_incidents", 1, model="churn"))

    shop.after(minutes=59)
    assert len(opened(shop)) == 1
    shop.after(minutes=1)
    assert not opened(shop)


def latencies(google: Google, *counts: int) -> Any:
    value = {
        "count": sum(counts),
        "mean": 1.0,
        "bucket_options": {"explicit_buckets": {"bounds": [1.0, 10.0]}},
        "bucket_counts": list(counts),
    }
    start = START - timedelta(minutes=1)
    return series_of("latency", CUMULATIVE, {"distribution_value": value}, start, google.now, model="churn")


def test_a_percentile_of_a_distribution_alerts(shop: Google) -> None:
    shop.policy(above("latency", "ALIGN_DELTA", 5, minutes=15, reducer="REDUCE_PERCENTILE_95"))
    shop.write(latencies(shop, 100, 0, 0))
    shop.now += timedelta(minutes=1)
    shop.write(latencies(shop, 190, 0, 10))

    assert [alert.value for alert in opened(shop)] == [10]


def test_it_is_reported_in_format_1_2_with_the_login_of_the_channel(shop: Google, webhook: Webhook) -> None:
    channel = shop.channel("webhook_basicauth", url=webhook.url, username="nanwatch", password="s3cret")
    text = {
        "content": "of `${metric.label.model}`",
        "mime_type": "text/markdown",
        "subject": "NaN (${metric.label.model})",
        "links": [{"display_name": "Open", "url": "https://nanwatch.test/?model=${metric.label.model}"}],
    }
    by = ("resource.label.namespace", "metric.label.model")
    named = {"notification_channels": [channel], "documentation": text, "severity": "CRITICAL"}
    policy = shop.policy(above("open_incidents", "ALIGN_MAX", by=by), **named)
    shop.write(shop.gauge("open_incidents", 1, model="churn"))
    first = webhook.next()

    assert first.login == "nanwatch:s3cret"
    assert first.document["version"] == "1.2"
    shown = {name: first.incident[name] for name in ("state", "started_at", "ended_at", "policy_name", "severity")}
    assert shown == {
        "state": "open",
        "started_at": int(START.timestamp()),
        "ended_at": None,
        "policy_name": "a policy",
        "severity": "Critical",
    }
    assert first.incident["metric"]["labels"] == {"model": "churn"}
    assert first.incident["resource"] == {"type": "generic_task", "labels": {"namespace": "shop"}}
    assert first.incident["condition"]["name"] == policy.conditions[0].name
    assert first.incident["condition"]["conditionThreshold"]["comparison"] == "COMPARISON_GT"
    assert first.incident["documentation"]["content"] == "of `churn`"
    assert first.incident["documentation"]["subject"] == "NaN (churn)"
    assert first.incident["documentation"]["links"][0]["url"].endswith("?model=churn")

    shop.now += timedelta(minutes=2)
    shop.write(shop.gauge("open_incidents", 0, model="churn"))
    closed = webhook.next().incident
    assert (closed["incident_id"], closed["state"]) == (first.incident["incident_id"], "closed")
    assert closed["ended_at"] == int(shop.now.timestamp())


def test_an_open_alert_is_repeated_as_often_as_the_policy_says(shop: Google, webhook: Webhook) -> None:
    channel = shop.channel("webhook_tokenauth", url=webhook.url)
    again = {"notification_channel_names": [channel], "renotify_interval": timedelta(minutes=30)}
    shop.policy(
        above("open_incidents", "ALIGN_MAX"),
        notification_channels=[channel],
        alert_strategy={"notification_channel_strategy": [again]},
    )
    for _ in range(4):
        shop.write(shop.gauge("open_incidents", 1, model="churn"))
        shop.now += timedelta(minutes=15)

    shop.cloud.outbox.join()
    assert [webhook.next().incident["state"] for _ in range(2)] == ["open", "open"]
    assert webhook.arrived.empty()


def test_an_address_of_another_machine_is_never_posted_to(shop: Google, webhook: Webhook) -> None:
    outside = shop.channel("webhook_tokenauth", url="https://example.com/hook")
    here = shop.channel("webhook_tokenauth", url=webhook.url)
    shop.policy(above("open_incidents", "ALIGN_MAX"), notification_channels=[outside, here])
    shop.write(shop.gauge("open_incidents", 1, model="churn"))

    webhook.next()
    assert shop.cloud.sent[0].outcome == "not sent: the stand-in posts to this machine only"


def test_a_condition_that_disappears_closes_its_alerts(shop: Google) -> None:
    policy = shop.policy(above("open_incidents", "ALIGN_MAX"))
    shop.write(shop.gauge("open_incidents", 1, model="churn"))
    policy.conditions[0].name = ""

    shop.policies.update_alert_policy(UpdateAlertPolicyRequest(alert_policy=AlertPolicy(policy)))

    assert not opened(shop)
