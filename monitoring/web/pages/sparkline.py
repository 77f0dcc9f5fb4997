"""A day of traffic as the bars of a small inline SVG."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

HOURS = 24
BAR, GAP, HEIGHT = 6, 2, 28


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
    width: int = HOURS * (BAR + GAP) - GAP
    height: int = HEIGHT
    bar: int = BAR

    @property
    def bad_share(self) -> float:
        """The share of rows that belong to an incident, 0 to 1; 0 without traffic."""
        return self.bad_rows / self.rows if self.rows else 0.0


def sparkline(counts: Mapping[datetime, tuple[int, int]], last_hour: datetime) -> Sparkline:
    """Bars for the 24 hours up to `last_hour` from (rows, bad rows) by hour; without an entry, none."""
    hours = [last_hour - timedelta(hours=HOURS - 1 - i) for i in range(HOURS)]
    pairs = [counts.get(hour, (0, 0)) for hour in hours]
    most = max((rows for rows, _ in pairs), default=0)
    bars = [_bar(i, rows, bad, most) for i, (rows, bad) in enumerate(pairs) if rows]
    return Sparkline(bars, sum(rows for rows, _ in pairs), sum(bad for _, bad in pairs))


def _bar(index: int, rows: int, bad: int, most: int) -> HourBar:
    height = max(2.0, round(HEIGHT * rows / most, 1))
    bad_height = max(2.0, round(height * min(1.0, bad / rows), 1)) if bad else 0.0
    return HourBar(
        x=index * (BAR + GAP),
        y=round(HEIGHT - height, 1),
        height=height,
        bad_y=round(HEIGHT - bad_height, 1),
        bad_height=bad_height,
    )
