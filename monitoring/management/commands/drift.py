"""`manage.py drift`: drift and its faults in files, no database, no server."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nantrace.tensors.refusals import Refusal

WRONG_CALL = 2
ROWS = ".npz, .npy, .csv or .parquet"


class Command(BaseCommand):
    """Exit 0: no drift. 1: an alarm or a named fault. 2: the call or the files cannot be used."""

    help = "Compares rows with a reference, and names what was done to them."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", type=Path, metavar="REF", help=f"training inputs: {ROWS}")
        parser.add_argument("current", type=Path, metavar="CURRENT", help=f"the rows to compare with them: {ROWS}")
        parser.add_argument("--metadata", type=Path, help="JSON: features, preprocessing")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, **options: Any) -> None:
        from nantrace.command.drift_files import compare_files

        try:
            compared = compare_files(options["reference"], options["current"], options["metadata"])
        except Refusal as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        for note in compared.notes:
            self.stderr.write(note)
        comparison = compared.comparison
        if options["json"]:
            self.stdout.write(json.dumps(comparison.document(), allow_nan=False))
        else:
            from nantrace.report.drift_text import print_drift

            print_drift(comparison, False if options["no_color"] else options["force_color"] or None)
        if comparison.alarms or comparison.faults:
            sys.exit(1)
