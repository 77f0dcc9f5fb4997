"""Alerts open, are repeated and close, as the conditions of the policies say."""

import secrets
from datetime import datetime, timedelta

from google.cloud.monitoring_v3.types import AlertPolicy

from monitoring.google_stand_in.cloud import CloudStandIn, OpenedAlert
from monitoring.google_stand_in.conditions import Condition, Measured, hold_time, measure
from monitoring.google_stand_in.notifications import prepared
from monitoring.google_stand_in.webhooks import send

LONGEST_SILENCE = timedelta(days=7)  # auto_close where a policy says nothing
Prompt = AlertPolicy.AlertStrategy.NotificationPrompt


def evaluate(cloud: CloudStandIn) -> None:
    """All policies at the stand-in's present, as Google does when points arrive and as time goes by."""
    with cloud.lock:
        for policy in list(cloud.policies.values()):
            for condition in policy.conditions:
                measured = measure(cloud, condition, policy.creation_record.mutate_time or cloud.clock())
                _open(cloud, policy, condition, measured)
                _close(cloud, policy, condition, measured)


def close_all(cloud: CloudStandIn, conditions: set[str]) -> None:
    """Of conditions that were deleted: nobody is notified."""
    for key in [key for key in cloud.open_alerts if key[0] in conditions]:
        cloud.open_alerts.pop(key).closed_at = cloud.clock()


def _open(cloud: CloudStandIn, policy: AlertPolicy, condition: Condition, measured: Measured) -> None:
    now = cloud.clock()
    for key in [key for key in cloud.violated_since if key[0] == condition.name and key[1] not in measured.violated]:
        del cloud.violated_since[key]
    for group in measured.violated:
        key = condition.name, group
        since = cloud.violated_since.setdefault(key, now)
        if key in cloud.open_alerts:
            _repeat(cloud, policy, cloud.open_alerts[key], now)
        elif now - since >= hold_time(condition):
            value = measured.values.get(group)
            alert = OpenedAlert(_new_id(), policy.name, condition.name, group, now, now, now, value)
            cloud.open_alerts[key] = alert
            cloud.alerts.append(alert)
            _notify(cloud, policy, alert, Prompt.OPENED)


def _repeat(cloud: CloudStandIn, policy: AlertPolicy, alert: OpenedAlert, now: datetime) -> None:
    alert.seen_at = now
    again = [one.renotify_interval for one in policy.alert_strategy.notification_channel_strategy]
    if again and now - alert.notified_at >= min(again):
        _notify(cloud, policy, alert, Prompt.OPENED)


def _close(cloud: CloudStandIn, policy: AlertPolicy, condition: Condition, measured: Measured) -> None:
    """Where data shows that it is over, or where there was none for as long as `auto_close` says."""
    now, patience = cloud.clock(), policy.alert_strategy.auto_close or LONGEST_SILENCE
    for key, alert in list(cloud.open_alerts.items()):
        if key[0] != condition.name or alert.group in measured.violated:
            continue
        if alert.group in measured.values or now - alert.seen_at >= patience:
            alert.closed_at = now
            alert.value = measured.values.get(alert.group, alert.value)
            del cloud.open_alerts[key]
            _notify(cloud, policy, alert, Prompt.CLOSED)


def _notify(cloud: CloudStandIn, policy: AlertPolicy, alert: OpenedAlert, prompt: int) -> None:
    alert.notified_at = cloud.clock()
    wanted: list[int] = list(policy.alert_strategy.notification_prompts) or [Prompt.OPENED, Prompt.CLOSED]
    if prompt in wanted and policy.enabled and not _is_snoozed(cloud, policy):
        for notification in prepared(cloud, policy, alert):
            send(cloud, notification)


def _is_snoozed(cloud: CloudStandIn, policy: AlertPolicy) -> bool:
    named = [one.interval for one in cloud.snoozes.values() if policy.name in one.criteria.policies]
    return any(one.start_time <= cloud.clock() < one.end_time for one in named)


def _new_id() -> str:
    return f"0.{secrets.token_hex(6)}"
