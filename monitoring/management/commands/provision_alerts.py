"""`manage.py provision_alerts`: alert policies in Cloud Monitoring, as code."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError

from ingest.models import Project
from monitoring.alerting.cloud_monitoring.channels import Recipient, recipients
from monitoring.alerting.cloud_monitoring.client import configured_destination
from monitoring.alerting.cloud_monitoring.dashboard import TITLE
from monitoring.alerting.cloud_monitoring.policy_plan import Change, Deed
from monitoring.alerting.cloud_monitoring.provision import Provisioned, Wish, provision
from monitoring.alerting.cloud_monitoring.report_back import issue_key, report_back
from monitoring.alerting.cloud_monitoring.setup import reason
from nantrace.tensors.refusals import Refusal

WRONG_CALL = 2
DONE = {
    Deed.CREATE: "created",
    Deed.UPDATE: "updated",
    Deed.KEEP: "unchanged",
    Deed.LEAVE: "edited by hand, left alone",
}
TO_DO = {**DONE, Deed.CREATE: "would be created", Deed.UPDATE: "would be updated"}


class Command(BaseCommand):
    """Exit 0: all is as it should be. 2: the settings, the call or Google say no."""

    help = (
        "Creates or updates metric descriptors, notification channels, alert policies and a dashboard; twice changes "
        "nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        several: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument("--email", metavar="ADDRESS", help="who gets a mail; may be repeated", **several)
        url = "https://user:password@host/path that Google posts to; may be repeated"
        parser.add_argument("--webhook", metavar="URL", help=url, **several)
        topic = "projects/PROJECT/topics/TOPIC that Google publishes to; may be repeated"
        parser.add_argument("--pubsub", metavar="TOPIC", help=topic, **several)
        channel = "projects/PROJECT/notificationChannels/ID of the console, as of Slack and PagerDuty; may be repeated"
        parser.add_argument("--channel", metavar="NAME", help=channel, **several)
        back = "name of a NaNWatch project to whose incidents Google reports its alerts back; may be repeated"
        parser.add_argument("--report-back", metavar="PROJECT", help=back, **several)
        parser.add_argument("--dry-run", action="store_true", help="print what would change, and change nothing")
        parser.add_argument("--force", action="store_true", help="overwrite policies that a person edited")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, **options: Any) -> None:
        destination = configured_destination()
        if destination is None:
            message = "NANWATCH_GCP_PROJECT is not set: there is no Cloud Monitoring project to make alerts in"
            raise CommandError(message, returncode=WRONG_CALL)
        try:
            back = _report_back(options["report_back"], dry_run=options["dry_run"])
            who = [*recipients(options["email"], options["webhook"], options["pubsub"]), *back]
            wish = Wish(
                settings.NANWATCH_BASE_URL, who, options["channel"], force=options["force"], dry_run=options["dry_run"]
            )
            done = provision(destination, wish, self.stderr.write)
        except Refusal as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        except (GoogleAuthError, GoogleAPICallError) as error:
            raise CommandError(reason(destination, error), returncode=WRONG_CALL) from None
        self.stdout.write(json.dumps(done.document()) if options["json"] else _lines(done, dry=options["dry_run"]))


def _report_back(names: Sequence[str], *, dry_run: bool) -> list[Recipient]:
    """Raises Refusal naming the project that is not there."""
    found = list(Project.objects.filter(name__in=names).order_by("name"))
    if missing := sorted(set(names) - {project.name for project in found}):
        raise Refusal("--report-back", f"there is no project {missing[0]!r}")
    for project in [] if dry_run else found:
        issue_key(project)
    return [report_back(project) for project in found]


def _lines(done: Provisioned, *, dry: bool) -> str:
    words = TO_DO if dry else DONE
    channels = [f"{words[deed]:28} {address}" for address, deed in done.channels.items()]
    policies = [line for change in done.policies for line in _of_policy(change, words)]
    board = [f"{words[done.dashboard]:28} the dashboard {TITLE}"] if done.dashboard else []
    overwrite = ["", "--force overwrites what was edited by hand."]
    is_left = Deed.LEAVE in (done.dashboard, *(change.deed for change in done.policies))
    return "\n".join([*channels, *policies, *board, *(overwrite if is_left else [])])


def _of_policy(change: Change, words: dict[Deed, str]) -> list[str]:
    return [
        f"{words[change.deed]:28} {change.policy.display_name}",
        *(f"    {difference}" for difference in change.differences),
    ]
