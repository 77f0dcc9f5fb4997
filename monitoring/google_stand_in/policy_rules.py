"""What Google refuses of an alert policy.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies and what its users report.
"""

import re
from datetime import timedelta

from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import Aggregation, AlertPolicy

from monitoring.google_stand_in.cloud import CloudStandIn

LABEL = re.compile(r"[a-z0-9_-]{1,63}")
CLOSED = AlertPolicy.AlertStrategy.NotificationPrompt.CLOSED


def _names(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    if not policy.display_name or not all(one.display_name for one in policy.conditions):
        return "display_name is required of a policy and of each condition"
    wrong = [text for pair in policy.user_labels.items() for text in pair if not LABEL.fullmatch(text)]
    return f"user_labels hold {wrong}" if wrong else ""


def _combination(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    if not 1 <= len(policy.conditions) <= 6:
        return "a policy has one to six conditions"
    return "" if policy.combiner else "combiner must be specified"


def _channels_exist(cloud: CloudStandIn, policy: AlertPolicy) -> str:
    unknown = set(policy.notification_channels) - set(cloud.channels)
    repeated = {
        name
        for strategy in policy.alert_strategy.notification_channel_strategy
        for name in strategy.notification_channel_names
    }
    if repeated - set(policy.notification_channels):
        return "a channel of notification_channel_strategy is none of the policy"
    return f"notification channels {unknown} do not exist" if unknown else ""


def _strategy(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    strategy = policy.alert_strategy
    if strategy.notification_rate_limit.period:
        return "notification_rate_limit is only for log-based policies"
    if strategy.auto_close and strategy.auto_close < timedelta(minutes=30):
        return "auto_close must be 30 minutes or more"
    if list(strategy.notification_prompts) == [CLOSED]:
        return "notification_prompts cannot be CLOSED alone"
    return ""


def _documentation(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    text = policy.documentation
    if len(text.content.encode()) > 8192:
        return "documentation.content is longer than 8192 bytes"
    if len(text.links) > 3:
        return "documentation has more than three links"
    return "documentation.mime_type must be text/markdown" if text.content and text.mime_type != "text/markdown" else ""


def _filters(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        filter_ = condition.condition_threshold.filter or condition.condition_absent.filter
        if filter_.count("metric.type=") != 1 or "resource.type=" not in filter_:
            return "a filter names one metric.type and one resource.type"
    return ""


def _alignment(cloud: CloudStandIn, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        threshold, absent = condition.condition_threshold, condition.condition_absent
        kinds = re.findall(r'metric\.type="([^"]+)"', threshold.filter or absent.filter)
        cumulative = [
            kind
            for kind in kinds
            if kind in cloud.descriptors and cloud.descriptors[kind].metric_kind == MetricDescriptor.CUMULATIVE
        ]
        for one in (*threshold.aggregations, *threshold.denominator_aggregations, *absent.aggregations):
            if one.alignment_period < timedelta(minutes=1):
                return "alignment_period must be a minute or more"
            if cumulative and one.per_series_aligner == Aggregation.Aligner.ALIGN_MAX:
                return "ALIGN_MAX does not fit a metric that is CUMULATIVE"
    return ""


def _ratio(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    for condition in policy.conditions:
        threshold = condition.condition_threshold
        if threshold.denominator_filter:
            above, below = threshold.aggregations[0], threshold.denominator_aggregations[0]
            if list(above.group_by_fields) != list(below.group_by_fields):
                return "numerator and denominator must be grouped alike"
            if above.alignment_period != below.alignment_period:
                return "numerator and denominator must have one alignment period"
    return ""


def _durations(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
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
