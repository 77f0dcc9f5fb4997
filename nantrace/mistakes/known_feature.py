"""One feature as the reference knows it, and as the rows show it: what every question about a fault is asked of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nantrace.mistakes import histogram
from nantrace.mistakes.histogram import Histogram
from nantrace.mistakes.line import Line

Floats = NDArray[np.float64]

ROUNDING = 1e-6  # relative: what float32 and a transform undone leave of a number
UNLIKE = 10 * ROUNDING  # relative to the scale: what is farther from a category's value is another one
ALIKE = 2000.0  # cells beyond which more of them say no more, as no two windows follow one law (Miller, Dunson 2019)
GROUPS = 5.0  # that rows outside the reference count as at least, however much they resemble each other
OUTSIDE = 0.1  # of the cells, or fewer, lie in the reference's range
CELLS_A_BIN = 8  # of the rows' own density
FITS = 1.7  # standard errors; Kolmogorov's distribution exceeds this once in 160
NEAR = 0.25  # where standard errors are large, since rows of one hour resemble each other


def smallest_gap(values: Floats) -> float:
    """Between the ascending values of a category; of a single one its own size, or 1."""
    return float(np.diff(values).min()) if len(values) > 1 else max(float(np.abs(values).max(initial=0.0)), 1.0)


def tolerance(noise: float) -> float:
    """The distance in standard errors up to which rows fall onto the reference; `noise` is one such error."""
    return min(FITS, NEAR / max(noise, 1e-12))


@dataclass(frozen=True)
class KnownFeature:
    """The reference's distribution of one feature.

    `points` (n,) ascending; `below` (n,) is the share of the reference's finite cells below each. `atoms` (n - 1,)
    marks bins between points that hold a single value; `up` (n,) marks points that follow such a value so closely that
    rounding could take it across, so that they are looked at a little further up. `values`: all values that the
    reference has, where it is a category. `cells`: finite cells of the reference. `clustering`: the variance of a
    window's shares over that of independent rows, at least 1. `repeats`: cells of the reference that hold one value,
    where it is no atom; clusters of equal cells are no larger. `never_equal`: so many hold one value nowhere in it.
    """

    points: Floats
    below: Floats
    atoms: NDArray[np.bool_]
    up: NDArray[np.bool_]
    low: float
    high: float
    mean: float
    std: float
    median: float
    cells: float
    clustering: float = 1.0
    repeats: float = np.inf
    never_equal: float = np.inf
    values: Floats | None = None

    @cached_property
    def scale(self) -> float:
        """A size of the feature that is never 0: what rounding is measured by."""
        return max(self.high - self.low, abs(self.high), abs(self.low), 1e-300)

    @property
    def varies(self) -> bool:
        return self.high > self.low

    @property
    def is_discrete(self) -> bool:
        """Whether most cells hold values that repeat."""
        return self.values is not None or float(np.diff(self.below)[self.atoms].sum()) > 0.5

    def noise(self, cells: float) -> float:
        """The standard error of a share, at most (0.5 of the cells), times 2: by which deviations are measured."""
        return float(np.sqrt(self.clustering / max(cells, 1.0) + 1.0 / max(self.cells, 1.0)))

    def independent(self, seen: "Observed") -> float:
        """As how many independent cells of an exact reference these cells count.

        Rows of which the reference holds next to none count as several, however much rows resemble each other.
        """
        independent = 1 / (self.noise(seen.cells) ** 2 + 1 / ALIKE)
        return independent if self.holds(seen) > OUTSIDE * seen.cells else max(independent, min(GROUPS, seen.cells))

    @cached_property
    def histogram(self) -> Histogram:
        """The reference as a density."""
        mass = np.diff(self.below)
        if self.values is not None:
            return histogram.of_values(self.values, mass)
        return histogram.of_bins(np.append(self.points[:-1], max(self.points[-1], self.high)), mass, self.atoms)

    def holds(self, seen: "Observed") -> int:
        """How many of the cells lie in the reference's range."""
        slack = ROUNDING * self.scale
        ends = np.searchsorted(seen.ordered, [self.low - slack, self.high + slack])
        return int(ends[1] - ends[0])

    def on(self, line: Line) -> "KnownFeature":
        """The reference taken along a line; a falling one turns it round."""
        ends = sorted((line.factor * self.low + line.offset, line.factor * self.high + line.offset))
        same = slice(None, None, 1 if line.factor > 0 else -1)
        return replace(
            self,
            points=(self.points * line.factor + line.offset)[same],
            below=self.below if line.factor > 0 else 1 - self.below[::-1],
            atoms=self.atoms[same],
            up=self.up if line.factor > 0 else ~self.up[::-1],
            low=ends[0],
            high=ends[1],
            mean=self.mean * line.factor + line.offset,
            std=self.std * abs(line.factor),
            median=self.median * line.factor + line.offset,
            values=None if self.values is None else (self.values * line.factor + line.offset)[same],
        )

    @cached_property
    def singles(self) -> tuple[Floats, Floats]:
        """The values that stand alone, and their shares; none of a feature of which most values do not repeat."""
        mass = np.diff(self.below)
        if self.values is not None:
            return self.values, mass
        return (self.points[:-1][self.atoms], mass[self.atoms]) if self.is_discrete else (np.empty(0), np.empty(0))

    @cached_property
    def loose(self) -> float:
        """The share of the cells outside the heaviest atom: a zero stays where it is in any unit."""
        mass = np.diff(self.below)
        if not len(mass):
            return 1.0
        most = int(mass.argmax())
        return 1 - float(mass[most]) if self.atoms[most] else 1.0

    @cached_property
    def marks(self) -> Floats:
        """Where to look for the points among the rows: a little aside, so that rounding takes no value across."""
        slack = ROUNDING * np.maximum(np.abs(self.points), self.scale * 1e-3)
        return np.where(self.up, self.points + slack, self.points - slack)

    @property
    def heaviest(self) -> float:
        """The value, or the lower end of the bin, that most cells have."""
        most = int(np.diff(self.below).argmax()) if len(self.points) > 1 else 0
        return float(self.points[most] if self.values is None else self.values[most])

    def without_heaviest(self) -> "KnownFeature":
        """The other cells alone."""
        mass = np.diff(self.below)
        most = int(mass.argmax())
        left = max(1 - float(mass[most]), 1e-12)
        mass = np.where(np.arange(len(mass)) == most, 0.0, mass) / left
        return replace(self, below=np.concatenate([[0.0], np.cumsum(mass)]), cells=self.cells * left)

    def distance(self, seen: "Observed") -> float:
        """Kolmogorov's, the largest difference of the cumulative shares; 1 where either side is empty.

        Of a category also the share of the cells that hold none of its values.
        """
        if not seen.cells or not len(self.points):
            return 1.0
        below = np.searchsorted(seen.ordered, self.marks) / seen.cells
        return max(float(np.abs(below - self.below).max()), 1 - self._known_share(seen))

    def _known_share(self, seen: "Observed") -> float:
        """Of the cells, those that hold a value of the category; 1 of what is none."""
        if self.values is None:
            return 1.0
        slack = UNLIKE * self.scale
        ends = np.searchsorted(seen.ordered, [self.values - slack, self.values + slack])
        return float((ends[1] - ends[0]).sum() / seen.cells)

    def around(self, value: float) -> tuple[int, int]:
        """The points (by number) of the bin that holds a value; the first bin for what lies below it."""
        slack = ROUNDING * max(abs(value), self.scale * 1e-3)
        left = max(int(np.searchsorted(self.points, value + slack, "right")) - 1, 0)
        if left and self.up[left] and abs(self.points[left] - value) <= 2 * slack:
            left -= 1  # rounding took the value across the end of an atom
        return min(left, len(self.points) - 2), min(left + 1, len(self.points) - 1)

    def mass(self, left: int, right: int) -> float:
        """The share of the cells between two points (by number)."""
        return float(self.below[right] - self.below[left])


