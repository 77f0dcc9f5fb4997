"""Scale mistakes: which transform, undone, brings the rows back to where the reference is?

A transform is believed only when the undone values look like the reference: inside its range, with its location
and spread. A single far value can be divided into any range, so a unit factor needs several rows.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.cells import Limits, limits, outside
from nantrace.diagnosis.edit import Edit, Floats, Transform, converted, edit_of
from nantrace.diagnosis.known_rescaling import known_rescalings
from nantrace.diagnosis.reference_fit import ENOUGH_CELLS, SLACK, distance, distances, inside, looks_like
from nantrace.diagnosis.units import MOSTLY, UNIT_CELLS, other_units
from nantrace.mistakes.conversions import PIXELS, SHARES, Conversion, RegisteredScaler
from nantrace.tensors.tensor import Tensor, Tensors

EXPLAINED = 0.9  # of the features that a transform moves must not go away from the reference
STRAY = 0.05  # of the cells may be less than anything that a conversion sends: a sentinel among pixels
ROUNDED = SLACK / 100  # of the width of what is right: values written with few digits may fall so far short
CLEARLY = 0.25  # of the spread: raw values of a small scale are near the mean of scaled ones, and far too narrow


def rescalings(case: Case, rows: Tensors, batch: Tensors) -> Iterator[Edit]:
    """Believable undone transforms for these failing rows, the best known first."""
    for tensor in rows:
        known = limits(case, tensor.name)
        if tensor.values.dtype.kind not in "fiu" or not known.known:
            continue
        beyond = outside(case, tensor)
        if beyond.any():
            yield from _rescalings_of(case, tensor, known, beyond, batch.by_name[tensor.name])


def _rescalings_of(case: Case, tensor: Tensor, known: Limits, beyond: Mask, batch: Tensor) -> Iterator[Edit]:
    """Of whole numbers only the unit can be another: no scaler makes them."""
    whole: list[Edit] = []
    if tensor.values.dtype.kind == "f":
        yield from known_rescalings(case, tensor, known, beyond)
        transforms = _of_whole_input(case, tensor, known, batch)
        whole += [edit for one in transforms if (edit := _whole_input(case, tensor, known, beyond, one)) is not None]
        yield from whole
    left = beyond & ~_touched(tensor, whole)
    units = other_units(case, tensor, known, left, batch.rows) if left.any() else None
    if units is not None:
        yield units


def _touched(tensor: Tensor, edits: Sequence[Edit]) -> Mask:
    """Cells of rows that some of the edits change: a unit explains only what no scaling of all features does."""
    rows = np.any([edit.touches(tensor.rows) for edit in edits], axis=0) if edits else np.zeros(tensor.rows, bool)
    return np.asarray(rows.reshape(-1, *([1] * (tensor.values.ndim - 1))))


def _whole_input(case: Case, tensor: Tensor, known: Limits, beyond: Mask, transform: Transform) -> Edit | None:
    width = case.width(tensor.name)
    finite = np.isfinite(tensor.values)
    with np.errstate(over="ignore", invalid="ignore"):
        undone = transform.undo(tensor.values.astype(np.float64))
    suspects = beyond.reshape(tensor.rows, -1).any(axis=1)
    affected = suspects & _return(undone, finite, known, width)
    if affected.sum() <= MOSTLY * suspects.sum():
        return None
    before, after = (
        np.where(finite, values, np.nan)[affected].reshape(-1, width) for values in (tensor.values, undone)
    )
    moved = _moved(before, after, known)
    far = beyond[affected].reshape(-1, width).any(axis=0) & moved
    alone = width > 1 and far.sum() < 2 and affected.sum() < UNIT_CELLS
    if alone or not moved.any():
        return None  # a transform moves all its features: one that is far alone was not transformed with others
    given = before[np.isfinite(before)]
    if len(given) < ENOUGH_CELLS or np.ptp(given) == 0:
        return None  # a shift and a factor that fit the reference bring a single value into it, 0 to its mean
    gained = distances(before, known) - distances(after, known)
    wrong = far | (moved & (gained > CLEARLY))
    few = affected.sum() < UNIT_CELLS
    if not transform.registered and not _is_shown(transform, before, moved, wrong, few=few):
        return None
    if not looks_like(after, known) or (gained < -CLEARLY)[moved].mean() > 1 - EXPLAINED:
        return None
    changed = finite & (undone != tensor.values)  # a scaler leaves some features as they are
    return edit_of(tensor, undone, changed & affected.reshape(-1, *([1] * (tensor.values.ndim - 1))), transform)


def _is_shown(transform: Transform, before: Floats, moved: Mask, wrong: Mask, *, few: bool) -> bool:
    """Whether enough features are wrong for a transform of all of them.

    In a few rows, numbers that a factor should have taken out of the range, and that lie there, speak against it; 0
    stays 0.
    """
    speaking = (np.nan_to_num(before) != 0).any(axis=0)
    if few and transform.kind == "pixels" and wrong.sum() <= MOSTLY * speaking.sum():
        return False
    return bool(wrong.sum() >= MOSTLY * moved.sum())


def _return(undone: Floats, finite: Mask, known: Limits, width: int) -> Mask:
    """Rows of which most finite cells come into the reference's range, shape (rows,): others have another fault."""
    there = inside(undone.reshape(len(undone), -1, width), known) & finite.reshape(len(undone), -1, width)
    return np.asarray(there.sum(axis=(1, 2)) > MOSTLY * finite.reshape(len(undone), -1).sum(axis=1))


