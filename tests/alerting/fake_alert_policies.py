"""Alert policies and notification channels on loopback, as strict as Google where it is known to refuse.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies and what its users report.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import (
    Aggregation,
    AlertPolicy,
    CreateAlertPolicyRequest,
    CreateMetricDescriptorRequest,
    CreateNotificationChannelRequest,
    ListAlertPoliciesRequest,
    ListAlertPoliciesResponse,
    ListNotificationChannelsRequest,
    ListNotificationChannelsResponse,
    NotificationChannel,
    UpdateAlertPolicyRequest,
)
from google.protobuf.wrappers_pb2 import BoolValue

from tests.alerting.grpc_server import Method, serving

PROJECT = "projects/some-project"
LABEL = re.compile(r"[a-z0-9_-]{1,63}")
SECRETS = ("password", "auth_token")
OPENED, CLOSED = (
    AlertPolicy.AlertStrategy.NotificationPrompt.OPENED,
    AlertPolicy.AlertStrategy.NotificationPrompt.CLOSED,
)


@dataclass
class FakeAlerting:
    """What was made. The next `unknown_for` policies that are made or changed meet a metric that is not known yet."""

    endpoint: str = ""
    descriptors: dict[str, MetricDescriptor] = field(default_factory=dict)
    policies: dict[str, AlertPolicy] = field(default_factory=dict)
    channels: dict[str, NotificationChannel] = field(default_factory=dict)
    unknown_for: int = 0
    writes: int = 0

    def policy(self, key: str) -> AlertPolicy:
        (found,) = [one for one in self.policies.values() if one.user_labels["nanwatch_policy"] == key]
        return found


@contextmanager
def fake_alerting() -> Iterator[FakeAlerting]:
    """A running server; its `endpoint` is `host:port`."""
    fake = FakeAlerting()
    with serving(fake, SERVICES) as fake.endpoint:
        yield fake


def _create_descriptor(fake: FakeAlerting, request: CreateMetricDescriptorRequest, _context: Any) -> MetricDescriptor:
    fake.descriptors[request.metric_descriptor.type] = request.metric_descriptor
    return request.metric_descriptor


def _list_policies(fake: FakeAlerting, _request: Any, _context: Any) -> ListAlertPoliciesResponse:
    return ListAlertPoliciesResponse(alert_policies=[*fake.policies.values()])


def _list_channels(fake: FakeAlerting, _request: Any, _context: Any) -> ListNotificationChannelsResponse:
    return ListNotificationChannelsResponse(notification_channels=[_redacted(one) for one in fake.channels.values()])


def _redacted(channel: NotificationChannel) -> NotificationChannel:
    labels = {name: "**" if name in SECRETS else value for name, value in channel.labels.items()}
    return NotificationChannel(channel, labels=labels)


def _create_channel(
    fake: FakeAlerting, request: CreateNotificationChannelRequest, _context: Any
) -> NotificationChannel:
    fake.writes += 1
    name = f"{PROJECT}/notificationChannels/{len(fake.channels) + 1}"
    fake.channels[name] = NotificationChannel(request.notification_channel, name=name, enabled=BoolValue(value=True))
    return _redacted(fake.channels[name])


def _create_policy(fake: FakeAlerting, request: CreateAlertPolicyRequest, context: Any) -> AlertPolicy:
    fake.writes += 1
    _refuse(fake, request.alert_policy, context)
    return _stored(fake, f"{PROJECT}/alertPolicies/{len(fake.policies) + 1}", request.alert_policy)


def _update_policy(fake: FakeAlerting, request: UpdateAlertPolicyRequest, context: Any) -> AlertPolicy:
    fake.writes += 1
    sent, known = request.alert_policy, fake.policies.get(request.alert_policy.name)
    if known is None:
        context.abort(grpc.StatusCode.NOT_FOUND, f"no policy is called {sent.name}")
    if list(request.update_mask.paths) == ["user_labels"]:
        sent = AlertPolicy(known, user_labels=sent.user_labels)
    _refuse(fake, sent, context)
    return _stored(fake, sent.name, sent)


def _stored(fake: FakeAlerting, name: str, sent: AlertPolicy) -> AlertPolicy:
    """With what the server fills in: names of conditions, `enabled`, who made it."""
    policy = AlertPolicy(sent, name=name, enabled=BoolValue(value=True))
    policy.creation_record.mutated_by = "somebody@example.com"
    for number, condition in enumerate(policy.conditions):
        condition.name = condition.name or f"{name}/conditions/{fake.writes}{number}"
    fake.policies[name] = policy
    return policy


def _refuse(fake: FakeAlerting, policy: AlertPolicy, context: Any) -> None:
    if fake.unknown_for:
        fake.unknown_for -= 1
        context.abort(grpc.StatusCode.NOT_FOUND, "Cannot find metric that matches type; it may take up to 10 minutes")
    for rule in RULES:
        if refusal := rule(fake, policy):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, refusal)
    for condition in policy.conditions:
        filter_ = condition.condition_threshold.filter or condition.condition_absent.filter
        kind = re.search(r'metric\.type="([^"]+)"', filter_)
        if kind and kind[1] not in fake.descriptors:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Cannot find metric that matches type = {kind[1]!r}")


def _names(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    if not policy.display_name or not all(one.display_name for one in policy.conditions):
        return "display_name is required of a policy and of each condition"
    wrong = [text for pair in policy.user_labels.items() for text in pair if not LABEL.fullmatch(text)]
    return f"user_labels hold {wrong}" if wrong else ""


def _combination(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    if not 1 <= len(policy.conditions) <= 6:
        return "a policy has one to six conditions"
    return "" if policy.combiner else "combiner must be specified"


def _channels_exist(fake: FakeAlerting, policy: AlertPolicy) -> str:
    unknown = set(policy.notification_channels) - set(fake.channels)
    repeated = {
        name
        for strategy in policy.alert_strategy.notification_channel_strategy
        for name in strategy.notification_channel_names
    }
    if repeated - set(policy.notification_channels):
        return "a channel of notification_channel_strategy is none of the policy"
    return f"notification channels {unknown} do not exist" if unknown else ""


def _strategy(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    strategy = policy.alert_strategy
    if strategy.notification_rate_limit.period:
        return "notification_rate_limit is only for log-based policies"
    if strategy.auto_close and strategy.auto_close < timedelta(minutes=30):
        return "auto_close must be 30 minutes or more"
    if list(strategy.notification_prompts) == [CLOSED]:
        return "notification_prompts cannot be CLOSED alone"
    return ""


def _documentation(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    text = policy.documentation
    if len(text.content.encode()) > 8192:
        return "documentation.content is longer than 8192 bytes"
    if len(text.links) > 3:
        return "documentation has more than three links"
    return "documentation.mime_type must be text/markdown" if text.content and text.mime_type != "text/markdown" else ""


def _filters(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        filter_ = condition.condition_threshold.filter or condition.condition_absent.filter
        if filter_.count("metric.type=") != 1 or "resource.type=" not in filter_:
            return "a filter names one metric.type and one resource.type"
    return ""


def _alignment(fake: FakeAlerting, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        threshold, absent = condition.condition_threshold, condition.condition_absent
        kinds = re.findall(r'metric\.type="([^"]+)"', threshold.filter or absent.filter)
        cumulative = [
            kind
            for kind in kinds
            if kind in fake.descriptors and fake.descriptors[kind].metric_kind == MetricDescriptor.CUMULATIVE
        ]
        for one in (*threshold.aggregations, *threshold.denominator_aggregations, *absent.aggregations):
            if one.alignment_period < timedelta(minutes=1):
                return "alignment_period must be a minute or more"
            if cumulative and one.per_series_aligner == Aggregation.Aligner.ALIGN_MAX:
                return "ALIGN_MAX does not fit a metric that is CUMULATIVE"
    return ""


def _ratio(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        threshold = condition.condition_threshold
        if threshold.denominator_filter:
            above, below = threshold.aggregations[0], threshold.denominator_aggregations[0]
            if list(above.group_by_fields) != list(below.group_by_fields):
                return "numerator and denominator must be grouped alike"
            if above.alignment_period != below.alignment_period:
                return "numerator and denominator must have one alignment period"
    return ""


def _durations(_fake: FakeAlerting, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        absent = condition.condition_absent
        if absent.filter and not timedelta(minutes=2) <= absent.duration <= timedelta(hours=23, minutes=30):
            return "an absence is of two minutes to 23.5 hours"
        duration = condition.condition_threshold.duration
        if duration and duration.total_seconds() % 60:
            return "duration must be whole minutes"
    return ""


RULES = (
    _names,
    _combination,
    _channels_exist,
    _strategy,
    _documentation,
    _filters,
    _alignment,
    _ratio,
    _durations,
)
SERVICES = {
    "MetricService": {
        "CreateMetricDescriptor": Method(
            CreateMetricDescriptorRequest, MetricDescriptor.SerializeToString, _create_descriptor
        )
    },
    "AlertPolicyService": {
        "ListAlertPolicies": Method(ListAlertPoliciesRequest, ListAlertPoliciesResponse.serialize, _list_policies),
        "CreateAlertPolicy": Method(CreateAlertPolicyRequest, AlertPolicy.serialize, _create_policy),
        "UpdateAlertPolicy": Method(UpdateAlertPolicyRequest, AlertPolicy.serialize, _update_policy),
    },
    "NotificationChannelService": {
        "ListNotificationChannels": Method(
            ListNotificationChannelsRequest, ListNotificationChannelsResponse.serialize, _list_channels
        ),
        "CreateNotificationChannel": Method(
            CreateNotificationChannelRequest, NotificationChannel.serialize, _create_channel
        ),
    },
}