@dataclass(frozen=True)
class Observed:
    """The finite cells of one feature in the rows: `ordered` (n,) ascending."""

    ordered: Floats

    @property
    def cells(self) -> int:
        return len(self.ordered)

    def without(self, values: Sequence[float]) -> "Observed":
        """The cells that hold none of the values."""
        return Observed(self.ordered[~np.isin(self.ordered, values)]) if values else self

    @cached_property
    def resolution(self) -> float:
        """How far apart cells may be and still hold one value: a thousandth of the width of nine tenths of them."""
        ends = self.quantiles(np.array([0.05, 0.95])) if self.cells else np.zeros(2)
        width = float(ends[1] - ends[0]) or float(np.ptp(self.ordered)) if self.cells else 0.0
        return (width or float(np.abs(ends).max()) or 1.0) / 1000

    @cached_property
    def histogram(self) -> Histogram:
        """The cells as a density of their own: bins of equal mass, and the values that hold as much as one."""
        bins = max(min(histogram.BINS, self.cells // CELLS_A_BIN), 1)
        marks = self.quantiles(np.linspace(0, 1, bins + 1)[:-1])
        values, _ = self.repeated_values(max(2, self.cells // histogram.BINS))
        ends = np.nextafter(np.append(values, self.ordered[-1]), np.inf)
        points = np.unique(np.concatenate([marks, values, ends]))
        mass = np.diff(np.searchsorted(self.ordered, points)) / self.cells
        return histogram.of_bins(points, mass, np.isin(points[:-1], values))

    @cached_property
    def off_middle(self) -> int:
        """Cells that do not hold the middle value: a column of zeros shows little."""
        return int((self.ordered != self.ordered[self.cells // 2]).sum()) if self.cells else 0

    def quantiles(self, shares: Floats) -> Floats:
        """The values at these shares of the cells, of which there is at least one."""
        return np.asarray(self.ordered[(shares * self.cells).astype(np.intp).clip(0, self.cells - 1)])

    def on(self, line: Line) -> "Observed":
        """The cells taken along a line."""
        moved = self.ordered * line.factor + line.offset
        return Observed(moved if line.factor > 0 else moved[::-1])

    def repeated_values(self, least: int) -> tuple[Floats, NDArray[np.intp]]:
        """Exact values that come at least so often, and how often, the most frequent first."""
        if self.cells < least or not (self.ordered[least - 1 :] == self.ordered[: self.cells - least + 1]).any():
            return np.empty(0), np.empty(0, np.intp)
        values, counts = np.unique(self.ordered, return_counts=True)
        often = np.flatnonzero(counts >= least)
        order = often[np.argsort(-counts[often], kind="stable")]
        return values[order], counts[order]
