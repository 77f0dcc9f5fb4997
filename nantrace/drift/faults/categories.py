"""Values of a category that the reference does not know."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.faults.fault import Value
from nantrace.drift.known_texts import KnownTexts
from nantrace.mistakes.known_feature import UNLIKE, Floats, KnownFeature, Observed, smallest_gap, tolerance

LEAST = 3
LATTICE = 0.02
LEAST_REST = 20  # cells of known values, which must be as in the reference


@dataclass(frozen=True)
class Unseen:
    """Unknown values, the most frequent first, at most five; `cells` and `share` of them all."""

    values: tuple[Value, ...]
    cells: int
    share: float


def unseen_numbers(known: KnownFeature, seen: Observed) -> Unseen | None:
    """Cells of a numeric category that hold none of its values."""
    if known.values is None or not len(known.values) or not seen.cells:
        return None
    values, counts = np.unique(seen.ordered, return_counts=True)
    nearest = known.values[np.abs(known.values[:, None] - values).argmin(axis=0)]
    unknown = np.abs(values - nearest) > UNLIKE * known.scale
    rest = seen.without(values[unknown].tolist())
    noise = known.noise(rest.cells)
    if rest.cells < LEAST_REST or known.distance(rest) > tolerance(noise) * noise:
        return None  # a transform, not a new category
    if not _on_lattice(known.values, values[unknown]):
        return None
    seen_before = np.diff(known.below) * known.cells
    usual = chance_of_new(float((np.round(seen_before) == 1).sum()), float(seen_before.sum()))
    return _judged(values[unknown].tolist(), counts[unknown], seen.cells, usual, known.clustering)


def _on_lattice(known: Floats, values: Floats) -> bool:
    """Whether values are spaced like the known ones: codes are, numbers in another unit are not."""
    steps = (values - known[0]) / smallest_gap(known)
    apart = np.abs(values - known[:, None]).min(axis=0) > smallest_gap(known) / 2
    return bool((apart & (np.abs(steps - np.round(steps)) < LATTICE)).mean() > 0.5) if len(values) else False


def chance_of_new(once: float, cells: float) -> float:
    """How likely the next cell holds a new value, where `once` of them came in one of the `cells` each (Good 1953).

    At two standard errors.
    """
    return (once + 2 * float(np.sqrt(once + 1)) + 1) / max(cells, 1.0)


def unseen_texts(texts: NDArray[np.str_], known: KnownTexts, usual: float) -> Unseen | None:
    """Texts that are not known; `usual`: the share of the reference's cells that are not known themselves."""
    values, counts = np.unique(texts, return_counts=True)
    unknown = known.codes(values) == known.bins
    return _judged(values[unknown].tolist(), counts[unknown], len(texts), usual)


def _judged(
    values: list[Value], counts: NDArray[np.intp], cells: int, usual: float, clustering: float = 1.0
) -> Unseen | None:
    """`clustering`: rows of one hour bring the same new value together."""
    found, expected = int(counts.sum()), usual * cells * clustering
    if found < LEAST or found < expected + 4 * np.sqrt((expected + 1) * clustering):
        return None
    order = np.argsort(-counts, kind="stable")[:5]
    return Unseen(tuple(values[i] for i in order), found, found / cells)
