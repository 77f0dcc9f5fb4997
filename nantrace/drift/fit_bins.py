"""Fits the bins of a tensor to the rows of a reference."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.blocks import BLOCKS, take_blocks
from nantrace.drift.column_summary import ColumnMoments, known_texts, summarise, text_counts
from nantrace.drift.columns import Columns, codes, columns_of
from nantrace.drift.edges import Cuts, cut
from nantrace.drift.layout import Moments, TensorLayout
from nantrace.tensors.tensor import Tensor

MAX_TEXTS = 40
CLUSTERING = (3, len(BLOCKS))
NOTHING = ColumnMoments(0.0, 0.0, 0.0, 0.0, 0.0)  # known of the numbers of a feature

Floats = NDArray[np.float64]


class _Feature(NamedTuple):
    cuts: Cuts
    means: Floats
    moments: ColumnMoments
    clustering: NDArray[np.float32]


def fit(side: str, tensor: Tensor, *, alone: bool) -> TensorLayout:
    """The layout of a tensor with at least these rows; `alone`: it is the only tensor of its side."""
    columns = columns_of(tensor)
    vocabulary = [_texts(columns, i) for i in range(len(columns.index))] if columns.text else []
    if columns.text:
        features = [_text_feature(columns, i, texts) for i, texts in enumerate(vocabulary)]
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
        vocabulary=vocabulary,
    )


def _sent(columns: Columns, i: int) -> NDArray[np.uint8] | None:
    return None if columns.sent is None else columns.sent[:, i]


def _feature(columns: Columns, i: int, whole: bool) -> _Feature:
    summary = summarise(columns.values[:, i], _sent(columns, i))
    column = np.where(summary.known, columns.values[:, i], np.nan).astype(np.float64)
    cuts = cut(summary, whole)
    bins = np.where(summary.known, cuts.edges.searchsorted(column, side="right"), -1)
    clustering = take_blocks(bins, None if cuts.category else column)
    return _Feature(cuts, _bin_means(summary.ordered, cuts.edges), summary.moments or NOTHING, clustering)


def _bin_means(ordered: Floats, edges: Floats) -> Floats:
    """Means of the values in each bin, shape (edges + 1,), 0 in empty bins."""
    stops = np.append(ordered.searchsorted(edges), len(ordered))
    counts = np.diff(stops, prepend=0)
    means, used = np.zeros(len(counts)), np.flatnonzero(counts)
    if len(used):
        shares = ordered / np.repeat(counts[used], counts[used])
        means[used] = np.add.reduceat(shares, (stops - counts)[used])
    return means


def _texts(columns: Columns, i: int) -> list[str]:
    """The most frequent texts of a feature, ascending."""
    texts, counts = text_counts(columns.values[:, i], _sent(columns, i))
    return sorted(texts[np.argsort(-counts, kind="stable")[:MAX_TEXTS]].tolist())


def _text_feature(columns: Columns, i: int, texts: list[str]) -> _Feature:
    """Text i of the vocabulary counts as the number i, any other text as their number."""
    places = np.arange(len(texts) + 1.0)
    atoms = np.zeros(len(texts) + 2, bool)
    atoms[1:-1] = True
    bins = np.where(known_texts(columns.values[:, i], _sent(columns, i)), codes(columns.values[:, i], texts) + 1, -1)
    return _Feature(Cuts(places, atoms, category=True), np.zeros(len(texts) + 2), NOTHING, take_blocks(bins, None))


def _extended(edges: Floats, width: int) -> Floats:
    return np.pad(edges, (0, width - len(edges)), mode="edge")


def _widened(values: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    return np.pad(values, (0, width - len(values)))


def _stacked(rows: list[NDArray[np.generic]], width: int) -> Floats:
    return np.array(rows, np.float64).reshape(-1, width)
