"""`GET /incidents`, `GET` and `PATCH /incidents/{id}`, `GET /incidents/{id}/reproduction`."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.keys import project_of
from ingest.models import ApiKey, Scope
from monitoring.drift_hours.new_normal import accept, withdraw
from monitoring.incidents import change_state
from monitoring.incidents.related import related_to_each
from monitoring.models import Incident, IncidentHit, IncidentState
from monitoring.reproduction import NothingKept, download
from monitoring.web.api import documentation
from monitoring.web.api.incident_document import documented_incidents, incident_document, incident_summary
from monitoring.web.paging import NewestFirst
from nantrace.severity import SEVERITIES
from nantrace.tensors.refusals import Malformed, Refusal
from nantrace.vocabulary import CAUSES, SYMPTOMS

CHOICES: dict[str, Collection[str]] = {
    "state": IncidentState.values,
    "severity": SEVERITIES,
    "cause": CAUSES,
    "symptom": SYMPTOMS,
}


class Incidents(APIView):
    """The incidents of the key's project."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(**documentation.LIST_INCIDENTS)
    def get(self, request: Request) -> Response:
        """Incidents, newest first, without their rows."""
        wanted = _wanted(request.query_params.dict())
        pages = NewestFirst()
        found = documented_incidents(project_of(request)).filter(wanted)
        page = pages.paginate_queryset(found, request, view=self) or []
        same_fault = related_to_each(page)
        return pages.get_paginated_response([incident_summary(one, same_fault[one.pk]) for one in page])


class OneIncident(APIView):
    """One incident of the key's project."""

    required_scopes = {"GET": Scope.READ, "PATCH": Scope.INCIDENTS}

    @extend_schema(**documentation.GET_INCIDENT)
    def get(self, request: Request, short_id: str) -> Response:
        """The incident with up to 20 failing rows."""
        return Response(incident_document(_incident(request, short_id)))

    @extend_schema(**documentation.PATCH_INCIDENT)
    def patch(self, request: Request, short_id: str) -> Response:
        """Resolves, ignores or reopens the incident."""
        incident = _incident(request, short_id)
        change_state(incident, _state(request.data), reason="through the API")
        return Response(incident_document(incident))


class NewNormalOfIncident(APIView):
    """Whether the hours of a drift are what its features are judged against."""

    required_scopes = {"PUT": Scope.INCIDENTS, "DELETE": Scope.INCIDENTS}

    @extend_schema(**documentation.ACCEPT_NEW_NORMAL)
    def put(self, request: Request, short_id: str) -> Response:
        """Accepts the newest hours of a drift as the new normal, with a reason, and resolves the incident."""
        incident = _incident(request, short_id)
        accept(incident, None, _signed_reason(request))
        return Response(incident_document(incident))

    @extend_schema(**documentation.WITHDRAW_NEW_NORMAL)
    def delete(self, request: Request, short_id: str) -> Response:
        """Takes back what was accepted last, with a reason, and reopens the incident."""
        incident = _incident(request, short_id)
        withdraw(incident, None, _signed_reason(request))
        return Response(incident_document(incident))


class WhateverIsAccepted(BaseContentNegotiation):
    """The file is a zip and a problem is JSON, whatever the caller would rather have."""

    def select_parser(self, _request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, _request: Request, renderers: Any, _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class Reproduction(APIView):
    """A self-contained folder that shows the incident with plain TensorFlow."""

    required_scopes = {"GET": Scope.READ}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(**documentation.GET_REPRODUCTION)
    def get(self, request: Request, short_id: str) -> HttpResponse:
        """A zip file: a script, up to 20 failing rows, and what is claimed about them."""
        try:
            return download(_incident(request, short_id))
        except NothingKept as error:
            raise Http404(str(error)) from error


def _incident(request: Request, short_id: str) -> Incident:
    incident = documented_incidents(project_of(request)).filter(short_id=short_id).first()
    if incident is None:
        raise Http404(f"There is no incident {short_id} in this project.")
    return incident


def _wanted(parameters: dict[str, str]) -> Q:
    """The filter of a query string; raises Malformed naming the parameter whose value cannot be."""
    given = {name: value for name, value in parameters.items() if value}
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            raise Malformed(name, f"is {given[name]!r}; it must be one of {', '.join(choices)}")
    wanted = Q(**{name: given[name] for name in CHOICES if name in given})
    if "model" in given:
        wanted &= Q(model__name=_text("model", given["model"]))
    if "version" in given:
        hits = IncidentHit.objects.filter(version__version=_text("version", given["version"]))
        wanted &= Q(pk__in=hits.values("incident"))
    return wanted


def _text(name: str, value: str) -> str:
    if "\x00" in value:
        raise Malformed(name, "holds a NUL character")
    return value


def _signed_reason(request: Request) -> str:
    """The reason with the name of the key; empty without a reason, which is refused by those who want one."""
    reason = request.data.get("reason") if isinstance(request.data, dict) else None
    key = request.auth
    if not isinstance(reason, str) or not reason.strip() or "\x00" in reason or not isinstance(key, ApiKey):
        return ""
    return f"{reason.strip()} (through the API, key {key.name})"


def _state(body: Any) -> IncidentState:
    state = body.get("state") if isinstance(body, dict) else None
    if not isinstance(state, str) or state not in IncidentState.values:
        raise Refusal("state", f"must be one of {', '.join(IncidentState.values)}")
    return IncidentState(state)
