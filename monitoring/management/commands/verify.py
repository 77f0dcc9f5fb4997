"""`manage.py verify`: the gate of a deployment pipeline."""

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from ingest.models import Model
from monitoring.models import Incident
from monitoring.terminal.verification_report import print_verdicts, verdict_document
from monitoring.verification import IncidentVerdict, verifiable, verify
from monitoring.versions.artifacts import OPERATORS_WAY_OUT
from nantrace.command.progress import row_progress
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.library.model_file import opened_model
from nantrace.replay.replay_errors import ReplayError
from nantrace.replay.replayer import Replayer
from nantrace.tensors.refusals import NotFound, Refusal

WRONG_CALL = 2
RETENTION = "NANWATCH_RETENTION_DAYS sets how long rows are kept"


class Command(BaseCommand):
    """Exit 0: every row is cured. 1: some are not. 2: the call or the file cannot be used."""

    help = "Replays the stored failing rows of a model's incidents through a new model file."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=Path, help=".keras, .h5, SavedModel directory, .zip or .tar.gz")
        parser.add_argument("--for", dest="name", required=True, metavar="NAME", help="the registered model's name")
        parser.add_argument("--project", help="where several projects own a model of that name")
        every = "these instead of all that are open or resolved"
        parser.add_argument("--incident", nargs="+", action="extend", default=[], metavar="ID", help=every)
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, **options: Any) -> None:
        try:
            verdicts = _verified(options)
        except (Refusal, ReplayError) as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        except DatabaseError as error:
            message = f"the database does not answer as it should ({error}); `manage.py migrate` makes its tables"
            raise CommandError(message, returncode=WRONG_CALL) from error
        if options["json"]:
            self.stdout.write(json.dumps(verdict_document(verdicts), allow_nan=False))
        else:
            print_verdicts(options["name"], verdicts)
        if not all(verdict.is_cured for verdict in verdicts):
            sys.exit(1)


def _verified(options: dict[str, Any]) -> list[IncidentVerdict]:
    model = _registered(options["name"], options["project"])
    incidents = _incidents(model, options["incident"])
    with ExitStack() as stack:
        replayer = Replayer(sandbox=settings.NANWATCH_SANDBOX, way_out=OPERATORS_WAY_OUT)
        stack.callback(replayer.close)
        replayer.warm_up()  # TensorFlow is imported while the file is unpacked
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nanwatch-verify-"))
        laboratory = ReplayLaboratory(replayer, opened_model(options["model"], Path(folder)))
        laboratory.facts()  # a file that is no model is a wrong call, with or without incidents
        verdicts = _judged(incidents, laboratory)
    empty = [verdict.incident.short_id for verdict in verdicts if not verdict.rows]
    if empty and (options["incident"] or len(empty) == len(verdicts)):
        message = f"no failing row of {', '.join(empty)} is still stored, so nothing can be replayed; {RETENTION}"
        raise NotFound("--incident", message)
    return verdicts


def _judged(incidents: Sequence[Incident], laboratory: ReplayLaboratory) -> list[IncidentVerdict]:
    verdicts = []
    with row_progress(sum(incident.rows for incident in incidents)) as progress:
        for incident in incidents:
            verdicts.append(verify(incident, laboratory, progress.within(incident.short_id)))
            progress.finish(incident.rows)
    return verdicts


def _registered(name: str, project: str | None) -> Model:
    models = Model.objects.filter(name=name).select_related("project").order_by("project__name")
    found = list(models.filter(project__name=project) if project else models)
    if not found:
        where = f" in the project {project}" if project else ""
        raise NotFound("--for", f"no model is called {name}{where}; {_names(project)}")
    if len(found) > 1:
        owners = ", ".join(model.project.name for model in found)
        raise NotFound("--project", f"say which project's {name} is meant: {owners}")
    return found[0]


def _names(project: str | None) -> str:
    models = Model.objects.filter(project__name=project) if project else Model.objects.all()
    names = sorted(set(models.values_list("name", flat=True)))
    return f"registered are {', '.join(names[:20])}" if names else "none is registered yet"


def _incidents(model: Model, wanted: Sequence[str]) -> list[Incident]:
    if not wanted:
        return list(verifiable(model))
    found = {incident.short_id: incident for incident in model.incidents.filter(short_id__in=wanted)}
    for short_id in wanted:
        if short_id not in found:
            raise NotFound("--incident", f"{model.name} has no incident {short_id}")
        if found[short_id].symptom == "drift":
            raise Refusal("--incident", f"{short_id} is drift: it has no failing rows that a model could cure")
    return [found[short_id] for short_id in dict.fromkeys(wanted)]
