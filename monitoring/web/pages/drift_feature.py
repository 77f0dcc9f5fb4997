"""One feature over time: what its page shows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monitoring.web.pages.drift_charts import Course, Point, course
from monitoring.web.pages.drift_report import DriftReport, Row
from nantrace.drift.statistics import measure

LARGE = (720, 180)
CHART = (480, 90)
COURSES = (  # heading, statistics added up, the least that the top of the chart stands for
    ("Kolmogorov-Smirnov distance", ("ks",), 0.2),
    ("Population stability index (PSI)", ("psi",), 0.2),
    ("Wasserstein distance", ("wasserstein",), 0.0),
    ("Missing or NaN", ("missing_rate", "nan_rate"), 0.01),
    ("Outside the reference, or infinite", ("out_of_range_rate", "unseen_rate", "inf_rate"), 0.01),
)
CATEGORY_COURSES = (
    ("Largest change of a share (L-infinity)", ("l_infinity",), 0.2),
    ("Population stability index (PSI)", ("psi",), 0.2),
    ("Chi-square", ("chi_square",), 1.0),
    ("Missing or NaN", ("missing_rate", "nan_rate"), 0.01),
    ("Unknown to the reference, or infinite", ("unseen_rate", "inf_rate"), 0.01),
)
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
    told: list[tuple[Any, dict[str, Any]]]  # start of the window, alarm; the latest first


def feature_story(report: DriftReport, number: int) -> FeatureStory:
    tensor, place = report.features.place(number)
    layout = report.profile.tensors[tensor]
    row = report.row(number, LARGE)
    chosen = CATEGORY_COURSES if layout.text or layout.category[place] else COURSES
    moments = layout.moments
    numbers = Numbers(
        *(float(each[place]) for each in (moments.minimum, moments.median, moments.mean, moments.maximum, moments.std))
    )
    spot = report.features.spots[number]
    told = [
        (one.start, alarm)
        for one in report.alarmed
        for alarm in one.alarms
        if any((each["side"], each["input"]) == spot[:2] and each["index"] in (spot[2], -1) for each in _spots(alarm))
    ]
    return FeatureStory(row, _courses(report, number, chosen, told), None if layout.text else numbers, told)


def _spots(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    spots: list[dict[str, Any]] = alarm.get("movers", [alarm])
    return spots


def _courses(report: DriftReport, number: int, chosen: Any, told: list[tuple[Any, dict[str, Any]]]) -> list[Course]:
    alarmed = {start for start, _ in told}
    length = (report.until - report.since) / timedelta(seconds=1)
    points: dict[str, list[Point]] = {heading: [] for heading, _, _ in chosen}
    for one in report.windows:
        (document,) = report.features.documents(measure(report.profile, one.window), [number])
        middle = one.start + (one.end - one.start) / 2
        place = min(1.0, max(0.0, (middle - report.since) / timedelta(seconds=1) / length))
        for heading, names, _ in chosen:
            value = sum(document[name] for name in names)
            title = f"{one.start:%Y-%m-%d %H:%M} UTC: {value:.4g}, {one.rows:,} rows"
            points[heading].append(Point(place, value, one.start in alarmed, title))
    return [course(heading, points[heading], *CHART, max(least, SMALLEST_TOP)) for heading, _, least in chosen]
