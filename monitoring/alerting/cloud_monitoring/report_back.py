"""The channel through which Cloud Monitoring reports its alerts back to a project of this service."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from ingest.models import ApiKey, Project, Scope
from monitoring.alerting.cloud_monitoring.channels import Recipient
from monitoring.alerting.cloud_monitoring.notification import PATH
from nantrace.tensors.refusals import Refusal

KEY_NAME = "Google Cloud Monitoring"


def report_back(project: Project) -> Recipient:
    """This service as a recipient, with the project's key for it; raises Refusal where Google cannot reach it.

    The secret follows from the service's own: nobody has to carry it, and a second call names the same channel. Who
    revokes the key gets another one, and another channel, by setting up the alerts again.
    """
    number, secret = _key(project)
    user = f"nanwatch-{project.pk}-{number}"
    return Recipient("webhook_basicauth", f"{_base_url()}{PATH}", user, secret, f"incidents of {project.name}")


def issue_key(project: Project) -> None:
    """Makes sure that the key of `report_back` is one that the service takes."""
    _, secret = _key(project)
    if not ApiKey.objects.filter(digest=ApiKey.digest_of(secret)).exists():
        ApiKey.issue(project, KEY_NAME, [Scope.ALERTS.value], secret)


def _key(project: Project) -> tuple[int, str]:
    number = project.api_keys.filter(name=KEY_NAME, revoked_at__isnull=False).count() + 1
    made = salted_hmac(KEY_NAME, f"{project.pk}:{number}", algorithm="sha256")
    return number, f"nw_{made.hexdigest()}"


def _base_url() -> str:
    """An emulator posts to this machine, Google to the address that it is reached by from outside."""
    if settings.NANWATCH_MONITORING_ENDPOINT:
        return str(settings.CONFIGURATION.local_url)
    if not settings.NANWATCH_BASE_URL.startswith("https://"):
        raise Refusal("NANWATCH_BASE_URL", "must begin with https:// and be reachable from Google to get alerts back")
    return str(settings.NANWATCH_BASE_URL)
