"""What was done to the data? A fault is found by undoing it and asking whether the rows fall back onto the reference.

First come faults that show as exact values (constants, sentinels), and their cells are taken out. Of the other features
only those that moved are explained: scaling first, which hits many features together, then exchanged features, then
each for itself. A fault is named only if what it leaves is chance, or far less than what it found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np

from ingest.tensors import Sent, Tensors
from monitoring.drift.columns import Columns, columns_of
from monitoring.drift.faults.categories import chance_of_new, unseen_numbers, unseen_texts
from monitoring.drift.faults.explanations import registered_scaler
from monitoring.drift.faults.fault import Fault
from monitoring.drift.faults.grain import rounded
from monitoring.drift.faults.known_feature import Observed
from monitoring.drift.faults.line import SAME, Line
from monitoring.drift.faults.lines import Feature, Moved, moved
from monitoring.drift.faults.reference import known_features
from monitoring.drift.faults.scaling import known_scalings, looks_scaled, unknown_scaling
from monitoring.drift.faults.singles import Single, single
from monitoring.drift.faults.spikes import clipped, constant, fill, sentinels
from monitoring.drift.faults.swaps import swaps
from monitoring.drift.faults.wording import Words
from monitoring.drift.layout import TensorLayout
from monitoring.drift.profile import Profile


def name_faults(profile: Profile, rows: Tensors, preprocessing: Mapping[str, Any] | None = None) -> list[Fault]:
    """The faults of the inputs in some rows of one window, the most certain first.

    `preprocessing` is the metadata's, whose scaler belongs to the only input.
    """
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
            scaler = registered_scaler(preprocessing or {}, layout.shape[-1] if layout.shape else 1)
            faults += _numbers(profile, number, layout, columns, scaler if len(inputs) == 1 else None, tensor.rows)
    return sorted(faults, key=lambda fault: -fault.confidence)


def _texts(profile: Profile, number: int, layout: TensorLayout, columns: Columns) -> list[Fault]:
    words = Words(layout.name, layout.index)
    found = []
    bins = profile.reference.tensors[number].bins
    for i, vocabulary in enumerate(layout.vocabulary):
        texts = columns.values[:, i]
        if columns.sent is not None:
            texts = texts[columns.sent[:, i] == Sent.VALUE]
        usual = float(bins[i, -1]) / max(int(bins[i].sum()), 1)
        unseen = unseen_texts(texts, vocabulary, max(usual, chance_of_new(bins[i, 1:-1].astype(float))))
        if unseen is not None:
            found.append(words.unseen(i, unseen))
    return found


def _numbers(
    profile: Profile, number: int, layout: TensorLayout, columns: Columns, scaler: list[Line] | None, rows: int
) -> list[Fault]:
    known = known_features(profile, number, rows)
    seen = _observed(columns)
    lines = [scaler[i] if scaler is not None else SAME for i in layout.index.tolist()]
    features = [Feature(i, *parts) for i, parts in enumerate(zip(known, seen, lines, strict=True))]
    words = Words(layout.name, layout.index)
    faults, rest = _exact_values(features, words)
    found = moved(rest)
    named, explained = _whole_features(rest, found, words)
    quiet = [one for one in rest if one.number not in explained]
    return [*faults, *named, *_parts(quiet, words)]


def _observed(columns: Columns) -> list[Observed]:
    """The finite cells of every feature, sorted."""
    values = columns.values.astype(np.float64)
    if columns.sent is not None:
        values = np.where(columns.sent == Sent.VALUE, values, np.nan)
    ordered = np.sort(np.where(np.isfinite(values), values, np.nan).T, axis=1)
    counts = np.isfinite(ordered).sum(axis=1).tolist()
    return [Observed(row[:count], len(row)) for row, count in zip(ordered, counts, strict=True)]


def _exact_values(features: Sequence[Feature], words: Words) -> tuple[list[Fault], list[Feature]]:
    """Faults of exact values; and the features that these do not explain, without the sentinels' cells."""
    faults, rest = [], []
    for one in features:
        same = constant(one.known, one.seen)
        if same is not None:
            faults.append(words.spike(one, same))
            continue
        found = sentinels(one.known, one.seen, one.scaler.inverse)
        faults += [words.spike(one, spike) for spike in found]
        cured = replace(one, seen=one.seen.without([spike.value for spike in found]))
        inner = clipped(cured.known, cured.seen) or fill(cured.known, cured.seen, cured.scaler.inverse)
        if inner is not None:
            faults.append(words.spike(cured, inner))
        else:
            rest.append(cured)
    return faults, rest


@dataclass
class Explained:
    """Faults of features that moved, and the moved features that are still to be explained."""

    rest: Sequence[Moved]
    named: list[Fault] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)

    def add(self, fault: Fault, hit: Sequence[Moved]) -> None:
        self.named.append(fault)
        self.numbers |= {one.feature.number for one in hit}
        self.rest = [one for one in self.rest if one.feature.number not in self.numbers]


def _whole_features(features: Sequence[Feature], found: Sequence[Moved], words: Words) -> tuple[list[Fault], set[int]]:
    """Faults of whole features, and the numbers of the features that they explain."""
    faults = Explained(found)
    for scaling in known_scalings(found):
        faults.add(words.scaling(scaling), [one for one, _, _ in scaling.hit])
    unregistered = looks_scaled(features) and all(one.scaler == SAME for one in features)
    for swap in swaps(faults.rest, unregistered=unregistered):
        faults.add(words.swap(swap), [swap.first, swap.second])
    unknown = unknown_scaling(features, faults.rest) if unregistered else None
    if unknown is not None:
        faults.add(words.scaling(unknown), [one for one, _, _ in unknown.hit])
    alone = [named for one in faults.rest if (named := single(one, unregistered=unregistered)) is not None]
    for _, group in groupby(sorted(alone, key=Single.sameness), key=Single.sameness):
        members = list(group)
        faults.add(words.singles(members), [one.moved for one in members])
    return faults.named, faults.numbers


def _parts(features: Sequence[Feature], words: Words) -> list[Fault]:
    """Faults that leave a feature where it is: unknown categories, fewer decimals."""
    faults = []
    for one in features:
        unseen = unseen_numbers(one.known, one.seen)
        coarse = rounded(one.known, one.seen, one.scaler.inverse)
        if unseen is not None:
            faults.append(words.unseen(one.number, unseen))
        elif coarse is not None:
            faults.append(words.rounded(one, coarse))
    return faults
