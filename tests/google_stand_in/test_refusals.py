"""Each mistake that Google refuses is refused, by its code and its words; what is right is not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from google.api.metric_pb2 import MetricDescriptor
from google.api_core.exceptions import (
    FailedPrecondition,
    GoogleAPICallError,
    InternalServerError,
    InvalidArgument,
    NotFound,
    ResourceExhausted,
)
from google.cloud.monitoring_v3.types import AlertPolicy, CreateTimeSeriesSummary, TimeSeries
from google.protobuf.field_mask_pb2 import FieldMask

from monitoring.google_stand_in import point_rules
from tests.google_stand_in.conftest import START, Google, above, filter_of, google_on_loopback, series_of

GAUGE, CUMULATIVE = MetricDescriptor.GAUGE, MetricDescriptor.CUMULATIVE


@pytest.fixture(scope="module")
def shared() -> Iterator[Google]:
    """One stand-in for all mistakes: what is refused leaves nothing behind."""
    with google_on_loopback() as google:
        google.describe("gauge", GAUGE, MetricDescriptor.DOUBLE, "model")
        google.describe("counter", CUMULATIVE, MetricDescriptor.INT64, "model")
        google.describe("distribution", CUMULATIVE, MetricDescriptor.DISTRIBUTION, "model")
        yield google


def strategy(**values: Any) -> dict[str, Any]:
    return {"alert_strategy": values}


def repeated(after: timedelta) -> dict[str, Any]:
    return strategy(notification_channel_strategy=[{"renotify_interval": after}])


GOOD = above("gauge", "ALIGN_MAX")
MISTAKES_OF_POLICIES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "rate limit": (
        "metric-based alert policies must not specify a notification rate limit",
        GOOD,
        strategy(notification_rate_limit={"period": timedelta(hours=1)}),
    ),
    "closes too late": ("30 minutes to 7 days", GOOD, strategy(auto_close=timedelta(days=8))),
    "repeated too often": ("30 minutes to 24 hours", GOOD, repeated(timedelta(minutes=5))),
    "repeated too rarely": ("30 minutes to 24 hours", GOOD, repeated(timedelta(days=2))),
    "link without an address": ("each with a URL", GOOD, {"documentation": {"links": [{"display_name": "a"}]}}),
    "long subject": ("its subject 255", GOOD, {"documentation": {"subject": "x" * 256}}),
    "not markdown": ("only text/markdown", GOOD, {"documentation": {"content": "x", "mime_type": "text/html"}}),
    "aligner of another kind": (
        '"ALIGN_RATE": The aligner cannot be applied to metrics with kind GAUGE and value type DOUBLE',
        above("gauge", "ALIGN_RATE"),
        {},
    ),
    "a counter as it is": ("kind CUMULATIVE and value type INT64", above("counter", "ALIGN_MEAN"), {}),
    "rate of a distribution": ("value type DISTRIBUTION", above("distribution", "ALIGN_RATE"), {}),
    "a distribution above a number": ("compared with a number", above("distribution", "ALIGN_DELTA"), {}),
    "group without a reducer": (
        "An aggregation cannot have group-by fields without a reducer",
        above("gauge", "ALIGN_MAX", reducer="REDUCE_NONE"),
        {},
    ),
    "reducer without an aligner": ("other than ALIGN_NONE", above("gauge", "ALIGN_NONE"), {}),
    "uneven period": ("in multiples of one minute", above("gauge", "ALIGN_MAX", minutes=1.5), {}),
    "comparison": ("only COMPARISON_GT and COMPARISON_LT", above("gauge", "ALIGN_MAX", comparison="COMPARISON_GE"), {}),
    "missing data without a duration": (
        "must have a non-zero duration",
        above("gauge", "ALIGN_MAX", evaluation_missing_data="EVALUATION_MISSING_DATA_NO_OP"),
        {},
    ),
    "too long": ("up to 23.5 hours", above("gauge", "ALIGN_MAX", duration=timedelta(hours=24)), {}),
    "label that the metric lacks": ("no labels of", above("gauge", "ALIGN_MAX", by=("metric.label.cause",)), {}),
    "group by something else": ("no label of a metric", above("gauge", "ALIGN_MAX", by=("model",)), {}),
    "filter that is none": ("Could not parse filter", above("gauge", "ALIGN_MAX", filter="model > 3"), {}),
    "no alignment": ("an alignment is required", above("gauge", "ALIGN_MAX", aggregations=[]), {}),
    "another kind of condition": (
        "only thresholds and absences",
        {"condition_prometheus_query_language": {"query": "up == 0"}},
        {},
    ),
    "uneven absence": (
        "whole minutes",
        {"condition_absent": {"filter": filter_of("gauge"), "duration": timedelta(seconds=150)}},
        {},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES_OF_POLICIES)
def test_a_policy_with_a_mistake_is_refused(shared: Google, mistake: str) -> None:
    words, condition, more = MISTAKES_OF_POLICIES[mistake]
    with pytest.raises(InvalidArgument, match=words):
        shared.policy(condition, **more)
    assert not shared.cloud.policies
    assert words in shared.cloud.broken_rules[-1].message


def test_an_unknown_metric_is_not_found(shared: Google) -> None:
    with pytest.raises(NotFound, match="could take up to 10 minutes"):
        shared.policy(above("unheard", "ALIGN_MAX"))


def test_a_young_metric_is_not_found_until_it_is_old_enough(google: Google) -> None:
    google.cloud.young_for = timedelta(minutes=10)
    google.write(google.gauge("fresh", 1, model="churn"))
    google.now += timedelta(minutes=9)
    with pytest.raises(NotFound):
        google.policy(above("fresh", "ALIGN_MAX"))

    google.now += timedelta(minutes=1)
    assert google.policy(above("fresh", "ALIGN_MAX")).name


def test_a_policy_that_is_not_there_is_not_found(shared: Google) -> None:
    missing = "projects/some-project/alertPolicies/1"
    for call in (shared.policies.get_alert_policy, shared.policies.delete_alert_policy):
        with pytest.raises(NotFound):
            call(name=missing)
    with pytest.raises(NotFound):
        shared.policies.update_alert_policy(alert_policy=AlertPolicy(name=missing))


SECOND = timedelta(seconds=1)
Make = Callable[[], TimeSeries]


def gauge(value: dict[str, Any], start: timedelta = timedelta(0), end: timedelta = timedelta(0), **more: str) -> Make:
    labels = more or {"model": "churn"}
    return lambda: series_of("gauge", GAUGE, value, START + start, START + end, **labels)


def changed(series: TimeSeries, **resource: str) -> TimeSeries:
    series.resource.labels.update(resource)
    return series


def counted(**changes: Any) -> Make:
    explicit = {"explicit_buckets": {"bounds": changes.pop("bounds", [1.0, 2.0])}}
    value = {"count": 3, "mean": 1.0, "bucket_options": explicit, "bucket_counts": [1, 2, 0], **changes}
    return lambda: series_of(
        "distribution", CUMULATIVE, {"distribution_value": value}, START - SECOND, START, model="churn"
    )


ONE = {"double_value": 1.0}
MISTAKES_OF_POINTS: dict[str, tuple[str, Make]] = {
    "NaN": ("double_value had an invalid value of nan", gauge({"double_value": float("nan")})),
    "infinity": ("double_value had an invalid value of inf", gauge({"double_value": float("inf")})),
    "a gauge over time": ("equal to the end time", gauge(ONE, start=-SECOND)),
    "from the future": ("in the future", gauge(ONE, timedelta(minutes=6), timedelta(minutes=6))),
    "from long ago": ("25h in the past", gauge(ONE, timedelta(hours=-26), timedelta(hours=-26))),
    "a label too many": ("Unrecognized metric labels", gauge(ONE, model="churn", colour="red")),
    "a label too few": ("Unrecognized metric labels", gauge(ONE, colour="red")),
    "a long label": ("longer than 1024", gauge(ONE, model="x" * 1025)),
    "a whole number": ("must be DOUBLE, but is INT64", gauge({"int64_value": 1})),
    "another kind": (
        "must be GAUGE, but is CUMULATIVE",
        lambda: series_of("gauge", CUMULATIVE, ONE, START - SECOND, START, model="churn"),
    ),
    "a counter of a moment": (
        "before the end time",
        lambda: series_of("counter", CUMULATIVE, {"int64_value": 1}, START, START, model="churn"),
    ),
    "an empty resource label": ("is empty", lambda: changed(gauge(ONE)(), task_id="")),
    "an unknown resource label": ("Unrecognized resource labels", lambda: changed(gauge(ONE)(), zone="a")),
    "a sum that is not the count": ("sum of bucket_counts", counted(count=4)),
    "bounds in disorder": ("strictly increasing", counted(bounds=[2.0, 1.0])),
    "no buckets": ("bucket_options must be specified", counted(bucket_options={})),
    "too many buckets": ("more bucket_counts", counted(bucket_counts=[1, 1, 1, 0])),
    "a mean of nothing": ("0 where count is", counted(count=0, bucket_counts=[], mean=1.0)),
    "a mean that is none": ("mean must be finite", counted(mean=float("nan"))),
}


@pytest.mark.parametrize("mistake", MISTAKES_OF_POINTS)
def test_a_point_with_a_mistake_is_refused_and_the_others_are_written(google: Google, mistake: str) -> None:
    google.describe("gauge", GAUGE, MetricDescriptor.DOUBLE, "model")
    google.describe("counter", CUMULATIVE, MetricDescriptor.INT64, "model")
    words, make = MISTAKES_OF_POINTS[mistake]
    with pytest.raises(InvalidArgument, match=words):
        google.write(make(), google.counter("counter", 4, model="good"))
    assert [point.value for point in google.cloud.points("counter")] == [4]
    assert len(google.cloud.series) == 1


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (timedelta(seconds=4), "more frequently than the maximum sampling period"),
        (timedelta(0), "older end time"),
        (timedelta(seconds=-9), "older end time"),
    ],
)
def test_points_of_a_series_keep_their_order_and_distance(google: Google, later: timedelta, words: str) -> None:
    google.write(google.gauge("gauge", 1, model="churn"))
    google.now += later
    with pytest.raises(InvalidArgument, match=words):
        google.write(google.gauge("gauge", 1, model="churn"))


def test_points_are_refused_without_a_word_where_that_is_ordered(google: Google) -> None:
    google.cloud.is_terse = True
    google.write(google.gauge("gauge", 1, model="churn"))
    google.now += timedelta(seconds=1)
    with pytest.raises(InternalServerError) as refused:
        google.write(google.gauge("gauge", 1, model="churn"), google.gauge("gauge", 1, model="fraud"))
    (detail,) = refused.value.details
    summary = CreateTimeSeriesSummary.deserialize(detail.value)
    (error,) = summary.errors
    assert (summary.success_point_count, error.point_count, error.status.code, error.status.message) == (1, 1, 9, "")


def test_a_counter_does_not_begin_again_before_its_newest_point(google: Google) -> None:
    google.write(google.counter("counter", 1, model="churn"))
    google.now += timedelta(minutes=1)
    before = series_of("counter", CUMULATIVE, {"int64_value": 1}, START - SECOND, google.now, model="churn")
    with pytest.raises(InvalidArgument, match="older start time"):
        google.write(before)


def test_a_call_holds_no_more_than_it_may(google: Google) -> None:
    many = [google.gauge("gauge", 1, model=str(number)) for number in range(201)]
    for series, words in ((many, "A maximum of 200"), ([many[0], many[0]], "Duplicate TimeSeries")):
        with pytest.raises(InvalidArgument, match=words):
            google.write(*series)
    two = many[0]
    two.points = [two.points[0], two.points[0]]
    with pytest.raises(InvalidArgument, match="Only one point"):
        google.write(two)
    assert not google.cloud.series


def test_more_series_than_it_holds_are_refused(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_rules, "MOST_SERIES", 1)
    with pytest.raises(InvalidArgument, match="Quota of active time series"):
        google.write(google.gauge("gauge", 1, model="one"), google.gauge("gauge", 1, model="two"))
    assert len(google.cloud.series) == 1


@pytest.mark.parametrize(
    ("kind", "metric_kind", "labels", "words"),
    [
        ("no-dash", GAUGE, ["model"], "not a custom metric type"),
        ("unspecified", 0, ["model"], "must be specified"),
        ("label", GAUGE, ["Model"], "up to 30 keys"),
        ("labels", GAUGE, [f"label_{number}" for number in range(31)], "up to 30 keys"),
        ("gauge", CUMULATIVE, ["model"], "exists with another kind"),
    ],
)
def test_a_descriptor_with_a_mistake_is_refused(
    shared: Google, kind: str, metric_kind: int, labels: list[str], words: str
) -> None:
    with pytest.raises(InvalidArgument, match=words):
        shared.describe(kind, metric_kind, MetricDescriptor.DOUBLE, *labels)


@pytest.mark.parametrize(
    ("kind", "labels", "words"),
    [
        ("carrier_pigeon", {"loft": "4"}, "unknown channel type"),
        ("webhook_basicauth", {"url": "https://a", "username": "b"}, "required labels"),
        ("email", {"email_address": "a@b.c", "url": "https://a"}, "unknown labels"),
        ("webhook_tokenauth", {"url": "http://example.com"}, "must be https"),
    ],
)
def test_a_channel_with_a_mistake_is_refused(shared: Google, kind: str, labels: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        shared.channel(kind, **labels)
    assert not shared.cloud.channels


def test_a_channel_in_use_is_not_deleted_without_force(google: Google) -> None:
    google.describe("gauge", GAUGE, MetricDescriptor.DOUBLE, "model")
    channel = google.channel()
    google.policy(GOOD, notification_channels=[channel])
    with pytest.raises(FailedPrecondition):
        google.channels.delete_notification_channel(name=channel)
    google.channels.delete_notification_channel(name=channel, force=True)
    assert not google.cloud.channels


def test_a_password_is_never_shown_again(google: Google) -> None:
    google.channel("webhook_basicauth", url="https://a.example", username="nanwatch", password="s3cret")
    (shown,) = google.channels.list_notification_channels(name="projects/some-project")
    assert "s3cret" not in str(shown)


def test_a_quota_is_a_quota(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.google_stand_in.channel_service.MOST_CHANNELS", 0)
    monkeypatch.setattr("monitoring.google_stand_in.policy_service.MOST_POLICIES", 0)
    for call in (google.channel, lambda: google.policy(GOOD)):
        with pytest.raises(ResourceExhausted):
            call()


def test_an_update_changes_what_its_mask_names(google: Google) -> None:
    google.describe("gauge", GAUGE, MetricDescriptor.DOUBLE, "model")
    first, second = google.channel(), google.channel()
    policy = google.policy(GOOD, notification_channels=[first], user_labels={"team": "a", "old": "b"})
    sent = AlertPolicy(name=policy.name, display_name="not named", user_labels={"team": "c"})
    sent.notification_channels, sent.documentation = (
        [second],
        AlertPolicy.Documentation(content="new", mime_type="text/markdown"),
    )

    mask = FieldMask(paths=["notification_channels", "documentation.content", "user_labels"])
    changed = google.policies.update_alert_policy(alert_policy=sent, update_mask=mask)

    assert (changed.display_name, list(changed.notification_channels)) == ("a policy", [second])
    assert (changed.documentation.content, dict(changed.user_labels)) == ("new", {"team": "c"})
    assert changed.conditions[0].name == policy.conditions[0].name
    with pytest.raises(InvalidArgument, match="update_mask"):
        google.policies.update_alert_policy(alert_policy=sent, update_mask=FieldMask(paths=["colour"]))


def test_what_the_server_fills_in(google: Google) -> None:
    google.describe("gauge", GAUGE, MetricDescriptor.DOUBLE, "model")
    policy = google.policy(GOOD)
    assert policy.enabled
    assert policy.conditions[0].name.startswith(f"{policy.name}/conditions/")
    assert (policy.creation_record.mutated_by, policy.creation_record.mutate_time) == ("stand-in@example.com", START)
    assert isinstance(google.policies.get_alert_policy(name=policy.name), AlertPolicy)
    with pytest.raises(GoogleAPICallError):
        google.policies.get_alert_policy(name=policy.name + "9")
