"""The drift of a version: its features, those that moved most first, and one feature over time."""

from collections.abc import Collection
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ingest.models import ModelVersion
from monitoring.models import Incident
from monitoring.web.pages.drift_feature import feature_story
from monitoring.web.pages.drift_report import SORTS, SPANS, DriftReport, drift_report
from monitoring.web.pages.models import visible_version
from nantrace.feature import FeatureKey

FEATURES_A_PAGE = 25
NEWEST = 5


@login_required
@require_safe
@vary_on_headers("HX-Request")
def drift(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """All watched features; htmx asks for the list alone."""
    one = visible_version(request, name, version)
    span, sort = _choice(request, "span", "24h", SPANS), _choice(request, "sort", "moved", SORTS)
    search = request.GET.get("feature", "")[:200]
    report = drift_report(one, span)
    context: dict[str, object] = {"version": one, "report": report, "span": span, "spans": SPANS, "sorts": SORTS}
    if report is not None:
        page = Paginator(report.order(sort, search), FEATURES_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "rows": [report.row(number) for number in page.object_list],
            "sort": sort,
            "search": search,
            "query": urlencode({"span": span, "sort": sort, "feature": search}),
            "incidents": drift_incidents(one),
        }
    partial = request.headers.get("HX-Target") == "features"
    return render(request, "models/_drift_features.html" if partial else "models/drift.html", context)


@login_required
@require_safe
def drift_feature(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """One feature: its distribution, its statistics over time, its alarms and faults."""
    one = visible_version(request, name, version)
    span = _choice(request, "span", "24h", SPANS)
    report = drift_report(one, span)
    number = None if report is None else _number(report, request)
    if report is None or number is None:
        raise Http404("No such feature of this version is watched")
    context = {"version": one, "report": report, "span": span, "spans": SPANS, "story": feature_story(report, number)}
    return render(request, "models/drift_feature.html", context)


def drift_incidents(version: ModelVersion) -> list[Incident]:
    """The drift incidents that this version hit last."""
    hit = Incident.objects.filter(symptom="drift", hits__version=version).distinct()
    return list(hit.select_related("model", "last_version")[:NEWEST])


def _number(report: DriftReport, request: HttpRequest) -> int | None:
    index = request.GET.get("index", "")
    if not (index.isascii() and index.isdecimal() and len(index) < 10):
        return None
    key = FeatureKey(request.GET.get("side", "inputs"), request.GET.get("tensor", ""), int(index))
    return report.features.number(key)


def _choice(request: HttpRequest, field: str, usual: str, choices: Collection[str]) -> str:
    chosen = request.GET.get(field, usual)
    return chosen if chosen in choices else usual
