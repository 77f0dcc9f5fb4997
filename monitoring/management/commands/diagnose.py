"""`manage.py diagnose`: the whole diagnosis offline, no database, no server."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ingest.artifacts import format_of, unpack
from ingest.codecs.files import read_table
from ingest.refusals import Refusal
from monitoring.diagnosis.finding import Finding
from monitoring.examination import Rows, examine, reference_of
from monitoring.incidents.strict import strict_report
from monitoring.replay.replayer import Replayer, ReplayError
from monitoring.reporting import print_report

WRONG_CALL = 2


class Command(BaseCommand):
    """Exit 0: nothing found. 1: incidents. 2: the call or the files cannot be used."""

    help = "Replays rows through a Keras model and tells why any of them fails."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=Path, help=".keras, .h5, SavedModel directory, .zip or .tar.gz")
        parser.add_argument("--inputs", type=Path, required=True, help=".npz, .npy, .csv or .parquet")
        parser.add_argument("--reference", type=Path, help="training inputs, as the model received them")
        parser.add_argument("--outputs", type=Path, help="what serving answered")
        parser.add_argument("--metadata", type=Path, help="JSON: features, preprocessing")
        parser.add_argument("--environment", type=Path, help="JSON: tensorflow, keras, device, ...")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, **options: Any) -> None:
        replayer = Replayer(sandbox=settings.NANWATCH_SANDBOX)
        replayer.warm_up()  # TensorFlow is imported while the files are read
        try:
            with tempfile.TemporaryDirectory(prefix="nanwatch-diagnose-") as folder:
                rows, findings = _diagnosed(replayer, options, Path(folder))
        except (Refusal, ReplayError, OSError, ValueError) as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        finally:
            replayer.close()
        if options["json"]:
            told = {"rows": rows, "incidents": [strict_report(finding) for finding in findings]}
            self.stdout.write(json.dumps(told, allow_nan=False))
        else:
            print_report(rows, findings)
        if findings:
            sys.exit(1)


def _diagnosed(replayer: Replayer, options: dict[str, Any], folder: Path) -> tuple[int, list[Finding]]:
    artifact = _artifact(options["model"], folder)
    inputs = read_table(options["inputs"], "inputs")
    served = read_table(options["outputs"], "outputs") if options["outputs"] else None
    rows = Rows(inputs, served, _json(options["environment"], "environment"))
    reference = None
    if options["reference"]:
        reference = reference_of(replayer, artifact, read_table(options["reference"], "reference"))
    return inputs.rows, examine(replayer, artifact, rows, reference, _json(options["metadata"], "metadata"))


def _artifact(path: Path, folder: Path) -> Path:
    if path.is_dir():
        return path.resolve()
    with path.open("rb") as file:
        return unpack(file, format_of(file), folder)


def _json(path: Path | None, name: str) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        told = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"--{name} {path}: is no JSON ({error})") from None
    if not isinstance(told, dict):
        raise ValueError(f"--{name} {path}: must hold a JSON object")  # noqa: TRY004 - the message is for a person
    return told
