"""The form on an incident's page that replays its rows through another version, and its answers."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monitoring.models import Incident
from monitoring.verification import request_verification
from monitoring.web.pages.incidents import visible_incident
from monitoring.web.pages.verification_context import candidates, verification_context


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verifications(request: HttpRequest, short_id: str) -> HttpResponse:
    """GET: the latest answers, for htmx. POST: orders one for the version that the form names."""
    incident = visible_incident(request, short_id)
    if request.method != "POST":
        return _part(request, incident)
    wanted = request.POST.get("version", "").replace("\x00", "")
    version = candidates(incident).filter(version=wanted).first()
    if version is None:
        return HttpResponseBadRequest(f"{incident.model.name} has no other version {wanted[:100]!r} to verify")
    request_verification(incident, version, cast("User", request.user))
    return _part(request, incident) if request.headers.get("HX-Request") else redirect("incident", short_id=short_id)


def _part(request: HttpRequest, incident: Incident) -> HttpResponse:
    context = {"incident": incident, **verification_context(incident)}
    return render(request, "incidents/_answers.html", context)
