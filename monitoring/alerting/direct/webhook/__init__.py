"""A signed POST to any program: https://www.standardwebhooks.com."""

import base64
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from django import forms

from monitoring.alerting.direct import ChannelKind, Secrets
from monitoring.alerting.direct.address_field import AddressField
from monitoring.alerting.direct.message import AlertMessage, IncidentNotice
from monitoring.alerting.direct.outgoing_http import origin, post
from monitoring.models import AlertChannel


class WebhookForm(forms.Form):
    """Where it posts to."""

    url = AddressField("URL")


def fresh_secret() -> Secrets:
    """What the receiver checks signatures with, 24 random bytes as the specification recommends."""
    return {"secret": f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"}


def send(_: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """The receiver knows by `webhook-id` a message that it already had."""
    from standardwebhooks import Webhook

    now = datetime.now(UTC)
    body = json.dumps(document(message, now))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(settings["secret"]).sign(message.id, now, body),
    }
    post(settings["url"], body.encode(), headers)


def document(message: AlertMessage, now: datetime) -> dict[str, Any]:
    """`type` is `incidents.changed`, or `test`; the worst incident comes first."""
    return {
        "type": "incidents.changed" if message.notices else "test",
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "project": message.project,
            "headline": message.headline,
            "text": message.text,
            "incidents": [_incident(one) for one in message.notices],
        },
    }


def _incident(notice: IncidentNotice) -> dict[str, Any]:
    return {
        "change": notice.change,
        "id": notice.short_id,
        "model": notice.model,
        "version": notice.version,
        "severity": notice.severity,
        "symptom": notice.symptom,
        "cause": notice.cause or None,
        "verdict": notice.verdict,
        "responsible": notice.responsible,
        "rows": notice.rows,
        "first_seen": notice.first_seen.isoformat(timespec="seconds"),
        "remedy": notice.remedy,
        "url": notice.url,
        "mute_url": notice.mute_url,
    }


KIND = ChannelKind("Webhook", WebhookForm, lambda settings: origin(settings["url"]), send, fresh_secret)
