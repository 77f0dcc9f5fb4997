"""What Google refuses of an alert policy as a whole; its conditions have rules of their own.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies and the errors that its users
report.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from google.cloud.monitoring_v3.types import AlertPolicy

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.condition_rules import filters_of, wrong_condition
from monitoring.google_stand_in.filters import read_filter

LABEL = re.compile(r"[a-z0-9_-]{1,63}")
MOST_CONDITIONS, MOST_LINKS, MOST_LABELS = 6, 3, 64
LONGEST_TEXT, LONGEST_SUBJECT = 8192, 255
CLOSED = AlertPolicy.AlertStrategy.NotificationPrompt.CLOSED
SHORTEST_AUTO_CLOSE, LONGEST_AUTO_CLOSE = timedelta(minutes=30), timedelta(days=7)
SHORTEST_REPEAT, LONGEST_REPEAT = timedelta(minutes=30), timedelta(hours=24)


def wrong_policy(cloud: CloudStandIn, policy: AlertPolicy) -> str:
    """Why the policy is refused, in Google's words where they are known; "" where it is not."""
    for rule in RULES:
        if refusal := rule(cloud, policy):
            return refusal
    refusals = (wrong_condition(cloud, one, f"conditions[{i}]") for i, one in enumerate(policy.conditions))
    return next((refusal for refusal in refusals if refusal), "")


def unknown_metrics(cloud: CloudStandIn, policy: AlertPolicy) -> list[str]:
    """The metrics of a policy that Google does not know, or not yet."""
    named = [read_filter(text).metric for one in policy.conditions for text in filters_of(one)]
    if cloud.unknown_for:
        cloud.unknown_for -= 1
        return named
    old_enough = cloud.clock() - cloud.young_for
    return [one for one in named if one not in cloud.descriptors or cloud.described_at[one] > old_enough]


def _names(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    if not policy.display_name or not all(one.display_name for one in policy.conditions):
        return "Field alert_policy.display_name had an invalid value: it is required of a policy and of each condition"
    wrong = [text for pair in policy.user_labels.items() for text in pair if not LABEL.fullmatch(text)]
    if wrong or len(policy.user_labels) > MOST_LABELS:
        return f"Field alert_policy.user_labels had an invalid value of {wrong}: up to {MOST_LABELS} of {LABEL.pattern}"
    return ""


def _combination(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    if not 1 <= len(policy.conditions) <= MOST_CONDITIONS:
        return f"Field alert_policy.conditions had an invalid value: one to {MOST_CONDITIONS} conditions are required"
    return "" if policy.combiner else "Field alert_policy.combiner had an invalid value: it must be specified"


def _channels_exist(cloud: CloudStandIn, policy: AlertPolicy) -> str:
    if unknown := sorted(set(policy.notification_channels) - set(cloud.channels)):
        return f"Field alert_policy.notification_channels had an invalid value: {unknown} do not exist"
    repeated = {
        name
        for strategy in policy.alert_strategy.notification_channel_strategy
        for name in strategy.notification_channel_names
    }
    if repeated - set(policy.notification_channels):
        return "A channel of notification_channel_strategy is none of the policy"
    return ""


def _strategy(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    strategy = policy.alert_strategy
    if strategy.notification_rate_limit.period:
        return (
            "Field alertStrategy.notificationRateLimit had an invalid value: metric-based alert policies must not "
            "specify a notification rate limit"
        )
    if strategy.auto_close and not SHORTEST_AUTO_CLOSE <= strategy.auto_close <= LONGEST_AUTO_CLOSE:
        return "Field alertStrategy.autoClose had an invalid value: it must be 30 minutes to 7 days"
    if list(strategy.notification_prompts) == [CLOSED]:
        return "Field alertStrategy.notificationPrompts had an invalid value: CLOSED alone is not supported"
    repeats = [one.renotify_interval for one in strategy.notification_channel_strategy]
    if not all(SHORTEST_REPEAT <= one <= LONGEST_REPEAT for one in repeats):
        return "Field renotify_interval had an invalid value: it must be 30 minutes to 24 hours"
    return ""


def _documentation(_cloud: CloudStandIn, policy: AlertPolicy) -> str:
    text = policy.documentation
    if len(text.content.encode()) > LONGEST_TEXT or len(text.subject) > LONGEST_SUBJECT:
        return f"Field documentation had an invalid value: longer than {LONGEST_TEXT}, its subject {LONGEST_SUBJECT}"
    if len(text.links) > MOST_LINKS or not all(one.url for one in text.links):
        return f"Field documentation.links had an invalid value: at most {MOST_LINKS} links, each with a URL"
    if text.content and text.mime_type != "text/markdown":
        return "Field documentation.mime_type had an invalid value: only text/markdown is supported"
    return ""


RULES: tuple[Callable[[CloudStandIn, AlertPolicy], str], ...] = (
    _names,
    _combination,
    _channels_exist,
    _strategy,
    _documentation,
)
