"""The statistics of a column too long to be sorted as a whole: those of its blocks, put together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.column_summary import FEW, LARGEST, ColumnMoments, ColumnSummary, summarise
from nantrace.reference import FeatureReference

BLOCK = 1_000_000  # cells: a summary takes some forty bytes for each while it is made
POINTS = 1_001  # of each block, for the median, which is off by half a thousandth of the cells at most


@dataclass(frozen=True)
class _Block:
    """What is kept of a block's summary; `known` counts its finite cells, `points` (POINTS,) are its quantiles."""

    cells: int
    known: int
    missing: int
    moments: ColumnMoments | None
    points: NDArray[np.float64]
    few: list[float] | None

    @classmethod
    def of(cls, column: ColumnSummary) -> Self:
        places = np.linspace(0, max(len(column.ordered) - 1, 0), min(POINTS, len(column.ordered))).round().astype(int)
        known, points = len(column.ordered), column.ordered[places]
        return cls(len(column.known), known, column.missing, column.moments, points, column.few_values)


def number_reference(column: NDArray[Any], sent: NDArray[np.uint8] | None) -> FeatureReference:
    """Of cells (cells,) of any number or bool dtype; `sent` holds their `Sent` codes. Beyond one block the median is
    that of quantiles.
    """
    starts = range(0, max(len(column), 1), BLOCK)
    blocks = [_Block.of(_summary(column, sent, i)) for i in starts]
    cells = max(sum(block.cells for block in blocks), 1)
    missing = sum(block.missing for block in blocks)
    known = [block for block in blocks if block.moments is not None]
    infinite = (cells - missing - sum(block.known for block in known)) / cells if len(column) else 0.0
    moments = _together(known)
    if moments is None:
        return FeatureReference(None, None, None, None, None, missing / cells, None, infinite)
    return FeatureReference(*moments, missing / cells, _few(known), infinite)


def _summary(column: NDArray[Any], sent: NDArray[np.uint8] | None, start: int) -> ColumnSummary:
    block = slice(start, start + BLOCK)
    return summarise(column[block], None if sent is None else sent[block])


def _together(blocks: Sequence[_Block]) -> ColumnMoments | None:
    """Mean and variance by the law of total variance; nothing is squared alone, so that nothing overflows."""
    moments = [block.moments for block in blocks if block.moments is not None]
    if len(moments) < 2:
        return moments[0] if moments else None
    total = sum(block.known for block in blocks)
    shares = [block.known / total for block in blocks]
    mean = math.fsum(share * one.mean for share, one in zip(shares, moments, strict=True))
    parts = [
        math.sqrt(share) * part
        for share, one in zip(shares, moments, strict=True)
        for part in (one.std, one.mean - mean)
    ]
    points = np.concatenate([block.points for block in blocks])
    weights = np.concatenate([np.full(len(block.points), block.known / len(block.points)) for block in blocks])
    order = np.argsort(points)
    middle = int(np.searchsorted(np.cumsum(weights[order]), total / 2))
    lowest, highest = min(one.minimum for one in moments), max(one.maximum for one in moments)
    return ColumnMoments(lowest, highest, mean, min(math.hypot(*parts), LARGEST), float(points[order][middle]))


def _few(blocks: Sequence[_Block]) -> list[float] | None:
    if any(block.few is None for block in blocks):
        return None
    values = sorted({value for block in blocks for value in block.few or ()})
    return values if len(values) <= FEW else None
