"""`manage.py requeue_batches [BATCH ...] [--project NAME]`: batches that were given up wait once more."""

import json as json_text
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from ingest.models import Batch
from monitoring.queue.requeue import requeue


class Command(BaseCommand):
    help = "Replays batches in quarantine and failed ones again: these, those of a project, or all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batches", metavar="BATCH", nargs="*", help="ids; without any, all that were given up")
        parser.add_argument("--project", metavar="NAME", help="of this project only")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *, batches: list[str], project: str | None, json: bool, **_: Any) -> None:
        chosen = {"pk__in": batches} if batches else {}
        owned = {"project__name": project} if project is not None else {}
        count = requeue(Batch.objects.filter(**chosen, **owned))
        text = f"{count} batch{'' if count == 1 else 'es'} requeued"
        self.stdout.write(json_text.dumps({"requeued": count}) if json else text)
