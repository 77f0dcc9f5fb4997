"""Events API v2 of PagerDuty: an incident of NaNWatch triggers an alert there, and resolves it when it is closed.

https://developer.pagerduty.com/docs/send-alert-event
"""

import json
from typing import Any

from django import forms
from django.conf import settings as service

from monitoring.alerting.direct import ChannelKind, Secrets
from monitoring.alerting.direct.message import AlertMessage, IncidentChange, IncidentNotice
from monitoring.alerting.direct.outgoing_http import one_of_several, post
from monitoring.models import AlertChannel

LONGEST_SUMMARY = 1024
MOST_EVENTS = 100  # at once: an integration takes some 120 a minute


class PagerDutyForm(forms.Form):
    """Which service of PagerDuty."""

    routing_key = forms.RegexField(
        r"^[0-9A-Za-z]{32}\Z",
        label="Integration key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "An integration key of the Events API v2 has 32 letters and digits."},
    )


def send(_: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """One event an incident: PagerDuty puts what belongs together into one alert by the `dedup_key`."""
    for number, event in enumerate(_events(message)):
        body = {"routing_key": settings["routing_key"], "client": "NaNWatch", "client_url": message.overview, **event}
        url = f"{service.NANWATCH_PAGERDUTY_URL}/v2/enqueue"
        with one_of_several(number):
            post(url, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _events(message: AlertMessage) -> list[dict[str, Any]]:
    if message.notices:
        return [_event(notice) for notice in message.notices]
    payload = {"summary": message.headline, "source": "NaNWatch", "severity": "info"}
    trigger = {"event_action": "trigger", "dedup_key": message.id, "payload": payload}
    return [trigger, {"event_action": "resolve", "dedup_key": message.id}]


def _event(notice: IncidentNotice) -> dict[str, Any]:
    if notice.change is IncidentChange.CLOSED:
        return {"event_action": "resolve", "dedup_key": notice.url}
    payload = {
        "summary": notice.headline[:LONGEST_SUMMARY],
        "source": notice.model,
        "severity": notice.severity,
        "timestamp": notice.first_seen.isoformat(),
        "component": f"{notice.model} {notice.version}",
        "group": notice.project,
        "class": notice.cause or notice.symptom,
        "custom_details": {"details": notice.details},
    }
    links = [{"href": notice.url, "text": notice.short_id}, {"href": notice.mute_url, "text": "Mute"}]
    return {"event_action": "trigger", "dedup_key": notice.url, "payload": payload, "links": links}


KIND = ChannelKind("PagerDuty", PagerDutyForm, lambda _: "Events API v2", send, most_alerts=MOST_EVENTS)
