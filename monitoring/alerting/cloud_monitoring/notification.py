"""What a notification of Cloud Monitoring says, in every variant that was seen of its webhook format 1.2.

https://cloud.google.com/monitoring/support/notification-options#webhooks
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.utils.dateparse import parse_datetime

from nantrace.tensors.plain_text import without_nul
from nantrace.tensors.refusals import Malformed, Refusal

PATH = "/api/v1/cloud-monitoring/notifications"
"""Where this service takes them."""
LONGEST_ID, LONGEST_POLICY, LONGEST_SEVERITY, LONGEST_URL = 200, 300, 20, 1000
TEST = "test"
_SEVERITY = re.compile(r'metric\.labels?\.severity\s*=\s*"(\w{1,20})"')
CLOSED = ("closed", "resolved")


@dataclass(frozen=True)
class ChannelTest:
    """Somebody pressed the button that tests the channel: no alert."""


@dataclass(frozen=True)
class ReportedAlert:
    """One alert as it is now. `namespace` is the project, `model` and `cause` are labels; "" where it has none.

    `incident_severity` is that of the incidents that its condition looks at, where it looks at some only.
    """

    alert_id: str
    policy: str
    is_closed: bool
    severity: str = ""
    url: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    namespace: str = ""
    model: str = ""
    cause: str = ""
    incident_severity: str = ""


def read_notification(body: bytes) -> ChannelTest | ReportedAlert:
    """Raises Malformed where the body is no JSON object, Refusal naming the field that is missing."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("body", "is not JSON: send Cloud Monitoring's notification as it is") from error
    incident = _mapping(_mapping(document).get("incident"))
    if not incident:
        raise Refusal("incident", "is missing: this takes notifications of Cloud Monitoring (format 1.1 or 1.2)")
    return ChannelTest() if _text(_mapping(document).get("version")).lower() == TEST else _alert(incident)


def _alert(incident: Mapping[str, Any]) -> ReportedAlert:
    alert_id = _text(incident.get("incident_id"))
    if not 0 < len(alert_id) <= LONGEST_ID:
        raise Refusal("incident.incident_id", f"must be a text of 1 to {LONGEST_ID} characters")
    resource = _mapping(_mapping(incident.get("resource")).get("labels"))
    metric = _mapping(_mapping(incident.get("metric")).get("labels"))
    ended_at = moment(incident.get("ended_at"))
    return ReportedAlert(
        alert_id=alert_id,
        policy=_policy(incident),
        is_closed=_text(incident.get("state")).lower() in CLOSED,
        severity=_text(incident.get("severity")).lower()[:LONGEST_SEVERITY],
        url=_link(_text(incident.get("url"))),
        started_at=moment(incident.get("started_at")),
        ended_at=ended_at,
        namespace=_text(resource.get("namespace")),
        model=_text(metric.get("model")),
        cause=_text(metric.get("cause")),
        incident_severity=_incident_severity(incident),
    )


def _policy(incident: Mapping[str, Any]) -> str:
    """Google fills labels in subjects and not in the names of policies."""
    subject = _text(_mapping(incident.get("documentation")).get("subject"))
    return (subject or _text(incident.get("policy_name")) or "a policy without a name")[:LONGEST_POLICY]


def _incident_severity(incident: Mapping[str, Any]) -> str:
    """A condition that is not grouped by a label names it in its filter alone."""
    threshold = _mapping(_mapping(incident.get("condition")).get("conditionThreshold"))
    found = _SEVERITY.search(_text(threshold.get("filter")))
    return found[1] if found else ""


def moment(value: Any) -> datetime | None:
    """Of null, 0, seconds as a number or as a text, or a date as a text; None where there is none."""
    if isinstance(value, str) and not value.isdigit():
        return _date(value)
    try:
        seconds = float(value or 0)
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _date(text: str) -> datetime | None:
    try:
        read = parse_datetime(text)
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC) if read else None
    except (ValueError, OverflowError):  # at the ends of the calendar
        return None


def _link(url: str) -> str:
    """Only what a browser may follow from our pages."""
    try:
        is_web = urlsplit(url).scheme in ("http", "https") and len(url) <= LONGEST_URL
    except ValueError:
        return ""
    return url if is_web else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    """Where Google puts a text instead of an object, as in tests of a channel, there is nothing to look into."""
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return without_nul(str(value)) if isinstance(value, str | int) else ""
