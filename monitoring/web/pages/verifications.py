"""The form on an incident's page that replays its rows through another version, and its answers."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ingest.models import ModelVersion
from monitoring.models import Incident, OrderState, Verification
from monitoring.verification import request_verification
from monitoring.web.pages.projects import visible_incident
from nantrace.tensors.plain_text import without_nul

MOST_SHOWN = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verifications(request: HttpRequest, short_id: str) -> HttpResponse:
    """GET: the latest answers, for htmx. POST: orders one for the version that the form names."""
    incident = visible_incident(request, short_id)
    if request.method != "POST":
        return _part(request, incident)
    wanted = without_nul(request.POST.get("version", ""))
    version = _candidates(incident).filter(version=wanted).first()
    if version is None:
        return HttpResponseBadRequest(f"{incident.model.name} has no other version {wanted[:100]!r} to verify")
    request_verification(incident, version, cast("User", request.user))
    return _part(request, incident) if request.headers.get("HX-Request") else redirect("incident", short_id=short_id)


def _part(request: HttpRequest, incident: Incident) -> HttpResponse:
    context = {"incident": incident, **verification_context(incident)}
    return render(request, "incidents/_answers.html", context)


def verification_context(incident: Incident) -> dict[str, object]:
    """What an incident's page shows: the versions to choose from, newest first, and the latest answers.

    `waiting` while one is still to come.
    """
    latest: list[Verification] = list(incident.verifications.select_related("version")[:MOST_SHOWN])
    return {
        "candidates": list(_candidates(incident).values_list("version", flat=True)),
        "verifications": latest,
        "waiting": any(one.state == OrderState.WAITING for one in latest),
        "verify_file": f"manage.py verify model.keras --for {incident.model.name} --incident {incident.short_id}",
    }


def _candidates(incident: Incident) -> QuerySet[ModelVersion]:
    """Registered versions of the model other than the one that failed last."""
    others = incident.model.versions.exclude(pk=incident.last_version_id)
    return others.order_by("-created_at", "-pk")
