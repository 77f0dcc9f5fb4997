"""Plain text to mail addresses, through the mail server of EMAIL_URL."""

from smtplib import SMTPException, SMTPResponseException

from django import forms
from django.conf import settings as service
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from monitoring.alerting.direct import ChannelKind, NotDelivered, Secrets
from monitoring.alerting.direct.message import AlertMessage
from monitoring.models import AlertChannel

MOST_ADDRESSES = 20


class EmailForm(forms.Form):
    """Who gets it."""

    addresses = forms.CharField(max_length=2000, label="Addresses", help_text="separated by commas, at most 20")

    def clean_addresses(self) -> str:
        if not service.EMAIL_HOST:
            raise ValidationError("No mail server is set up: start the service with EMAIL_URL (docs/operations.md).")
        addresses = [one.strip() for one in self.cleaned_data["addresses"].split(",") if one.strip()]
        if len(addresses) > MOST_ADDRESSES:
            raise ValidationError(f"{len(addresses)} addresses; at most {MOST_ADDRESSES} are allowed.")
        for one in addresses:
            validate_email(one)
        return ", ".join(addresses)


def send(_: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """A mail to all of them; its subject is the headline. The header (RFC 3834) keeps programs from answering."""
    addresses, headers = settings["addresses"].split(", "), {"Auto-Submitted": "auto-generated"}
    mail = EmailMessage(message.headline, message.text, service.DEFAULT_FROM_EMAIL, addresses, headers=headers)
    try:
        mail.send()
    except SMTPResponseException as error:  # the server's text may quote what it was sent
        raise NotDelivered(f"the mail server answered {error.smtp_code} ({type(error).__name__})") from None
    except SMTPException as error:
        raise NotDelivered(f"the mail server refused the message ({type(error).__name__})") from None
    except OSError as error:
        raise NotDelivered(f"the mail server cannot be reached ({type(error).__name__})") from None


KIND = ChannelKind("Email", EmailForm, lambda settings: settings["addresses"][:300], send)
