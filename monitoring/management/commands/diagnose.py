"""`manage.py diagnose`: the whole diagnosis offline, no database, no server."""

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from nantrace.command.narration import NarratedReplayer
from nantrace.replay.replayer import ReplayError
from nantrace.tensors.refusals import Refusal

if TYPE_CHECKING:
    from nantrace.command.diagnose_files import Diagnosed

WRONG_CALL, INTERRUPTED = 2, 130
FILES = {
    "--reference": "training inputs, as the model received them",
    "--outputs": "what serving answered",
    "--metadata": "JSON: features, preprocessing",
    "--environment": "JSON: tensorflow, keras, device, ...",
}


class Command(BaseCommand):
    """Exit 0: nothing found. 1: incidents. 2: the call or the files cannot be used."""

    help = "Replays rows through a Keras model and says why any of them fails."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=Path, help=".keras, .h5, SavedModel directory, .zip or .tar.gz")
        parser.add_argument("--inputs", type=Path, required=True, help="rows: .npz, .npy, .csv or .parquet")
        for name, meaning in FILES.items():
            parser.add_argument(name, type=Path, help=meaning)
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, **options: Any) -> None:
        try:
            diagnosed = _diagnosed(options)
        except (Refusal, ReplayError) as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        if options["json"]:
            self._print_json(diagnosed)
        else:
            from nantrace.report.diagnosis_text import print_report

            colour = False if options["no_color"] else options["force_color"] or None
            print_report(diagnosed.rows, diagnosed.findings, colour)
        if diagnosed.findings:
            sys.exit(1)

    def _print_json(self, diagnosed: "Diagnosed") -> None:
        from monitoring.incidents.strict import strict_report

        document = {"rows": diagnosed.rows, "incidents": [strict_report(finding) for finding in diagnosed.findings]}
        self.stdout.write(json.dumps(document, allow_nan=False))


def _diagnosed(options: dict[str, Any]) -> "Diagnosed":
    """Everything else is imported and read while a process of its own imports TensorFlow."""
    with ExitStack() as stack:
        replayer = NarratedReplayer(sandbox=settings.NANWATCH_SANDBOX)
        stack.callback(replayer.close)
        replayer.warm_up()
        if sys.stderr.isatty():
            from nantrace.command.progress import narrated

            stack.enter_context(narrated(replayer, f"loading TensorFlow and {options['model'].name}"))
        from nantrace.command.diagnose_files import Files, diagnose_files

        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nanwatch-diagnose-"))
        files = Files(*(options[name] for name in ("model", "inputs", *(name[2:] for name in FILES))))
        return diagnose_files(replayer, files, Path(folder))
