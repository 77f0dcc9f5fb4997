"""The drift of a version: its features, those that moved most first, and one feature over time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ingest.models import ModelVersion
from monitoring.drift_hours.new_normal import accepted_of_version
from monitoring.models import Incident
from monitoring.web.pages.charts import Course, CoursePoint, course
from monitoring.web.pages.drift_report import SORTS, SPANS, DriftReport, Row, before_report, drift_report
from monitoring.web.pages.new_normal import shown
from monitoring.web.pages.projects import visible_version
from nantrace.drift.judgement import features_of
from nantrace.drift.statistics import STATISTICS, measure
from nantrace.feature import FeatureKey

FEATURES_A_PAGE = 25
NEWEST = 5
MOST_MOVED = 5
LARGE = (720, 180)
CHART = (480, 90)
SMALLEST_TOP = 1e-12


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
            "normals": shown(accepted_of_version(one)),
            **_compared_with_before(one),
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
    context = {"version": one, "report": report, "span": span, "spans": SPANS, "story": _feature_story(report, number)}
    return render(request, "models/drift_feature.html", context)


def drift_incidents(version: ModelVersion) -> list[Incident]:
    """The drift incidents that this version hit last."""
    hit = Incident.objects.filter(symptom="drift", hits__version=version).distinct()
    return list(hit.select_related("model", "last_version")[:NEWEST])


def _compared_with_before(version: ModelVersion) -> dict[str, object]:
    """A version's first day next to the version before: the features that moved most."""
    report = before_report(version)
    if report is None:
        return {}
    return {"before": report, "before_rows": [report.row(number) for number in report.order("moved", "")[:MOST_MOVED]]}


def _number(report: DriftReport, request: HttpRequest) -> int | None:
    index = request.GET.get("index", "")
    if not (index.isascii() and index.isdecimal() and len(index) < 10):
        return None
    key = FeatureKey(request.GET.get("side", "inputs"), request.GET.get("tensor", ""), int(index))
    return report.features.number(key)


def _choice(request: HttpRequest, field: str, usual: str, choices: Collection[str]) -> str:
    chosen = request.GET.get(field, usual)
    return chosen if chosen in choices else usual


@dataclass(frozen=True)
class Numbers:
    """What the reference knows of a feature of numbers."""

    minimum: float
    median: float
    mean: float
    maximum: float
    std: float


@dataclass(frozen=True)
class FeatureStory:
    """The feature in the whole span, and window by window."""

    row: Row
    courses: list[Course]
    numbers: Numbers | None
    alarms: list[tuple[datetime, dict[str, Any]]]  # start of the window, alarm; the latest first


def _feature_story(report: DriftReport, number: int) -> FeatureStory:
    tensor, place = report.features.locate(number)
    layout = report.profile.tensors[tensor]
    moments = layout.moments
    numbers = Numbers(
        *(float(each[place]) for each in (moments.minimum, moments.median, moments.mean, moments.maximum, moments.std))
    )
    alarms = list(_alarms(report, report.features.keys[number]))
    category = bool(layout.text or layout.category[place])
    courses = _courses(report, number, {start for start, _ in alarms}, category=category)
    return FeatureStory(report.row(number, LARGE), courses, None if layout.text else numbers, alarms)


def _alarms(report: DriftReport, key: FeatureKey) -> Iterator[tuple[datetime, dict[str, Any]]]:
    for one in report.alarmed:
        for alarm in one.alarms:
            if {key, key.whole_tensor} & set(features_of(alarm)):
                yield one.start, alarm


def _courses(report: DriftReport, number: int, alarmed: Collection[datetime], *, category: bool) -> list[Course]:
    """The statistics of which the table has a chart for this kind of feature, window by window."""
    charts = {one.name: one.category_chart if category else one.chart for one in STATISTICS}
    tensor, place = report.features.locate(number)
    length = report.until - report.since
    points: dict[str, list[CoursePoint]] = {name: [] for name, chart in charts.items() if chart is not None}
    for one in report.windows:
        statistics = measure(report.profile, one.window)[tensor]
        middle = one.start + (one.end - one.start) / 2
        at = min(1.0, max(0.0, (middle - report.since) / length))
        for name, course_points in points.items():
            value = float(statistics[name][place])
            title = f"{one.start:%Y-%m-%d %H:%M} UTC: {value:.4g}, {one.rows:,} rows"
            course_points.append(CoursePoint(at, value, one.start in alarmed, title))
    return [
        course(chart.title, points[name], *CHART, max(chart.top, SMALLEST_TOP))
        for name, chart in charts.items()
        if chart is not None
    ]
