"""The inline SVGs of the pages: a day of traffic, shares of reference and traffic, a statistic over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nantrace.drift.shares import Share

GAP = 1.0
EDGE = 4  # room for a dot
SPARKLINE_HOURS = 24
SPARKLINE_BAR, SPARKLINE_GAP, SPARKLINE_HEIGHT = 6, 2, 28


@dataclass(frozen=True)
class HourBar:
    """One hour: heights in pixels, from the base line up; `bad` lies over `all`."""

    x: int
    y: float
    height: float
    bad_y: float
    bad_height: float


@dataclass(frozen=True)
class Sparkline:
    """The bars of the last 24 hours and their sums."""

    bars: list[HourBar]
    rows: int
    bad_rows: int
    width: int = SPARKLINE_HOURS * (SPARKLINE_BAR + SPARKLINE_GAP) - SPARKLINE_GAP
    height: int = SPARKLINE_HEIGHT
    bar: int = SPARKLINE_BAR

    @property
    def bad_share(self) -> float:
        """The share of rows that belong to an incident, 0 to 1; 0 without traffic."""
        return self.bad_rows / self.rows if self.rows else 0.0


def sparkline(counts: Mapping[datetime, tuple[int, int]], last_hour: datetime) -> Sparkline:
    """Bars for the 24 hours up to `last_hour` from (rows, bad rows) by hour; without an entry, none."""
    hours = [last_hour - timedelta(hours=SPARKLINE_HOURS - 1 - i) for i in range(SPARKLINE_HOURS)]
    pairs = [counts.get(hour, (0, 0)) for hour in hours]
    most = max((rows for rows, _ in pairs), default=0)
    bars = [_hour_bar(i, rows, bad, most) for i, (rows, bad) in enumerate(pairs) if rows]
    return Sparkline(bars, sum(rows for rows, _ in pairs), sum(bad for _, bad in pairs))


def _hour_bar(index: int, rows: int, bad: int, most: int) -> HourBar:
    height = max(2.0, round(SPARKLINE_HEIGHT * rows / most, 1))
    bad_height = max(2.0, round(height * min(1.0, bad / rows), 1)) if bad else 0.0
    return HourBar(
        x=index * (SPARKLINE_BAR + SPARKLINE_GAP),
        y=round(SPARKLINE_HEIGHT - height, 1),
        height=height,
        bad_y=round(SPARKLINE_HEIGHT - bad_height, 1),
        bad_height=bad_height,
    )


@dataclass(frozen=True)
class Bar:
    """The traffic's share as a bar from the base line up, in pixels."""

    x: float
    y: float
    width: float
    height: float
    outside: bool
    title: str


@dataclass(frozen=True)
class HistogramChart:
    """Bars of one common scale; `outline` is the path of the reference's steps; `label` says it all in words."""

    bars: list[Bar]
    outline: str
    width: int
    height: int
    label: str


def histogram(shares: Sequence[Share], width: int, height: int) -> HistogramChart:
    """A bar of equal width for each bin: bins of equal mass give a reference that is flat, whatever its shape."""
    most = max((max(one.reference, one.current) for one in shares), default=0.0) or 1.0
    step = width / max(len(shares), 1)
    gap = GAP if step > 4 * GAP else 0.0
    bars = [_bar(i, one, step, gap, height * one.current / most, height) for i, one in enumerate(shares)]
    tops = [round(height - height * one.reference / most, 2) for one in shares]
    outline = " ".join(
        f"{'L' if i else 'M'}{round(i * step, 2)} {top}H{round((i + 1) * step, 2)}" for i, top in enumerate(tops)
    )
    return HistogramChart(bars, outline, width, height, _in_words(shares))


def _bar(index: int, share: Share, step: float, gap: float, tall: float, height: int) -> Bar:
    tall = max(1.0, tall) if share.current > 0 else 0.0
    title = f"{share.label}: {_percent(share.current)} of the traffic, {_percent(share.reference)} of the reference"
    return Bar(
        round(index * step, 2), round(height - tall, 2), round(step - gap, 2), round(tall, 2), share.outside, title
    )


def _in_words(shares: Sequence[Share]) -> str:
    if not any(one.current for one in shares):
        return "No finite values in this span"
    most = max(shares, key=lambda one: abs(one.current - one.reference))
    return (
        f"Largest difference: {most.label} holds {_percent(most.current)} of the traffic and "
        f"{_percent(most.reference)} of the reference"
    )


def _percent(share: float) -> str:
    return "<0.1%" if 0 < share < 0.001 else f"{share:.1%}"


@dataclass(frozen=True)
class CoursePoint:
    """A statistic of one window; `place` is where the window lies in the span, 0 to 1."""

    place: float
    value: float
    alarm: bool
    title: str


@dataclass(frozen=True)
class Dot:
    """A point in pixels."""

    x: float
    y: float
    alarm: bool
    title: str


@dataclass(frozen=True)
class Course:
    """A statistic over time: `line` is a path through its dots; `most` is the value at the top."""

    name: str
    dots: list[Dot]
    line: str
    most: float
    width: int
    height: int


def course(name: str, points: Sequence[CoursePoint], width: int, height: int, least: float) -> Course:
    """The points in a chart whose top is their largest value, but never below `least`."""
    most = max([least, *(point.value for point in points)])
    dots = [
        Dot(
            round(EDGE + point.place * (width - 2 * EDGE), 1),
            round(height - EDGE - point.value / most * (height - 2 * EDGE), 1),
            point.alarm,
            point.title,
        )
        for point in points
    ]
    line = " ".join(f"{'L' if i else 'M'}{dot.x} {dot.y}" for i, dot in enumerate(dots))
    return Course(name, dots, line, most, width, height)
