"""One feature over time: what its page shows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitoring.web.pages.drift_charts import Course, CoursePoint, course
from monitoring.web.pages.drift_report import DriftReport, Row
from nantrace.drift.judgement import features_of
from nantrace.drift.statistics import STATISTICS, measure
from nantrace.feature import FeatureKey

LARGE = (720, 180)
CHART = (480, 90)
SMALLEST_TOP = 1e-12


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


def feature_story(report: DriftReport, number: int) -> FeatureStory:
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
