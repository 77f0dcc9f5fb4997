"""`/register`: a model file from the browser; for an incident also the replay of its rows through the new version."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from ingest.api.problems import status_of
from ingest.limits import MAX_FILE_BYTES
from ingest.models import ModelVersion
from ingest.registry.form import bound_form, registration_of
from ingest.registry.register import register_model
from monitoring.models import Incident
from monitoring.verification import request_verification
from monitoring.web.pages.projects import required_project, visible_incident
from nantrace.tensors.plain_text import without_nul
from nantrace.tensors.refusals import Refusal

OF_THE_PAGE = ("csrfmiddlewaretoken", "incident")


@csrf_exempt  # only until the form is bounded: the token is in it, and is asked for by `_registered`
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: registers, and shows the version, or the incident that it is to cure."""
    if request.method != "POST":
        return _form(request, request.GET)
    try:
        bound_form(request)
    except Refusal as refusal:
        return _form(request, QueryDict(), refusal)
    try:
        return _registered(request)
    except Refusal as refusal:
        return _form(request, request.POST, refusal)


@csrf_protect
def _registered(request: HttpRequest) -> HttpResponse:
    incident = _incident(request, request.POST)
    project = incident.project if incident else required_project(request)
    form = request.POST.copy()
    for name in OF_THE_PAGE:
        form.pop(name, None)
    version, is_new = register_model(project, registration_of(form, request.FILES))
    messages.success(request, _what_happened(version, is_new=is_new))
    if incident is None or incident.model_id != version.model_id or incident.last_version_id == version.pk:
        return redirect("version", name=version.model.name, version=version.version)
    request_verification(incident, version, cast("User", request.user))
    return redirect("incident", short_id=incident.short_id)


def _what_happened(version: ModelVersion, *, is_new: bool) -> str:
    if is_new:
        return f"{version} is registered; a worker looks at it now."
    return f"{version} was registered before, with the same files."


def _incident(request: HttpRequest, fields: QueryDict) -> Incident | None:
    short_id = without_nul(fields.get("incident", ""))
    return visible_incident(request, short_id) if short_id else None


def _form(request: HttpRequest, fields: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    incident = _incident(request, fields)
    context: dict[str, Any] = {
        "project": incident.project if incident else required_project(request),
        "incident": incident,
        "name": fields.get("name") or (incident.model.name if incident else ""),
        "version": fields.get("version", ""),
        "metadata": fields.get("metadata", ""),
        "refusal": refusal,
        "largest": MAX_FILE_BYTES,
        "base_url": settings.NANWATCH_BASE_URL,
    }
    return render(request, "models/register.html", context, status=status_of(refusal) if refusal else 200)
