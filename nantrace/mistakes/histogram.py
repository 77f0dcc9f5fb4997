"""How likely are some cells, were they the reference taken along a straight line?

The reference is a histogram: parts of equal mass, single values where one holds much of it, and tails that thin out on
either side. Everything is measured in the unit of what was sent, so that lines compare: a value that repeats counts as
spread over `Observed.resolution`, whatever line takes it where it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.mistakes.line import Line

Floats = NDArray[np.float64]

BINS = 100  # of equal mass at most; a value that holds as much stands alone
AROUND = 2  # bins on either side that a density is averaged over: a twentieth of the mass has a density of its own
STRAY = 0.01  # of the cells may be anywhere (the contamination of Huber 1964): no single cell decides
SHELLS = 20  # parts of a tail, each twice as wide and half as heavy as the one before, from the outermost part on


@dataclass(frozen=True)
class Histogram:
    """Adjacent parts: `edges` (parts + 1,) ascending, `sides` (parts + 1,) in {-1, 1}, `mass` (parts,) of sum 1.

    An edge lies half a resolution on this side of its number, so that no rounding takes a value across. `free`: how
    many numbers describe the law.
    """

    edges: Floats
    sides: Floats
    mass: Floats
    free: float

    def log_densities(self, ordered: Floats, resolution: float, lines: Sequence[Line]) -> Floats:
        """Mean logarithm of the density of `ordered` cells, at least one, along each line, shape (lines,)."""
        factor, offset = (np.array([[getattr(line, name)] for line in lines]) for name in ("factor", "offset"))
        with np.errstate(over="ignore", invalid="ignore"):
            edges = np.nan_to_num(self.edges * factor + offset + np.sign(factor) * self.sides * resolution / 2)
        falling = factor[:, 0] < 0
        edges[falling] = edges[falling, ::-1]
        edges = np.maximum.accumulate(edges, axis=1)
        mass = np.where(falling[:, None], self.mass[::-1], self.mass)
        counts = np.diff(np.searchsorted(ordered, edges), axis=1)
        with np.errstate(over="ignore"):
            widths = np.minimum(np.maximum(np.diff(edges, axis=1), resolution), np.finfo(float).max)
        logarithms = np.log(mass) - np.log(widths)
        nowhere = len(ordered) - counts.sum(axis=1)
        return np.asarray(((counts * logarithms).sum(axis=1) + nowhere * logarithms.min(axis=1)) / len(ordered))


def with_tails(edges: Floats, sides: Floats, mass: Floats, free: float) -> Histogram:
    """A histogram of these parts, with a few stray cells between and beyond them."""
    span = max(float(edges[-1] - edges[0]), float(np.finfo(float).tiny))
    inside = np.diff(edges) + span * 1e-3
    below, above = (outer * (2.0 ** np.arange(1, SHELLS + 1) - 1) for outer in (inside[0], inside[-1]))
    thinning = STRAY / 4 * 0.5 ** np.arange(1, SHELLS + 1)
    mass = (1 - STRAY) * mass + STRAY / 2 * inside / inside.sum()
    return Histogram(
        np.concatenate([edges[0] - below[::-1], edges, edges[-1] + above]),
        np.concatenate([np.full(SHELLS, -1.0), sides, np.ones(SHELLS)]),
        np.concatenate([thinning[::-1], mass, thinning]),
        free,
    )


def of_bins(points: Floats, mass: Floats, atoms: NDArray[np.bool_]) -> Histogram:
    """Of bins (n,) between ascending points (n + 1,); `atoms` (n,) marks those of a single value.

    A value that holds a hundredth of the mass stands alone. Elsewhere the density of a bin is that of the bins around
    it, so that it has no steps for a line to fit.
    """
    alone = atoms & (mass >= 1 / BINS)
    kept = _wide(atoms & ~alone, alone)
    points, mass, alone = points[kept], np.add.reduceat(mass, np.flatnonzero(kept[:-1])), alone[kept[:-1]]
    points, mass, alone = _thinning(points, mass, alone)
    smooth = np.where(alone, mass, _smoothed(np.where(alone, 1.0, np.diff(points)), mass, alone))
    sides = np.append(np.where(np.append(False, alone[:-1]), 1.0, -1.0), 1.0)
    return with_tails(points, sides, smooth, float(alone.sum() + (~alone).sum() / (2 * AROUND + 1)))


def _smoothed(width: Floats, mass: Floats, alone: NDArray[np.bool_]) -> Floats:
    """Masses by densities that are the geometric mean of as many bins on either side, between single values."""
    run = np.cumsum(np.diff(alone, prepend=False))  # bins of equal number lie between the same single values
    place = np.arange(len(mass))
    first, last = np.searchsorted(run, run), np.searchsorted(run, run, side="right") - 1
    around = np.minimum(AROUND, np.minimum(place - first, last - place))
    least = STRAY * mass.sum() / width.sum()
    upto = np.concatenate([[0.0], np.cumsum(np.log(mass / width + least))])
    smooth = width * np.exp((upto[place + around + 1] - upto[place - around]) / (2 * around + 1))
    held, spread_out = (np.bincount(run, each)[run] for each in (mass, smooth))
    return np.asarray(smooth * held / spread_out)


def _thinning(points: Floats, mass: Floats, alone: NDArray[np.bool_]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """The bins with the outer ones cut into some that are twice as wide and half as heavy as the one before.

    A tail may be far longer than it is dense: within the last hundredth of the cells most are near the others.
    """
    for _ in range(2):  # the upper end, then the lower one as the upper one of the bins turned round
        if len(mass) > 2 and not alone[-2:].any():
            width, before = points[-1] - points[-2], points[-2] - points[-3]
            parts = int(np.ceil(np.log2(min(max(width / max(before, width / 2**SHELLS), 1.0), 2.0**SHELLS) + 1)))
            reach = 2.0 ** np.arange(1, parts + 1) - 1
            shares = 0.5 ** np.arange(parts)
            points = np.concatenate([points[:-1], points[-2] + width * reach / reach[-1]])
            mass = np.concatenate([mass[:-1], mass[-1] * shares / shares.sum()])
            alone = np.concatenate([alone[:-1], np.zeros(parts, bool)])
        points, mass, alone = -points[::-1], mass[::-1], alone[::-1]
    return points, mass, alone


def _wide(light: NDArray[np.bool_], alone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Points without those that make a bin of a value which does not stand alone, shape (bins + 1,)."""
    kept = np.ones(len(light) + 1, bool)
    kept[1:-1] = ~light[:-1] | alone[1:]
    if len(light) > 1 and light[-1] and not alone[-2]:
        kept[-2] = False
    return kept


def of_values(values: Floats, mass: Floats) -> Histogram:
    """Of a category: its values, and nothing between them."""
    shares = np.zeros(2 * len(values) - 1)
    shares[::2] = mass
    return with_tails(np.repeat(values, 2), np.tile([-1.0, 1.0], len(values)), shares, len(values))
