"""The registry as pages: models, one model, one version with its batches."""

from typing import TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import models
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ingest.models import Batch, BatchState, Model, ModelVersion, Project
from monitoring.models import AuditState, Incident, VersionProfile
from monitoring.traffic.unanswered_requests import unanswered_of
from monitoring.web.pages.drift_summary import drift_summary
from monitoring.web.pages.overview import traffic
from monitoring.web.pages.paging import page_of
from monitoring.web.pages.projects import current_project, look_at, visible_projects
from monitoring.web.pages.reference_table import reference_tables
from monitoring.web.pages.sampling import sampling_of

NEWEST = 25
Owned = TypeVar("Owned", bound=models.Model)


@login_required
@require_safe
def model_list(request: HttpRequest) -> HttpResponse:
    """Every model of a project with its traffic."""
    project = current_project(request)
    if project is None:
        return render(request, "no_project.html")
    return render(request, "models/list.html", {"traffic": traffic(project), "base_url": settings.NANWATCH_BASE_URL})


@login_required
@require_safe
def model_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One model: its versions and its incidents."""
    model = _of_visible_project(
        request, Model.objects.select_related("project").filter(name=name), "project", f"no model {name}"
    )
    look_at(request, model.project)
    versions = model.versions.annotate(
        batch_count=Count("batches", filter=Q(batches__rows__gt=0)),
        audit=Coalesce("profile__audit_state", Value(str(AuditState.PENDING))),
    ).order_by("-created_at", "-id")
    context = {
        "model": model,
        "versions": page_of(request, versions),
        "incidents": _newest_incidents(Incident.objects.filter(model=model)),
        "traffic": next(one for one in traffic(model.project) if one.model == model),
    }
    return render(request, "models/detail.html", context)


@login_required
@require_safe
def version_detail(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """One version: metadata, audit, reference, batches and incidents."""
    one = visible_version(request, name, version)
    profile = VersionProfile.objects.filter(version=one).first()
    context = {
        "version": one,
        "profile": profile,
        "audit": profile.audit_state if profile else AuditState.PENDING.value,
        "reference": reference_tables(profile.reference if profile else None, one.metadata),
        "unanswered": unanswered_of(one),
        "quarantined": _batches(one).filter(state=BatchState.QUARANTINED)[:NEWEST],
        "batches": page_of(request, _batches(one), NEWEST),
        "incidents": _newest_incidents(Incident.objects.filter(hits__version=one).distinct()),
        "drift": drift_summary(one),
        "sampling": sampling_of(one),
    }
    return render(request, "models/version.html", context)


def visible_version(request: HttpRequest, name: str, version: str) -> ModelVersion:
    """The version in the project that is looked at, else in another one of the person's projects."""
    found = ModelVersion.objects.select_related("model__project").filter(model__name=name, version=version)
    one = _of_visible_project(request, found, "model__project", f"no version {version} of a model {name}")
    look_at(request, one.model.project)
    return one


def _batches(version: ModelVersion) -> QuerySet[Batch]:
    """Those with rows; what carried counts alone shows in the sums."""
    return version.batches.filter(rows__gt=0).defer("payload").order_by("-received_at", "-id")


def _newest_incidents(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    return incidents.select_related("model", "last_version")[:NEWEST]


def _of_visible_project(request: HttpRequest, found: QuerySet[Owned], owner: str, missing: str) -> Owned:
    """The one in the project that is looked at, else in another one of the person's projects."""
    project: Project | None = current_project(request)
    visible = found.filter(**{f"{owner}__in": visible_projects(request.user)})
    one = visible.filter(**{owner: project}).first() or visible.first()
    if one is None:
        raise Http404(f"There is {missing} in your projects")
    return one
