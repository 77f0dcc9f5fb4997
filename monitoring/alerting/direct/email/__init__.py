"""Mails to addresses that were confirmed, as plain text and as HTML, through the mail server of EMAIL_URL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from smtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected

from django import forms
from django.conf import settings as service
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string

from monitoring.alerting.direct import ChannelKind, NotDelivered, Secrets
from monitoring.alerting.direct.email.confirmation import ask_to_confirm, confirmed_of
from monitoring.alerting.direct.message import MOST_INCIDENTS, AlertMessage
from monitoring.models import AlertChannel

MOST_ADDRESSES = 20


class EmailForm(forms.Form):
    """Who gets it."""

    addresses = forms.CharField(
        max_length=2000,
        label="Addresses",
        help_text="separated by commas, at most 20; each gets a link first, and alerts once it was followed",
    )

    def clean_addresses(self) -> str:
        if not service.EMAIL_HOST:
            raise ValidationError("No mail server is set up: start the service with EMAIL_URL (docs/operations.md).")
        addresses = [one.strip() for one in self.cleaned_data["addresses"].split(",") if one.strip()]
        if len(addresses) > MOST_ADDRESSES:
            raise ValidationError(f"{len(addresses)} addresses; at most {MOST_ADDRESSES} are allowed.")
        for one in addresses:
            validate_email(one)
        return ", ".join(addresses)


def send(channel: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """A mail to all that are confirmed; its subject is the headline. The others are asked, at most once a day."""
    addresses = _addresses(settings)
    confirmed = confirmed_of(channel.project, addresses)
    with _refusals():
        ask_to_confirm(channel.project, [one for one in addresses if one not in confirmed])
        if confirmed:
            _mail(message, confirmed).send()
    if not confirmed:
        raise NotDelivered("nobody has followed the link in the mail that confirms an address")


def _mail(message: AlertMessage, addresses: Sequence[str]) -> EmailMultiAlternatives:
    """The header (RFC 3834) keeps programs from answering."""
    mail = EmailMultiAlternatives(
        message.headline,
        message.text,
        service.DEFAULT_FROM_EMAIL,
        addresses,
        headers={"Auto-Submitted": "auto-generated"},
    )
    shown = {"message": message, "notices": message.notices[:MOST_INCIDENTS]}
    shown["more"] = max(len(message.notices) - MOST_INCIDENTS, 0)
    mail.attach_alternative(render_to_string("mail/alert.html", shown), "text/html")
    return mail


def _lacks(channel: AlertChannel, settings: Secrets) -> str:
    addresses = _addresses(settings)
    confirmed = confirmed_of(channel.project, addresses)
    missing = [one for one in addresses if one not in confirmed]
    return f"Not confirmed yet, and without alerts until then: {', '.join(missing)}." if missing else ""


def _addresses(settings: Secrets) -> list[str]:
    return settings["addresses"].split(", ")


@contextmanager
def _refusals() -> Iterator[None]:
    """A connection that broke off may have brought the mail; an answer that says no has not."""
    try:
        yield
    except SMTPServerDisconnected:
        raise NotDelivered("the mail server broke off the connection", may_have_arrived=True) from None
    except SMTPResponseException as error:  # the server's text may quote what it was sent
        raise NotDelivered(f"the mail server answered {error.smtp_code} ({type(error).__name__})") from None
    except SMTPException as error:
        raise NotDelivered(f"the mail server refused the message ({type(error).__name__})") from None
    except OSError as error:
        raise NotDelivered(f"the mail server cannot be reached ({type(error).__name__})") from None


KIND = ChannelKind(
    "Email", EmailForm, lambda settings: settings["addresses"][:300], send, lacks=_lacks, is_tried_at_once=True
)
