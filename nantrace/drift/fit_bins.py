"""Fits the bins of a tensor to the rows of a reference.

The bins have equal mass on the reference, and values that repeat have a bin of their own. Bin j holds the cells with
edge[j - 1] <= value < edge[j]; bin 0 is everything below the first edge, the last bin everything from the last edge on.
The first edge is the minimum of the reference and the last edge follows its maximum, so the outer bins are what lies
outside the reference.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.blocks import BLOCKS, take_blocks
from nantrace.drift.column_summary import ColumnMoments, ColumnSummary, known_texts, summarise, text_counts
from nantrace.drift.columns import Columns, columns_of
from nantrace.drift.concentration import RUNGS, concentration
from nantrace.drift.known_texts import KnownTexts
from nantrace.drift.layout import Moments, TensorLayout
from nantrace.tensors.tensor import Tensor

BINS = 100  # of equal mass where no value repeats: no bin holds more than a share of 0.01
LIGHTEST_ATOM = 0.005  # share of the cells from which on a value that repeats has a bin of its own
Floats = NDArray[np.float64]
CLUSTERING = (3, len(BLOCKS))
NOTHING = ColumnMoments(0.0, 0.0, 0.0, 0.0, 0.0)  # known of the numbers of a feature


class Cuts(NamedTuple):
    """`edges` ascending; `atoms` (edges + 1,) marks bins of a single value; `category`: every known value has one."""

    edges: Floats
    atoms: NDArray[np.bool_]
    category: bool


def cut(column: ColumnSummary, whole: bool) -> Cuts:
    """Bins for the values of a feature; `whole`: its dtype has whole numbers only."""
    numbers = column.ordered
    if not len(numbers):
        return Cuts(np.zeros(1), np.zeros(2, bool), False)
    values, counts = column.values
    if column.is_category:
        return _with_atoms(values, values, whole, category=True)
    heavy = counts >= max(LIGHTEST_ATOM * len(numbers), 1 if len(numbers) <= BINS else 2)
    marks = values[_equal_masses(counts, heavy)]
    return _with_atoms(np.append(marks, numbers[-1]), np.append(values[heavy], numbers[-1]), whole, category=False)


def _equal_masses(counts: NDArray[np.int64], heavy: NDArray[np.bool_]) -> list[int]:
    """Indices of the values at which a bin begins: each is as wide as its mass allows; heavy values stand alone."""
    upto = np.concatenate([[0], np.cumsum(counts)])
    alone = np.append(np.flatnonzero(heavy), len(counts))
    begin, begins = 0, []
    while begin < len(counts):
        begins.append(begin)
        full = int(upto.searchsorted(upto[begin] + upto[-1] / BINS, side="right")) - 1
        begin = begin + 1 if heavy[begin] else max(begin + 1, min(full, int(alone[alone.searchsorted(begin)])))
    return begins


def _with_atoms(marks: Floats, atoms: Floats, whole: bool, *, category: bool) -> Cuts:
    ends = _following(atoms, whole)
    edges = np.unique(np.concatenate([marks, atoms, ends]))
    isolated = np.zeros(len(edges) + 1, bool)
    isolated[1:-1] = np.isin(edges[:-1], atoms) & (edges[1:] == _following(edges[:-1], whole))
    return Cuts(edges, isolated, category)


def _following(numbers: Floats, whole: bool) -> Floats:
    """The next number that a feature can hold; infinity behind the largest float."""
    with np.errstate(over="ignore"):
        after = np.nextafter(numbers, np.inf)
        return np.maximum(after, np.floor(numbers) + 1) if whole else after


class _Feature(NamedTuple):
    cuts: Cuts
    means: Floats
    moments: ColumnMoments
    clustering: NDArray[np.float32]
    once: int
    repeats: float
    narrowest: Floats


def fit(side: str, tensor: Tensor, *, alone: bool) -> TensorLayout:
    """The layout of a tensor with at least these rows; `alone`: it is the only tensor of its side."""
    columns = columns_of(tensor)
    texts: list[KnownTexts] = []
    if columns.text:
        found = [text_counts(columns.values[:, i], _sent(columns, i)) for i in range(len(columns.index))]
        texts = [KnownTexts.of(*each) for each in found]
        levels = [counts for _, counts in found]
        features = [_text_feature(columns, i, *each) for i, each in enumerate(zip(texts, levels, strict=True))]
    else:
        whole = tensor.values.dtype.kind in "iub"
        features = [_feature(columns, i, whole) for i in range(len(columns.index))]
    width = max((len(feature.cuts.edges) for feature in features), default=1)
    return TensorLayout(
        side=side,
        name=tensor.name,
        alone=alone,
        shape=tensor.values.shape[1:],
        kind=tensor.values.dtype.kind,
        summary=columns.summary,
        index=columns.index,
        edges=_stacked([_extended(feature.cuts.edges, width) for feature in features], width),
        atoms=_stacked([_widened(feature.cuts.atoms, width + 1) for feature in features], width + 1).astype(bool),
        category=np.array([feature.cuts.category for feature in features], bool),
        means=_stacked([_widened(feature.means, width + 1) for feature in features], width + 1),
        moments=Moments(*np.array([feature.moments for feature in features], float).reshape(-1, 5).T.copy()),
        clustering=np.array([feature.clustering for feature in features], np.float32).reshape(-1, *CLUSTERING),
        once=np.array([feature.once for feature in features], np.int64),
        repeats=np.array([feature.repeats for feature in features], np.float64),
        narrowest=_stacked([feature.narrowest for feature in features], len(RUNGS)),
        texts=texts,
    )


def _sent(columns: Columns, i: int) -> NDArray[np.uint8] | None:
    return None if columns.sent is None else columns.sent[:, i]


def _feature(columns: Columns, i: int, whole: bool) -> _Feature:
    summary = summarise(columns.values[:, i], _sent(columns, i))
    column = np.where(summary.known, columns.values[:, i], np.nan).astype(np.float64)
    cuts = cut(summary, whole)
    bins = np.where(summary.known, cuts.edges.searchsorted(column, side="right"), -1)
    clustering = _clustering(bins, column, category=cuts.category)
    once = int((summary.values[1] == 1).sum()) if cuts.category else 0
    means, repeats = _bin_means(summary.ordered, cuts.edges), _repeats(cuts, *summary.values)
    narrow = concentration(summary.ordered)
    return _Feature(cuts, means, summary.moments or NOTHING, clustering, once, repeats, narrow)


def _clustering(bins: NDArray[np.intp], column: Floats, *, category: bool) -> NDArray[np.float32]:
    """Of a column by which the rows are sorted their order shows nothing: 1, as of rows without order."""
    before, after = column[bins >= 0][:-1], column[bins >= 0][1:]
    if (before != after).any() and ((before <= after).all() or (before >= after).all()):
        return np.ones(CLUSTERING, np.float32)
    return take_blocks(bins, None if category else column)


def _clustering_of_texts(
    bins: NDArray[np.intp], values: NDArray[np.str_], levels: NDArray[np.intp]
) -> NDArray[np.float32]:
    """The same; sorted are texts of which all cells of a level stand together, in whatever order of the levels."""
    runs = int((values[1:] != values[:-1]).sum()) + 1
    return np.ones(CLUSTERING, np.float32) if 1 < runs == len(levels) <= len(values) / 2 else take_blocks(bins, None)


def _repeats(cuts: Cuts, values: Floats, counts: NDArray[np.intp]) -> float:
    """Cells that hold the value of a cell, on average over those that are in no bin of a single value."""
    light = counts[~cuts.atoms[cuts.edges.searchsorted(values, side="right")]].astype(np.float64)
    return float((light**2).sum() / light.sum()) if len(light) else np.inf


def _bin_means(ordered: Floats, edges: Floats) -> Floats:
    """Means of the values in each bin, shape (edges + 1,), 0 in empty bins."""
    stops = np.append(ordered.searchsorted(edges), len(ordered))
    counts = np.diff(stops, prepend=0)
    means, used = np.zeros(len(counts)), np.flatnonzero(counts)
    if len(used):
        shares = ordered / np.repeat(counts[used], counts[used])
        means[used] = np.add.reduceat(shares, (stops - counts)[used])
    return means


def _text_feature(columns: Columns, i: int, texts: KnownTexts, levels: NDArray[np.intp]) -> _Feature:
    """A text counts as its code; one that is not known as the number of codes. `levels`: cells of each text."""
    places = np.arange(texts.bins + 1.0)
    atoms = np.zeros(texts.bins + 2, bool)
    atoms[1:-1] = True
    known = known_texts(columns.values[:, i], _sent(columns, i))
    bins = np.where(known, texts.codes(columns.values[:, i]) + 1, -1)
    cuts, clustering = Cuts(places, atoms, category=True), _clustering_of_texts(bins, columns.values[known, i], levels)
    means, narrow, once = np.zeros(texts.bins + 2), np.zeros(len(RUNGS)), int((levels == 1).sum())
    return _Feature(cuts, means, NOTHING, clustering, once, np.inf, narrow)


def _extended(edges: Floats, width: int) -> Floats:
    return np.pad(edges, (0, width - len(edges)), mode="edge")


def _widened(values: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    return np.pad(values, (0, width - len(values)))


def _stacked(rows: list[NDArray[np.generic]], width: int) -> Floats:
    return np.array(rows, np.float64).reshape(-1, width)
