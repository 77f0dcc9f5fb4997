"""Which features make a row fail: replayed with all cells changed but one feature's, and with one feature's only."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.edit import Edit, Feature
from nantrace.tensors.tensor import Tensor, Tensors

IsCured = Callable[[Tensors], Mask]
Part = TypeVar("Part", bound=Hashable)  # of a row: a feature, or a single cell
Cures = Callable[[Sequence[Sequence[Part]]], list[bool]]  # of each: does changing these parts alone cure the row?
GROUP = 16


def minimal_features(case: Case, row: Tensors, edit: Edit, is_cured: IsCured) -> list[Feature]:
    """Features of one row (a batch of 1) that `edit`, which cures it, must change."""
    suspects = edit.features(case)
    if len(suspects) <= 1:
        return suspects

    def cures(changes: Sequence[Sequence[Feature]]) -> list[bool]:
        return [bool(cured) for cured in is_cured(_variants(case, row, edit, changes))]

    return smallest_cure(suspects, cures)


def smallest_cure(suspects: Sequence[Part], cures: Cures[Part]) -> list[Part]:
    """The parts of a row that must change, of those all of which cure it.

    A part is responsible if the row still fails with all others changed. Where to change these is not enough, others
    fail together: all of which one change is enough, or the smallest set found by halving (ddmin: Zeller and
    Hildebrandt, 2002), join them.
    """
    certain = _responsible_alone(suspects, cures)
    if certain and all(cures([certain])):
        return certain
    others = [one for one in suspects if one not in set(certain)]
    return [*certain, *(_cure_alone(others, certain, cures) or _by_halving(others, certain, cures))]


def _responsible_alone(suspects: Sequence[Part], cures: Cures[Part]) -> list[Part]:
    """Group testing: a group whose unchanged cells do no harm is cleared with one replay."""
    certain: list[Part] = []
    groups = [list(suspects[i : i + GROUP]) for i in range(0, len(suspects), GROUP)]
    while groups:
        cured = cures([[one for one in suspects if one not in set(group)] for group in groups])
        failing = [group for group, ok in zip(groups, cured, strict=True) if not ok]
        certain += [group[0] for group in failing if len(group) == 1]
        groups = [half for group in failing if len(group) > 1 for half in _halves(group)]
    return certain


def _cure_alone(suspects: Sequence[Part], certain: Sequence[Part], cures: Cures[Part]) -> list[Part]:
    """Of parts that fail only together, all of which one change is enough: all are equally responsible."""
    return [one for one, ok in zip(suspects, cures([[*certain, one] for one in suspects]), strict=True) if ok]


def _by_halving(suspects: Sequence[Part], certain: Sequence[Part], cures: Cures[Part]) -> list[Part]:
    """What must change with the parts that are responsible alone."""
    current, parts = list(suspects), 2
    while len(current) > 1:
        size = -(-len(current) // parts)
        subsets = [current[i : i + size] for i in range(0, len(current), size)]
        others = [[one for one in current if one not in subset] for subset in subsets]
        trials = [trial for trial in [*subsets, *others] if trial]
        cured = cures([[*certain, *trial] for trial in trials])
        good = [trial for trial, ok in zip(trials, cured, strict=True) if ok]
        if good:
            current = min(good, key=len)
            parts = 2
        elif parts >= len(current):
            break
        else:
            parts = min(len(current), parts * 2)
    return current


def _variants(case: Case, row: Tensors, edit: Edit, changed: Sequence[Sequence[Feature]]) -> Tensors:
    """The row once per list of features, with the edit applied to these features only."""
    count = len(changed)
    rows = row.take(np.zeros(count, np.intp))
    many = edit.take(np.zeros(count, np.intp))
    only = {tensor.name: _allowed(case, tensor, changed) for tensor in rows}
    return many.apply(rows, only)


def _allowed(case: Case, tensor: Tensor, changed: Sequence[Sequence[Feature]]) -> Mask:
    width = case.width(tensor.name)
    allowed = np.zeros((len(changed), width), bool)
    for i, features in enumerate(changed):
        for name, index in features:
            if name == tensor.name:
                allowed[i, index] = True
    if width == 1:
        return allowed.reshape(-1, *([1] * (tensor.values.ndim - 1)))
    return allowed.reshape(-1, *([1] * (tensor.values.ndim - 2)), width)


def _halves(group: list[Part]) -> tuple[list[Part], list[Part]]:
    middle = len(group) // 2
    return group[:middle], group[middle:]


def counted(found: Mapping[int, Sequence[Feature]]) -> dict[Feature, int]:
    """In how many rows each feature is responsible, the commonest first."""
    counts: dict[Feature, int] = {}
    for features in found.values():
        for feature in features:
            counts[feature] = counts.get(feature, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
