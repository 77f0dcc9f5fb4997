"""An incoming webhook of Slack, the simple form: every message is a new one.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import json

from django import forms

from monitoring.alerting.direct import ChannelKind, Secrets
from monitoring.alerting.direct.address_field import AddressField
from monitoring.alerting.direct.message import AlertMessage
from monitoring.alerting.direct.outgoing_http import origin, post
from monitoring.alerting.direct.slack.blocks import blocks, fallback
from monitoring.models import AlertChannel


class SlackWebhookForm(forms.Form):
    """The address that Slack has given."""

    url = AddressField("Webhook URL", "https://hooks.slack.com/services/...")


def send(_: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    body = {"text": fallback(message), "blocks": blocks(message), "unfurl_links": False}
    post(settings["url"], json.dumps(body).encode(), {"Content-Type": "application/json"})


KIND = ChannelKind("Slack, incoming webhook", SlackWebhookForm, lambda settings: origin(settings["url"]), send)
