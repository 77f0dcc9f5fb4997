"""Which incidents a list shows: by state, by what they are, and by any text of theirs."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from ingest.models import Batch, Project
from monitoring.models import Incident, IncidentEvent, IncidentHit, IncidentState
from nantrace import vocabulary
from nantrace.tensors.plain_text import without_nul

ANY_STATE = "all"
FILTERS = {"model": "model__name", "severity": "severity", "cause": "cause", "symptom": "symptom"}
SEARCHED_BATCHES = 5_000  # the newest, for ids of rows: no index finds a part of one


def chosen_filters(asked: QueryDict) -> dict[str, str]:
    """What was asked for by name; open incidents where nothing was said of their state."""
    chosen = {name: without_nul(asked.get(name, "")).strip() for name in (*FILTERS, "state", "q")}
    return {**chosen, "state": chosen["state"] or IncidentState.OPEN.value}


def as_query(chosen: Mapping[str, str], **changed: str) -> str:
    """The address of such a list, without what is empty."""
    return urlencode({name: value for name, value in {**chosen, **changed}.items() if value})


def matching(project: Project, chosen: Mapping[str, str]) -> QuerySet[Incident]:
    """The incidents of a project that the filters leave, newest first."""
    wanted: dict[str, Any] = {column: chosen[name] for name, column in FILTERS.items() if chosen[name]}
    if chosen["cause"] == vocabulary.NO_CAUSE:
        wanted["cause"] = ""
    if chosen["state"] != ANY_STATE:
        wanted["state"] = chosen["state"]
    found = Incident.objects.filter(project=project, **wanted)
    return _with_text(found, project, chosen["q"]) if chosen["q"] else found


def _with_text(incidents: QuerySet[Incident], project: Project, text: str) -> QuerySet[Incident]:
    """In their id or title, in what was found (features, layers), in what people wrote, or in the id of a row."""
    comments = IncidentEvent.objects.filter(incident=OuterRef("pk"), reason__icontains=text)
    newest = Batch.objects.filter(project=project, hits__isnull=False).order_by("-received_at").values("pk")
    rows = Batch.objects.filter(pk__in=newest[:SEARCHED_BATCHES], row_ids__icontains=text).values("pk")
    hits = IncidentHit.objects.filter(incident=OuterRef("pk"), batch__in=rows)
    own = Q(short_id__icontains=text) | Q(title__icontains=text) | Q(report__icontains=text)
    return incidents.filter(own | Exists(comments) | Exists(hits))
