"""A POST for each incident, in the words of a receiver such as Opsgenie: a template of JSON that people write.

https://docs.opsgenie.com/docs/alert-api
"""

import json
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from monitoring.alerting.direct import ChannelKind, Secrets
from monitoring.alerting.direct.address_field import AddressField
from monitoring.alerting.direct.message import AlertMessage
from monitoring.alerting.direct.outgoing_http import one_of_several, origin, post
from monitoring.alerting.direct.template_webhook.template import (
    IN_URL,
    NAMES,
    OPSGENIE,
    address_of,
    filled_in,
    is_closed,
    unknown_names,
    values_of,
    values_of_test,
    wrong_names,
)
from monitoring.models import AlertChannel

MOST_POSTS = 100  # of one message
CLOSE_BODY = json.dumps({"source": "NaNWatch", "note": "closed in NaNWatch"})


class TemplateAddressField(AddressField):
    """May hold `${key}` and `${id}`, behind the host."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if wrong_names(value, IN_URL) or "$" in urlsplit(value).netloc:
            raise ValidationError("Only ${key} and ${id} may stand in a URL, and only behind the host.")


class TemplateWebhookForm(forms.Form):
    """Where it posts to, and what."""

    url = TemplateAddressField("URL", "https://api.opsgenie.com/v2/alerts")
    close_url = TemplateAddressField(
        "URL that closes",
        "https://api.opsgenie.com/v2/alerts/${key}/close?identifierType=alias; empty: the template is posted then too",
        required=False,
    )
    authorization = forms.RegexField(
        r"^[\x21-\x7e][\x20-\x7e]*\Z",
        max_length=1000,
        required=False,
        label="Authorization header",
        help_text="such as GenieKey ...",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "A header is one line of ASCII characters."},
    )
    template = forms.CharField(
        max_length=10_000,
        initial=OPSGENIE,
        label="JSON to post",
        help_text=f"with {', '.join(f'${{{name}}}' for name in NAMES)}; secrets belong into the header above",
        widget=forms.Textarea(attrs={"rows": 10, "cols": 60, "spellcheck": "false"}),
    )

    def clean_template(self) -> str:
        template: str = self.cleaned_data["template"]
        try:
            unknown = unknown_names(template)
        except (ValueError, RecursionError):
            raise ValidationError("This is no JSON object.") from None
        if unknown:
            raise ValidationError(f"Not known: {', '.join(unknown)[:200]}. A dollar sign itself is written $$.")
        return template


def send(_: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """The receiver puts together what belongs together by `${key}`."""
    for number, (url, body) in enumerate(_posts(settings, message)):
        with one_of_several(number):
            post(url, body.encode(), _headers(settings))


def _posts(settings: Secrets, message: AlertMessage) -> list[tuple[str, str]]:
    if message.notices:
        return [_post(settings, values_of(one), is_over=is_closed(one)) for one in message.notices]
    values = values_of_test(message)
    ends = [_post(settings, values, is_over=True)] if settings["close_url"] else []
    return [_post(settings, values, is_over=False), *ends]


def _post(settings: Secrets, values: dict[str, str], *, is_over: bool) -> tuple[str, str]:
    if is_over and settings["close_url"]:
        return address_of(settings["close_url"], values), CLOSE_BODY
    return address_of(settings["url"], values), filled_in(settings["template"], values)


def _headers(settings: Secrets) -> dict[str, Any]:
    authorization = {"Authorization": settings["authorization"]} if settings["authorization"] else {}
    return {"Content-Type": "application/json", **authorization}


KIND = ChannelKind(
    "Webhook by template, such as Opsgenie",
    TemplateWebhookForm,
    lambda settings: origin(settings["url"]),
    send,
    most_alerts=MOST_POSTS,
)
