"""The registry as pages: models, one model, one version with its batches."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ingest.models import Batch, ModelVersion
from monitoring.models import AuditState, DriftSample, Incident, VersionProfile
from monitoring.queue.requeue import given_up, requeue
from monitoring.traffic.version_traffic import sampling_of, unanswered_of
from monitoring.web.pages.drift_report import DriftReport, Row, drift_report
from monitoring.web.pages.overview import traffic
from monitoring.web.pages.projects import current_project, visible_model, visible_version
from monitoring.web.paging import page_of
from nantrace.feature import FeatureNames
from nantrace.reference import FeatureReference, Reference

NEWEST = 25
MOVED_MOST = 5


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
    model = visible_model(request, name)
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
        "reference": _reference_tables(profile.reference if profile else None, one.named_metadata),
        "unanswered": unanswered_of(one),
        "given_up": given_up(_batches(one))[:NEWEST],
        "batches": page_of(request, _batches(one), NEWEST),
        "incidents": _newest_incidents(Incident.objects.filter(hits__version=one).distinct()),
        "drift": _drift_summary(one),
        "sampling": sampling_of(one),
    }
    return render(request, "models/version.html", context)


@login_required
@require_POST
def requeue_batches(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """Lets the batches of a version that were given up wait once more, and shows the version."""
    one = visible_version(request, name, version)
    requeue(one.batches.all())
    return redirect("version", name=name, version=version)


def _batches(version: ModelVersion) -> QuerySet[Batch]:
    """Those with rows; what carried counts alone shows in the sums."""
    return version.batches.filter(rows__gt=0).defer("payload").order_by("-received_at", "-id")


def _newest_incidents(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    return incidents.select_related("model", "last_version")[:NEWEST]


@dataclass(frozen=True)
class InputTable:
    """The statistics of one input: its per-row shape in words, and (name, statistics) per feature."""

    input: str
    shape: str
    features: list[tuple[str, FeatureReference]]


def _reference_tables(stored: dict[str, Any] | None, metadata: dict[str, Any]) -> list[InputTable]:
    """Tables of a stored `Reference.as_json()`; none without a reference."""
    if not stored:
        return []
    inputs = Reference.from_json(stored).inputs
    names = FeatureNames.of(metadata, list(inputs))
    return [
        InputTable(
            name,
            " \N{MULTIPLICATION SIGN} ".join(str(size) for size in one.shape) or "scalar",
            [(names.name(name, i, only=len(one.features) == 1), known) for i, known in enumerate(one.features)],
        )
        for name, one in inputs.items()
    ]


@dataclass(frozen=True)
class DriftSummary:
    """`report` is None while there is no reference; `gathered` rows are put aside for one."""

    report: DriftReport | None
    rows: list[Row]
    gathered: int


def _drift_summary(version: ModelVersion) -> DriftSummary:
    report = drift_report(version, "24h")
    if report is None:
        sample = DriftSample.objects.filter(version=version, hour=None).values_list("rows", flat=True).first()
        return DriftSummary(None, [], sample or 0)
    rows = [report.row(number) for number in report.order("moved", "")[:MOVED_MOST]] if report.rows else []
    return DriftSummary(report, rows, 0)
