"""What was done to the data? A fault is undone: do the rows fall back onto the reference?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nantrace.drift.blocks import SHAPE, at_length
from nantrace.drift.columns import Columns, columns_of
from nantrace.drift.concentration import never_equal
from nantrace.drift.faults.categories import chance_of_new, unseen_texts
from nantrace.drift.faults.fault import Fault
from nantrace.drift.faults.numbers import number_faults
from nantrace.drift.faults.sentences import Words
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow
from nantrace.mistakes.conversions import RegisteredScaler
from nantrace.mistakes.known_feature import ROUNDING, Floats, KnownFeature, Observed, smallest_gap
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.line import SAME, Line
from nantrace.tensors.tensor import Sent, Tensors

LEAST_CONFIDENCE = 0.15


def name_faults(profile: Profile, rows: Tensors, metadata: Mapping[str, Any] | None = None) -> list[Fault]:
    """The faults of the inputs in some rows of one window, the most certain first.

    A scaler in the version's `metadata` belongs to the only input.
    """
    with np.errstate(all="ignore"):  # cells may be as large as floats are; what overflows here fits nothing
        faults = _all_faults(profile, rows, metadata or {})
    believed = [fault for fault in faults if fault.confidence >= LEAST_CONFIDENCE]
    return sorted(believed, key=lambda fault: -fault.confidence)


def _all_faults(profile: Profile, rows: Tensors, metadata: Mapping[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    inputs = [(i, layout) for i, layout in enumerate(profile.tensors) if layout.side == "inputs"]
    for number, layout in inputs:
        tensor = next(iter(rows), None) if layout.alone else rows.by_name.get(layout.name)
        if tensor is None or not tensor.rows or not layout.fits(tensor):
            continue
        columns = columns_of(tensor)
        if layout.text:
            faults += _texts(profile, number, layout, columns)
        else:
            scaler = RegisteredScaler.of(metadata, layout.shape[-1] if layout.shape else 1)
            faults += _numbers(profile, number, layout, columns, scaler if len(inputs) == 1 else None)
    return faults


def _texts(profile: Profile, number: int, layout: TensorLayout, columns: Columns) -> list[Fault]:
    words = Words(layout.name, layout.index)
    found = []
    bins = profile.reference.tensors[number].bins
    for i, known in enumerate(layout.texts):
        texts = columns.values[:, i]
        if columns.sent is not None:
            texts = texts[columns.sent[:, i] == Sent.VALUE]
        cells = max(int(bins[i].sum()), 1)
        usual = max(float(bins[i, -1]) / cells, chance_of_new(float(layout.once[i]), cells))
        unseen = unseen_texts(texts, known, usual)
        if unseen is not None:
            found.append(words.unseen(i, unseen))
    return found


def _numbers(
    profile: Profile, number: int, layout: TensorLayout, columns: Columns, scaler: RegisteredScaler | None
) -> list[Fault]:
    known = _known_features(profile, number, len(columns.values))
    lines = [_line(scaler, i) if scaler is not None else SAME for i in layout.index.tolist()]
    parts = zip(known, _observed(columns), lines, strict=True)
    features = [Feature(i, *part) for i, part in enumerate(parts)]
    return number_faults(features, Words(layout.name, layout.index))


def _line(scaler: RegisteredScaler, feature: int) -> Line:
    shift, scale = float(scaler.shift[feature]), float(scaler.scale[feature])
    return Line(1 / scale, -shift / scale)


def _observed(columns: Columns) -> list[Observed]:
    """The finite cells of every feature, sorted."""
    values = columns.values.astype(np.float64)
    if columns.sent is not None:
        values = np.where(columns.sent == Sent.VALUE, values, np.nan)
    ordered = np.sort(np.where(np.isfinite(values), values, np.nan).T, axis=1)
    counts = np.isfinite(ordered).sum(axis=1).tolist()
    return [Observed(row[:count]) for row, count in zip(ordered, counts, strict=True)]


def _known_features(profile: Profile, number: int, cells: int) -> list[KnownFeature]:
    """The features of the profile's tensor `number`, numeric, as they concern windows of so many cells a feature."""
    layout, counted = profile.tensors[number], profile.reference.tensors[number]
    finite = counted.finite.astype(np.float64)
    effects = at_length(_clustering(layout), finite, np.full(layout.features, float(cells)))
    return [_feature(layout, counted, i, effect) for i, effect in enumerate(effects.tolist())]


def _clustering(layout: TensorLayout) -> Floats:
    """How segments of the reference differ, (features, lengths), also where that may be chance: a name is a claim."""
    excess = layout.clustering[:, SHAPE].astype(np.float64) - 1
    return 1 + np.maximum(excess, np.median(excess, axis=0)) if len(excess) else excess


def _feature(layout: TensorLayout, counted: TensorWindow, i: int, clustering: float) -> KnownFeature:
    bins, edges = counted.bins[i], layout.edges[i]
    first = np.concatenate([[True], np.diff(edges) > 0])  # a feature with fewer edges repeats its last one
    total = max(int(bins.sum()), 1)
    below = (np.cumsum(bins)[:-1] / total)[first]
    points, atoms = edges[first], layout.atoms[i, 1:][first]
    moments = layout.moments
    values = points[atoms] if layout.category[i] else None
    if values is not None:
        points, below = _between(values, points, below)
        atoms = np.ones(len(points), bool)
    slack = ROUNDING * np.maximum(np.abs(points), 1e-3 * (moments.maximum[i] - moments.minimum[i]))
    return KnownFeature(
        points=points,
        below=below,
        atoms=atoms[:-1],
        up=np.concatenate([[False], atoms[:-1] & (np.diff(points) <= 2 * slack[1:])]),
        low=float(moments.minimum[i]),
        high=float(moments.maximum[i]),
        mean=float(moments.mean[i]),
        std=float(moments.std[i]),
        median=float(moments.median[i]),
        cells=int(bins.sum()),
        clustering=clustering,
        repeats=float(layout.repeats[i]),
        never_equal=never_equal(layout.narrowest[i]),
        values=values,
    )


def _between(values: Floats, points: Floats, below: Floats) -> tuple[Floats, Floats]:
    """Points halfway between the values of a category, where no rounding reaches."""
    room = smallest_gap(values) / 2
    shares = below[np.searchsorted(points, values)]
    halves = np.concatenate([[values[0] - room], values[:-1] / 2 + values[1:] / 2, [values[-1] + room]])
    return halves, np.append(shares, 1.0)
