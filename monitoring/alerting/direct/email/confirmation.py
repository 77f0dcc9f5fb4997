"""An address gets alerts once whoever reads its mail has followed a link: members of a project cannot make the service
mail others.

The link is signed and good for a week. An address is asked at most once a day, by all projects together, and a project
asks at most 40 addresses a day.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models.functions import Now

from ingest.models import Project
from monitoring.alerting.direct.notices import short_name
from monitoring.models import MailAddress

SALT = "nanwatch.confirm-mail-address"
VALID, ASKED_AGAIN = timedelta(days=7), timedelta(days=1)
MOST_ASKED = 40  # addresses of a project in a day
SUBJECT = "Confirm that alerts of NaNWatch may come here"


def confirmed_of(project: Project, addresses: Sequence[str]) -> list[str]:
    """Those that may get alerts of the project, in their order."""
    known = project.mail_addresses.filter(address__in=addresses, confirmed_at__isnull=False)
    found = set(known.values_list("address", flat=True))
    return [one for one in addresses if one in found]


def ask_to_confirm(project: Project, addresses: Sequence[str]) -> None:
    """Sends the link to each that was not asked today. Raises what the mail server raises."""
    today = MailAddress.objects.filter(asked_at__gt=Now() - ASKED_AGAIN)
    for address in addresses:
        is_asked = today.filter(address=address).exists()
        if not is_asked and today.filter(project=project).count() < MOST_ASKED:
            asked, _ = MailAddress.objects.get_or_create(project=project, address=address)
            _mail(asked).send()
            MailAddress.objects.filter(pk=asked.pk).update(asked_at=Now())


def address_of(token: str) -> MailAddress | None:
    """What a link is about; None where it is not ours, older than a week, or its project is gone."""
    try:
        key = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return MailAddress.objects.select_related("project").filter(pk=key).first()


def confirm(address: MailAddress) -> None:
    """Alerts may come there from now on."""
    MailAddress.objects.filter(pk=address.pk, confirmed_at=None).update(confirmed_at=Now())


def _mail(asked: MailAddress) -> EmailMessage:
    link = f"{settings.NANWATCH_BASE_URL}/confirm-address/{signing.dumps(asked.pk, salt=SALT)}"
    text = (
        f"Somebody who works on {short_name(asked.project.name)} in NaNWatch ({settings.NANWATCH_BASE_URL}) wants its "
        f"alerts to be sent to {asked.address}.\n\nIf you want them, follow this link within a week:\n{link}\n\n"
        "If you do not, do nothing: no alert will come.\n"
    )
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(SUBJECT, text, settings.DEFAULT_FROM_EMAIL, [asked.address], headers=headers)
