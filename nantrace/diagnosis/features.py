"""The responsible features of an incident, with their values and the reference's."""

from base64 import b64decode
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from nantrace.diagnosis.cause import RowEdits
from nantrace.diagnosis.causes import cause_of
from nantrace.diagnosis.edit import Edit, Feature
from nantrace.diagnosis.finding import PartOfFeature, ResponsibleFeature, TrainingRange, spelled
from nantrace.diagnosis.minimal_features import counted, minimal_features
from nantrace.diagnosis.trials import Bench
from nantrace.tensors.tensor import Sent, Tensor

EXAMINED_ROWS = 24


def responsible_features(bench: Bench, edit: Edit, rows: Sequence[int]) -> list[ResponsibleFeature]:
    """Features that `edit` must change to cure the rows (positions among the failing rows).

    An edit that undoes a transform moves its features all together: those it moves, not each for itself, count.
    """
    parts = edit.parts or (edit,)
    moved = [part for part in parts if _row_edits(part.cause).transforms]
    found = {row: [one for part in moved for one in part.features(bench.case, row)] for row in rows}
    if len(moved) < len(parts):
        for row, features in _examined(bench, edit, rows).items():
            found[row] += [one for one in features if one not in found[row]]
    return [_described(bench, feature, count, edit, rows) for feature, count in counted(found).items()]


def _row_edits(cause: str) -> RowEdits:
    stage = cause_of(cause).stage(RowEdits)
    if stage is None:
        raise ValueError(f"{cause} is the cause of an edit, and has no edits of rows")
    return stage


def _examined(bench: Bench, edit: Edit, rows: Sequence[int]) -> dict[int, list[Feature]]:
    """Minimal features row by row; rows with the same changed features share one examination."""
    known: dict[tuple[Feature, ...], list[Feature]] = {}
    found = {}
    for row in rows:
        pattern = tuple(edit.features(bench.case, row))
        if pattern not in known and len(known) < EXAMINED_ROWS:
            known[pattern] = _minimal_of(bench, edit, row)
        found[row] = known.get(pattern, list(pattern))
    return found


def _minimal_of(bench: Bench, edit: Edit, row: int) -> list[Feature]:
    one = np.array([row])
    rows, change = bench.rows.take(one), edit.take(one)
    if not bench.swallowed[row]:
        return minimal_features(bench.case, rows, change, bench.is_cured)
    target = bench.lab.replay(change.apply(rows), "unfused")
    return minimal_features(bench.case, rows, change, partial(bench.answers_like, target))


def _described(bench: Bench, feature: Feature, count: int, edit: Edit, rows: Sequence[int]) -> ResponsibleFeature:
    name, index = feature
    reference = bench.case.feature_reference(name, index)
    known = None if reference is None else TrainingRange(reference.min, reference.max, reference.mean)
    return ResponsibleFeature(
        input=name,
        name=bench.case.feature_name(name, index),
        index=index,
        reason=_row_edits(_cause_of(bench, feature, edit, rows)).reason,
        rows=count,
        values=_values(bench, feature, edit, rows),
        reference=known,
        positions=_positions(bench, feature, edit, rows),
        part=_part(bench, feature, edit, rows),
    )


def _cause_of(bench: Bench, feature: Feature, edit: Edit, rows: Sequence[int]) -> str:
    """Of several edits together, the cause that the first one which changes the feature stands for."""
    some = np.asarray(rows)
    changing = (part.cause for part in edit.parts if feature in part.take(some).features(bench.case))
    return next(changing, edit.cause)


def _positions(bench: Bench, feature: Feature, edit: Edit, rows: Sequence[int]) -> list[int] | None:
    name, index = feature
    mask = edit.cells[name]
    if mask.ndim < 3 and not (mask.ndim == 2 and bench.case.width(name) == 1 and mask.shape[1] > 1):
        return None
    columns = mask[np.asarray(rows)].reshape(len(rows), -1, bench.case.width(name))
    places = np.flatnonzero(columns[:, :, index].any(axis=0))
    return [int(places[0]), int(places[-1])] if len(places) else None


def _part(bench: Bench, feature: Feature, edit: Edit, rows: Sequence[int]) -> PartOfFeature | None:
    """None where the edit changes all cells of the feature in some row, or whole rows."""
    if _row_edits(_cause_of(bench, feature, edit, rows)).transforms:
        return None
    name, index = feature
    mask = edit.cells[name]
    columns = mask[np.asarray(rows)].reshape(len(rows), -1, bench.case.width(name))[:, :, index]
    most = int(columns.sum(axis=1).max())
    if most == columns.shape[1]:
        return None
    return PartOfFeature("pixel" if mask.ndim == 4 else "position", single=most == 1)


def _values(bench: Bench, feature: Feature, edit: Edit, rows: Sequence[int]) -> list[Any]:
    """Up to five different values that the edit had to change, as they were sent."""
    name, index = feature
    width = bench.case.width(name)
    tensor = bench.rows.by_name[name].take(np.asarray(rows))
    mask = edit.cells[name][np.asarray(rows)].reshape(-1, width)[:, index]
    sent = [as_sent(tensor, position, width, index) for position in np.flatnonzero(mask)[:200].tolist()]
    return list(dict.fromkeys(sent))[:5]


def as_sent(tensor: Tensor, position: int, width: int, index: int) -> Any:
    """The cell of one feature at a position of the flattened other axes, as JSON holds it."""
    value = tensor.values.reshape(-1, width)[position, index]
    sent = Sent.VALUE if tensor.sent is None else tensor.sent.reshape(-1, width)[position, index]
    if sent == Sent.MISSING:
        return "missing"
    if sent == Sent.TEXT:
        return tensor.texts.get(position * width + index, "text")
    if sent == Sent.BYTES:
        return f"{len(b64decode(value))} bytes"
    short = value.dtype == np.float32 and np.isfinite(value)  # 0.1, not the digits that float64 adds to it
    return float(str(value)) if short else spelled(value.item())
