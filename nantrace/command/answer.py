"""The commands on files: each writes one report and returns its exit code."""

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nantrace.command.arguments import csv_format
from nantrace.packages import MissingPackageError, need
from nantrace.replay.replay_errors import ReplayError
from nantrace.replay.replayer import Replayer
from nantrace.report.report import Report
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensors

WRONG_CALL, INTERRUPTED = 2, 130
UNUSABLE = (Refusal, ReplayError, MissingPackageError)
"""What makes a call one that cannot be used; their text is one line for a person."""

Options = Mapping[str, Any]
Json = dict[str, Any]
VARIANTS = {
    "graph": "replaying the rows",
    "tapped": "measuring every layer",
    "eager": "replaying op by op",
    "float32": "replaying in float32",
    "float64": "replaying in float64",
}
METHODS = {
    "trace": "following bad values back",
    "experiment": "changing the model and replaying",
    "audit": "examining the model",
}


class NarratedReplayer(Replayer):
    """Calls `say` with the next step in words before each of them."""

    say: Callable[[str], None] | None = None

    def ask(
        self,
        artifact: Path,
        flags: str,
        request: Json,
        tensors: Tensors,
        limit: float | None = None,
        signature: str = "",
    ) -> tuple[Json, Tensors]:
        """See `Replayer.ask`."""
        if self.say is not None:
            step = METHODS.get(request["method"]) or VARIANTS.get(request.get("variant", ""), "replaying the rows")
            self.say(f"{step}, {tensors.rows:,} at once" if tensors.rows > 1 else step)
        return super().ask(artifact, flags, request, tensors, limit, signature)


Start = Callable[[bool], NarratedReplayer]
"""Makes a replayer; True: the caller of the command trusts the model."""


def diagnose(options: Options, start: Start, colour: bool | None = None) -> int:
    """0: nothing found, 1: incidents. Raises UNUSABLE."""
    with _narrated(options, start) as replayer:
        from nantrace.library.diagnosing import DiagnosisCall
        from nantrace.library.diagnosing import diagnose as answer

        names = ("reference", "outputs", "metadata", "environment")
        given = {name: options[name] for name in names}
        call = DiagnosisCall(options["model"], options["inputs"], csv=csv_format(options), **given)
        report = answer(call, replayer)
    return _shown(report, options, colour)


def drift(options: Options, colour: bool | None = None) -> int:
    """0: no drift, 1: an alarm or a named fault. Raises UNUSABLE."""
    from nantrace.drift.row_order import RowOrder
    from nantrace.library.comparing import compare_rows

    order = RowOrder(options["iid"], options["time"])
    report = compare_rows(options["reference"], options["current"], options["metadata"], order, csv_format(options))
    return _shown(report, options, colour)


def audit(options: Options, start: Start, colour: bool | None = None) -> int:
    """0: passed, 1: findings. Raises UNUSABLE."""
    with _narrated(options, start) as replayer:
        from nantrace.library.auditing import AuditCall, audit_model

        call = AuditCall(options["model"], options["reference"], options["metadata"], csv=csv_format(options))
        report = audit_model(call, replayer)
    return _shown(report, options, colour)


@contextmanager
def _narrated(options: Options, start: Start) -> Iterator[NarratedReplayer]:
    """Everything else is imported and read while a process of its own imports TensorFlow."""
    need("tensorflow", "replaying a model")
    replayer = start(options["trust_model"])
    try:
        replayer.warm_up()
        if not sys.stderr.isatty():
            yield replayer
            return
        from nantrace.command.progress import step_progress

        with step_progress(f"loading TensorFlow and {options['model'].name}") as replayer.say:
            yield replayer
    finally:
        replayer.close()


def unforeseen(error: Exception) -> str:
    """One line about an error of this program, with the place that a maintainer asks for.

    It must never end a command with 1, which says that something was found in the rows.
    """
    place = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return (
        f"an error of this program, not of the model or the rows: {what} ({Path(place.filename).name}:{place.lineno})"
    )


def _shown(report: Report, options: Options, colour: bool | None) -> int:
    for note in report.notes:
        sys.stderr.write(f"{note}\n")
    if options["json"]:
        sys.stdout.write(json.dumps(report.to_dict(), allow_nan=False) + "\n")
    else:
        report.print(colour)
    return int(report.found)
