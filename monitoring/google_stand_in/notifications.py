"""What is posted to the channels of a policy, in Google's format 1.2.

https://cloud.google.com/monitoring/support/notification-options#webhooks
"""

import re
from collections.abc import Iterator
from typing import Any

from google.cloud.monitoring_v3.types import AlertPolicy, NotificationChannel

from monitoring.google_stand_in.cloud import CloudStandIn, Notification, OpenedAlert
from monitoring.google_stand_in.filters import read_filter

VERSION = "1.2"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
Json = dict[str, Any]


def prepared(cloud: CloudStandIn, policy: AlertPolicy, alert: OpenedAlert) -> Iterator[Notification]:
    """One notification for each channel of the policy that is enabled, and for who is always notified."""
    incident = _incident(cloud, policy, alert)
    named = [cloud.channels[name] for name in policy.notification_channels if name in cloud.channels]
    always = [cloud.always_notified] if cloud.always_notified else []
    for channel in [*[one for one in named if one.enabled], *always]:
        yield Notification(alert.id, incident["state"], channel, {"incident": incident, "version": VERSION})


def tested(channel: NotificationChannel) -> Notification:
    """What Google sends when a person presses the button that tests a channel."""
    incident = {
        "incident_id": "12345",
        "state": "open",
        "started_at": 0,
        "ended_at": None,
        "policy_name": "Test Alert Policy",
        "condition_name": "Test condition",
        "documentation": "Test notification",
        "summary": "This is a test alert notification.",
    }
    return Notification("test", "test", channel, {"incident": incident, "version": "test"})


def _incident(cloud: CloudStandIn, policy: AlertPolicy, alert: OpenedAlert) -> Json:
    (condition,) = [one for one in policy.conditions if one.name == alert.condition]
    threshold = condition.condition_threshold
    metric = read_filter(threshold.filter or condition.condition_absent.filter)
    described = cloud.descriptors[metric.metric]
    labels = _labels(alert)
    return {
        "incident_id": alert.id,
        "scoping_project_id": policy.name.split("/")[1],
        "url": f"http://{cloud.page}/#{alert.id}" if cloud.page else "",
        "started_at": int(alert.opened_at.timestamp()),
        "ended_at": int(alert.closed_at.timestamp()) if alert.closed_at else None,
        "state": "closed" if alert.closed_at else "open",
        "summary": f"{condition.display_name} is {'over' if alert.closed_at else 'violated'}.",
        "observed_value": "" if alert.value is None else f"{alert.value:.3f}",
        "threshold_value": f"{threshold.threshold_value:g}" if threshold.filter else "",
        "severity": AlertPolicy.Severity(policy.severity).name.title(),
        "resource": {"type": metric.resource, "labels": labels["resource"]},
        "metric": {"type": metric.metric, "displayName": described.display_name, "labels": labels["metric"]},
        "metadata": {"system_labels": {}, "user_labels": {}},
        "policy_name": policy.display_name,
        "policy_user_labels": dict(policy.user_labels),
        "condition_name": condition.display_name,
        "condition": _json(condition),
        "documentation": _documentation(policy, alert),
    }


def _json(condition: AlertPolicy.Condition) -> Json:
    """The condition as the REST interface writes it."""
    written: Json = AlertPolicy.Condition.to_dict(
        condition,
        use_integers_for_enums=False,
        preserving_proto_field_name=False,
        always_print_fields_with_no_presence=False,
    )
    return written


def _labels(alert: OpenedAlert) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"metric": {}, "resource": {}}
    for path, value in alert.group:
        root, _, name = path.split(".")
        found[root][name] = value
    return found


def _documentation(policy: AlertPolicy, alert: OpenedAlert) -> Json:
    text = policy.documentation
    return {
        "content": _filled(text.content, alert),
        "mime_type": text.mime_type,
        "subject": _filled(text.subject, alert),
        "links": [{"displayName": one.display_name, "url": _filled(one.url, alert)} for one in text.links],
    }


def _filled(text: str, alert: OpenedAlert) -> str:
    """Variables such as `${metric.label.model}`, which Google fills in documentation and nowhere else."""
    return _VARIABLE.sub(lambda found: dict(alert.group).get(found[1], "null"), text)
