"""What only rows in order can show: how far segments of the reference differ from each other.

Rows of one hour resemble each other, so that an hour of clean traffic deviates further from the reference than the
same number of independent rows would. The reference, in the order in which its rows came, is cut into contiguous
blocks of several lengths; for each length the variance between blocks is compared with that of independent rows (the
design effect of cluster sampling, Kish 1965: the between-block mean square over the binomial variance). A shuffled
reference answers 1 everywhere, and shows nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCKS = (512, 128, 32, 8)  # blocks per length, from the shortest
MIN_CELLS = 8  # in a block; lengths below it are not looked at
SHAPE, MISSING, NOVEL = range(3)  # rows of what `take_blocks` answers
FREEDOM = 2.5  # degrees of a block's squared deviation over all edges (Cramer, von Mises); of a rate 1
ALL_SURE, ONE_SURE = 2.0, 2.0  # standard errors, of one feature beyond the largest that so many reach by chance
# By how much a design effect is larger that looks so small by chance once in a hundred times (chi-square):
UPPER = (1.07, 1.15, 1.35, 2.7)  # of a distribution
UPPER_OF_RATE = (1.17, 1.4, 2.0, 5.6)


def take_blocks(bins: NDArray[Any], values: NDArray[Any] | None) -> NDArray[np.float32]:
    """Block statistics of one feature of the reference, shape (3, len(BLOCKS)), float32, finite.

    `bins` (cells,) in the order of the rows: the number of each cell's bin or category, negative where the cell is
    missing or not finite. `values` (cells,): the numbers themselves, or None where bins are categories without order.

    Row SHAPE: design effect of the distribution over the bins, >= 1. Row MISSING: the same of the share of cells
    without a bin. Row NOVEL: cells of one block that lie beyond everything in all other blocks (on one side), or whose
    category occurs in no other block; the largest such count. 1 where the reference is too short for the length.
    """
    found = np.ones((3, len(BLOCKS)))
    for scale, blocks in enumerate(BLOCKS):
        if len(bins) >= blocks * MIN_CELLS:
            block = np.arange(len(bins)) * blocks // len(bins)
            counts = _counts(bins, block, blocks)
            found[SHAPE, scale] = _shape_effect(counts, ordered=values is not None)
            found[MISSING, scale] = _missing_effect(counts, np.bincount(block, minlength=blocks))
            found[NOVEL, scale] = _unseen_elsewhere(counts) if values is None else _beyond_others(bins, values, block)
    return np.maximum(found, 1.0).astype(np.float32)


def shape_effect(clustering: NDArray[Any], reference_cells: Floats, cells: Floats) -> Floats:
    """Upper bound of the design effect of a window's distribution, (features,); `clustering` (features, 3, lengths).

    1 where no feature's blocks differ more than those of independent rows do by chance: the rows have no order. Else no
    feature has less than the median of all, since a few blocks alike may be chance.
    """
    if not in_order(clustering):
        return np.ones(len(clustering))
    excess = clustering[:, SHAPE].astype(np.float64) - 1.0
    shared = np.maximum(excess, np.median(excess, axis=0))
    return at_length(1.0 + shared * UPPER, reference_cells, cells)


def missing_effect(clustering: NDArray[Any], reference_cells: Floats, cells: Floats) -> Floats:
    """Design effect of the share of cells without a finite value, (features,); an upper bound where it is no chance."""
    found = clustering[:, MISSING].astype(np.float64)
    bound = np.where(found > _reached_by_chance(found.size), UPPER_OF_RATE, 1.0)
    return at_length(1.0 + (found - 1.0) * bound, reference_cells, cells)


def in_order(clustering: NDArray[Any]) -> bool:
    """Whether the order of the reference's rows shows anything: blocks differ beyond chance.

    Either in some feature, or in the mean over all features, whose error is that of one feature where all follow each
    other.
    """
    shape = clustering[:, SHAPE].astype(np.float64)
    if not len(shape):
        return False
    sure = ALL_SURE * (1 + 1 / len(shape)) * np.sqrt(2 / (FREEDOM * (np.asarray(BLOCKS) - 1)))
    return bool((shape > _reached_by_chance(shape.size)).any() or (shape.mean(axis=0) - 1 > sure).any())


def _reached_by_chance(number: int) -> Floats:
    """What the largest of so many design effects of independent cells may be, for each length, (len(BLOCKS),).

    Chi-square variables over as many degrees of freedom as blocks but one (Wilson and Hilferty 1931).
    """
    error = 2.0 / (9.0 * (np.asarray(BLOCKS) - 1))
    reached = ONE_SURE + np.sqrt(2 * np.log(max(number, 1)))
    return np.asarray((1 - error + reached * np.sqrt(error)) ** 3)


def at_length(statistics: NDArray[Any], reference_cells: Floats, cells: Floats) -> Floats:
    """One row of the block statistics of many features, (features, len(BLOCKS)), for windows of `cells` (features,).

    Logarithms are interpolated between two lengths, down to 1 for a single cell. Beyond the longest block the effect
    goes on growing as it did between the last two lengths. Nowhere does it grow faster than the length, so that more
    cells never count as fewer: where it seems to, shorter ones are taken to be as clustered.
    """
    one = np.zeros((len(statistics), 1))
    lengths = np.log(np.maximum(reference_cells[:, None] / np.asarray(BLOCKS, float), 1.0))
    at = np.concatenate([one, np.maximum(lengths, np.arange(1, len(BLOCKS) + 1) * 1e-9)], axis=1)
    known = np.concatenate([one, np.log(np.maximum(statistics, 1.0))], axis=1)
    known = at + np.minimum(np.maximum.accumulate((known - at)[:, ::-1], axis=1)[:, ::-1], 0.0)
    wanted = np.log(np.maximum(cells, 1.0))
    right = np.clip((at < wanted[:, None]).sum(axis=1), 1, len(BLOCKS))
    each = np.arange(len(statistics))
    left_at, left = at[each, right - 1], known[each, right - 1]
    slope = (known[each, right] - left) / (at[each, right] - left_at)
    inside = left + slope * np.minimum(wanted - left_at, at[each, right] - left_at)
    beyond = np.clip(slope, 0.0, 1.0) * np.maximum(wanted - at[:, -1], 0.0)
    return np.asarray(np.maximum(np.exp(inside + beyond), 1.0))


def _counts(bins: NDArray[Any], block: NDArray[np.intp], blocks: int) -> NDArray[np.intp]:
    """Cells per block and bin, (blocks, bins)."""
    held = bins >= 0
    width = int(bins.max(initial=0)) + 1
    return np.bincount(block[held] * width + bins[held].astype(np.intp), minlength=blocks * width).reshape(
        blocks, width
    )


def _shape_effect(counts: NDArray[np.intp], *, ordered: bool) -> float:
    """Between-block mean square of the cumulative shares (of the shares, without order) over the binomial variance."""
    total = counts.sum(axis=0)
    cells = counts.sum(axis=1)
    if not cells.sum():
        return 1.0
    if ordered:
        counts, total = counts.cumsum(axis=1), total.cumsum()
    return _effect(counts, cells, total / cells.sum())


def _missing_effect(counts: NDArray[np.intp], cells: NDArray[np.intp]) -> float:
    missing = cells - counts.sum(axis=1)
    return _effect(missing[:, None], cells, np.array([missing.sum() / cells.sum()]))


def _effect(counts: NDArray[np.intp], cells: NDArray[np.intp], share: Floats) -> float:
    binomial = float((share * (1 - share)).sum())
    used = cells > 0
    if binomial <= 0 or used.sum() < 2:
        return 1.0
    deviations = counts[used] / cells[used, None] - share
    return float((cells[used, None] * deviations**2).sum() / (used.sum() - 1) / binomial)


def _unseen_elsewhere(counts: NDArray[np.intp]) -> float:
    """The most cells that one block holds of categories which no other block holds."""
    alone = counts == counts.sum(axis=0)
    return float((counts * alone).sum(axis=1).max())


def _beyond_others(bins: NDArray[Any], values: NDArray[Any], block: NDArray[np.intp]) -> float:
    held = bins >= 0
    numbers, block = values[held].astype(np.float64), block[held]
    return max(_above_others(numbers, block), _above_others(-numbers, block))


def _above_others(numbers: Floats, block: NDArray[np.intp]) -> float:
    """Cells of the block with the largest number that exceed every number of the other blocks."""
    if not len(numbers):
        return 1.0
    top = block[numbers.argmax()]
    others = numbers[block != top]
    return float((numbers[block == top] > others.max()).sum()) if len(others) else 1.0