def _moved(before: Floats, after: Floats, known: Limits) -> Mask:
    """Features that the transform moves by more than a part of their spread, shape (features,)."""
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.nan_to_num(np.abs(after - before), posinf=np.inf).max(axis=0, initial=0)
    return np.asarray(distance > 0.5 * np.nan_to_num(known.std))


def _of_whole_input(case: Case, tensor: Tensor, known: Limits, batch: Tensor) -> Sequence[Transform]:
    registered = _registered(RegisteredScaler.of(case.metadata, case.width(tensor.name)))
    pixels = [converted("pixels", one) for one in (*PIXELS, *SHARES) if _is_possible(one, tensor, known)]
    others = [*pixels, *_against_reference(known), *([] if registered else _fitted(case, known, batch))]
    return [*registered, *sorted(others, key=lambda one: _distance_of(one, tensor, known))]


def _is_possible(one: Conversion, tensor: Tensor, known: Limits) -> bool:
    """Whether the reference, and the rows undone, lie where the conversion says that right values do."""
    width = one.most - one.least
    room, rounding = (share * width if np.isfinite(width) else 0.0 for share in (SLACK, ROUNDED))
    as_said = (known.low >= one.least - room).all() and (known.high <= one.most + room).all()
    undone = one.undo(tensor.values[np.isfinite(tensor.values)].astype(np.float64))
    return bool(as_said and (undone < one.least - rounding).mean() < STRAY)


def _distance_of(transform: Transform, tensor: Tensor, known: Limits) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return distance(transform.undo(tensor.values.astype(np.float64)).reshape(-1, len(known.low)), known)


def _registered(scaler: RegisteredScaler | None) -> list[Transform]:
    """The scaler that was registered with the model: forgotten, or applied twice."""
    if scaler is None:
        return []
    word = {"standard": "standardised", "minmax": "min-max scaled"}[scaler.kind]
    code = f"shift, scale = {scaler.shift.tolist()}, {scaler.scale.tolist()}\nrows = "
    return [
        Transform(scaler.kind, f"the rows were {done}", f"{code}{formula}", undo, registered=True)
        for done, formula, undo in (
            (f"not {word}", "(rows - shift) / scale", scaler.scaled),
            (f"{word} twice", "rows * scale + shift", scaler.raw),
        )
    ]


def _against_reference(known: Limits) -> list[Transform]:
    """Rows that were scaled although the model (which scales them itself) was trained on raw ones."""
    found = []
    if np.isfinite(known.std).all():
        note = "standardised rows for a model of raw ones"
        code = f"mean, std = {known.mean.tolist()}, {known.std.tolist()}\nrows = rows * std + mean"
        found.append(Transform("standard", note, code, lambda x: x * known.std + known.mean))
    width = known.high - known.low
    note = "min-max scaled rows for a model of raw ones"
    code = f"low, width = {known.low.tolist()}, {width.tolist()}\nrows = low + rows * width"
    return [*found, Transform("minmax", note, code, lambda x: known.low + x * width)]


def _fitted(case: Case, known: Limits, batch: Tensor) -> list[Transform]:
    """Raw rows where the reference was scaled and no scaler is registered: the batch shows their location."""
    raw = outside(case, batch).reshape(batch.rows, -1).any(axis=1)
    columns = batch.values[raw].astype(np.float64).reshape(-1, case.width(batch.name))
    columns = columns[np.isfinite(columns).all(axis=1)]
    if len(columns) < 2 * ENOUGH_CELLS:
        return []
    with np.errstate(over="ignore"):
        shift, scale, low = columns.mean(axis=0), columns.std(axis=0), columns.min(axis=0)
    scale = np.where((scale > 0) & np.isfinite(scale), scale, 1.0)
    span = np.where(np.ptp(columns, axis=0) > 0, np.ptp(columns, axis=0), 1.0)
    if _standardised(known):
        return [
            Transform(
                "standard",
                f"the rows were not standardised {_WITHOUT}",
                _SCALER.format("StandardScaler"),
                lambda x: (x - shift) / scale * known.std + known.mean,
            )
        ]
    if _min_maxed(known):
        return [
            Transform(
                "minmax",
                f"the rows were not min-max scaled {_WITHOUT}",
                _SCALER.format("MinMaxScaler"),
                lambda x: (x - low) / span,
            )
        ]
    return []


_WITHOUT = "as the reference was; no scaler is registered, so one was fitted on the batch"
_SCALER = """\
flat = scaler.transform(rows.reshape(-1, rows.shape[-1]))  # the {} that was fitted on the training data
rows = flat.reshape(rows.shape)"""


def _standardised(known: Limits) -> bool:
    return bool(
        np.isfinite(known.std).all() and (np.abs(known.mean) < 0.3).all() and (np.abs(known.std - 1) < 0.5).all()
    )


def _min_maxed(known: Limits) -> bool:
    return bool((known.low >= -0.01).all() and (known.high <= 1.01).all() and (known.high - known.low > 0.5).all())
