"""Scale mistakes: which transform, undone, brings the rows back to where the reference is?

A transform is believed only when the undone values look like the reference: inside its range, with its location
and spread. A single far value can be divided into any range, so a unit factor needs several rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from ingest.tensors import Tensor, Tensors
from monitoring.conversions import FAHRENHEIT, PIXELS, SHARES, UNITS, Conversion
from monitoring.diagnosis.case import Case, Mask
from monitoring.diagnosis.cells import Limits, limits, outside
from monitoring.diagnosis.edits import Edit
from monitoring.diagnosis.known_rescaling import known_rescalings
from monitoring.diagnosis.transforms import SLACK, Array, Transform, edit_of

ENOUGH_CELLS = 3
UNIT_CELLS = 5
MOSTLY = 0.5
EXPLAINED = 0.9  # of the features that a transform moves must come closer


def rescalings(case: Case, rows: Tensors, batch: Tensors) -> Iterator[Edit]:
    """Believable undone transforms for these failing rows, the best known first."""
    for tensor in rows:
        known = limits(case, tensor.name)
        if tensor.values.dtype.kind != "f" or not known.known:
            continue
        beyond = outside(case, tensor)
        if not beyond.any():
            continue
        yield from known_rescalings(case, tensor, known, beyond)
        everything = batch.by_name[tensor.name]
        transforms = _of_whole_input(case, tensor, known, everything)
        yield from filter(None, (_whole_input(case, tensor, known, beyond, one) for one in transforms))
        yield from _units(case, tensor, known, beyond)


def _whole_input(case: Case, tensor: Tensor, known: Limits, beyond: Mask, transform: Transform) -> Edit | None:
    width = case.width(tensor.name)
    affected = beyond.reshape(tensor.rows, -1).any(axis=1)
    finite = np.isfinite(tensor.values)
    with np.errstate(over="ignore", invalid="ignore"):
        undone = transform.undo(tensor.values.astype(np.float64))
    columns = np.where(finite, undone, np.nan)[affected].reshape(-1, width)
    before = tensor.values.astype(np.float64)[affected].reshape(-1, width)
    moved = _moved(before, columns, known)
    far = beyond[affected].reshape(-1, width).any(axis=0)
    alone = width > 1 and (far & moved).sum() < 2 and affected.sum() < UNIT_CELLS
    if alone or finite[affected].sum() < ENOUGH_CELLS or (far & moved).sum() < MOSTLY * moved.sum():
        return None  # a transform moves all its features: one that is far alone was not transformed with others
    if not _looks_like(columns, known) or _worse(before, columns, known)[moved].mean() > 1 - EXPLAINED:
        return None
    cells = finite & affected.reshape(-1, *([1] * (tensor.values.ndim - 1)))
    return edit_of(tensor, undone, cells, transform)


def _moved(before: Array, after: Array, known: Limits) -> Mask:
    """Features that the transform moves by more than a part of their spread, shape (features,)."""
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.nan_to_num(np.abs(after - before), posinf=np.inf).max(axis=0, initial=0)
    return np.asarray(distance > 0.5 * np.nan_to_num(known.std))


def _worse(before: Array, after: Array, known: Limits) -> Mask:
    """Features that the transform takes away from where they should be, shape (features,).

    Dividing by a large number takes every value into a range around 0; a feature that was right before tells.
    """
    spread = np.where(known.std > 0, known.std, 1.0)
    there: Mask = np.asarray(np.isfinite(after).any(axis=0))
    worse: Mask = np.zeros(there.shape, np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        was = np.nanmedian(np.abs(before - known.mean)[:, there], axis=0) / spread[there]
        now = np.nanmedian(np.abs(after - known.mean)[:, there], axis=0) / spread[there]
    worse[there] = now > was + 0.25
    return worse


def _units(case: Case, tensor: Tensor, known: Limits, beyond: Mask) -> Iterator[Edit]:
    """One feature in another unit: all its far values move by the same factor."""
    width = case.width(tensor.name)
    columns = tensor.values.astype(np.float64).reshape(-1, width)
    far = beyond.reshape(-1, width)
    for feature in np.flatnonzero(far.any(axis=0)).tolist():
        values = columns[far[:, feature], feature]
        systematic = len(values) >= UNIT_CELLS or len(values) > MOSTLY * len(columns)
        if not systematic:
            continue  # a few far values can be divided into any range
        one = Limits(*(part[feature : feature + 1] for part in (known.low, known.high, known.mean, known.std)))
        transform = _unit_of(values, one)
        if transform is not None:
            cells = np.zeros(far.shape, bool)
            cells[:, feature] = far[:, feature]
            with np.errstate(over="ignore"):
                undone = transform.undo(tensor.values.astype(np.float64))
            yield edit_of(tensor, undone, cells.reshape(tensor.values.shape), transform)


def _unit_of(values: Array, known: Limits) -> Transform | None:
    if len(values) < ENOUGH_CELLS or len(np.unique(values)) < ENOUGH_CELLS:
        return None
    for conversions in ((FAHRENHEIT,), UNITS):
        undone = [(one.undo(values)[:, None], one) for one in conversions]
        fitting = [(_distance(columns, known), one) for columns, one in undone if _looks_like(columns, known)]
        if fitting:
            return _converted("unit", min(fitting, key=itemgetter(0))[1])
    return None


def _converted(kind: str, conversion: Conversion) -> Transform:
    return Transform(kind, conversion.told, conversion.undo, f"values = {conversion.code}")


def _looks_like(columns: Array, known: Limits) -> bool:
    """Are the columns (cells, features) inside the reference's range, with about its location and spread?"""
    with np.errstate(invalid="ignore"):
        room = (known.high - known.low) * SLACK + np.abs(known.high) * 1e-6
        inside = (columns >= known.low - room) & (columns <= known.high + room)
    present = np.isfinite(columns)
    if not present.any() or (inside | ~present).mean() < 0.98:
        return False
    return _distance(columns, known) < 1.5


def _distance(columns: Array, known: Limits) -> float:
    """How far location and spread are from the reference's, 0 for equal; the median over features."""
    count = np.isfinite(columns).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(known.std > 0, known.std, 1.0)
        location = np.abs(_mean(columns) - known.mean) / spread
        ratio = np.abs(np.log((_std(columns) + spread * 1e-3) / (spread * 1.001)))
    fuzzy = 2 / np.sqrt(np.maximum(count, 1))
    parts = np.maximum(location - fuzzy, 0) + np.where(count >= ENOUGH_CELLS, np.maximum(ratio - fuzzy, 0) / 2, 0)
    return float(np.nanmedian(parts)) if np.isfinite(parts).any() else np.inf


def _mean(columns: Array) -> Array:
    count = np.maximum(np.isfinite(columns).sum(axis=0), 1)
    return np.asarray(np.nansum(columns, axis=0) / count)


def _std(columns: Array) -> Array:
    centred = columns - _mean(columns)
    return np.asarray(np.sqrt(_mean(centred * centred)))


def _of_whole_input(case: Case, tensor: Tensor, known: Limits, batch: Tensor) -> Sequence[Transform]:
    scaler = (case.metadata.get("preprocessing") or {}).get("scaler") or {}
    registered = _registered(scaler, case.width(tensor.name)) if len(case.inputs) == 1 else []
    pixels = [_converted("pixels", one) for one in (*PIXELS, *SHARES)]
    others = [*pixels, *_against_reference(known), *_fitted(known, batch, case.width(tensor.name))]
    return [*registered, *sorted(others, key=lambda one: _distance_of(one, tensor, known))]


def _distance_of(transform: Transform, tensor: Tensor, known: Limits) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return _distance(transform.undo(tensor.values.astype(np.float64)).reshape(-1, len(known.low)), known)


def _registered(scaler: Mapping[str, Any], width: int) -> list[Transform]:
    """The scaler that was registered with the model: forgotten, or applied twice."""
    if scaler.get("kind") == "standard":
        shift, scale = np.asarray(scaler["mean"], np.float64), np.asarray(scaler["scale"], np.float64)
        kind, word = "standard", "standardised"
    elif scaler.get("kind") == "minmax":
        shift = np.asarray(scaler["min"], np.float64)
        scale = np.asarray(scaler["max"], np.float64) - shift
        kind, word = "minmax", "min-max scaled"
    else:
        return []
    if shift.shape != (width,) or scale.shape != (width,):
        return []
    scale = np.where(scale == 0, 1.0, scale)
    told = f"shift, scale = {shift.tolist()}, {scale.tolist()}"
    return [
        Transform(
            kind,
            f"the rows were not {word}",
            lambda x: (x - shift) / scale,
            f"{told}\nvalues = (values - shift) / scale",
        ),
        Transform(
            kind,
            f"the rows were {word} twice",
            lambda x: x * scale + shift,
            f"{told}\nvalues = values * scale + shift",
        ),
    ]


def _against_reference(known: Limits) -> list[Transform]:
    """Rows that were scaled although the model (which scales them itself) was trained on raw ones."""
    found = []
    if np.isfinite(known.std).all():
        code = f"mean, std = {known.mean.tolist()}, {known.std.tolist()}\nvalues = values * std + mean"
        found.append(
            Transform(
                "standard",
                "standardised rows for a model of raw ones",
                lambda x: x * known.std + known.mean,
                code,
            )
        )
    width = known.high - known.low
    code = f"low, high = {known.low.tolist()}, {known.high.tolist()}\nvalues = low + values * (high - low)"
    found.append(
        Transform("minmax", "min-max scaled rows for a model of raw ones", lambda x: known.low + x * width, code)
    )
    return found


def _fitted(known: Limits, batch: Tensor, width: int) -> list[Transform]:
    """Raw rows where the reference was scaled and no scaler is registered: the batch tells its own location."""
    columns = batch.values.astype(np.float64).reshape(-1, width)
    columns = columns[np.isfinite(columns).all(axis=1)]
    if len(columns) < 2 * ENOUGH_CELLS:
        return []
    with np.errstate(over="ignore"):
        shift, scale = columns.mean(axis=0), columns.std(axis=0)
    usable = (scale > 0) & np.isfinite(scale)
    scale = np.where(usable, scale, 1.0)
    if _standardised(known):
        code = "values = scaler.transform(values)  # the StandardScaler that was fitted on the training data"
        note = "the rows were not standardised as the reference was (no scaler is registered: fitted on the batch)"
        return [Transform("standard", note, lambda x: (x - shift) / scale * known.std + known.mean, code)]
    low, span = columns.min(axis=0), np.ptp(columns, axis=0)
    span = np.where(span > 0, span, 1.0)
    if _min_maxed(known):
        code = (
            "from sklearn.preprocessing import MinMaxScaler\nvalues = fitted_scaler.transform(values)  # the training's"
        )
        note = "the rows were not min-max scaled as the reference was (no scaler is registered: fitted on the batch)"
        return [Transform("minmax", note, lambda x: (x - low) / span, code)]
    return []


def _standardised(known: Limits) -> bool:
    return bool(
        np.isfinite(known.std).all() and (np.abs(known.mean) < 0.3).all() and (np.abs(known.std - 1) < 0.5).all()
    )


def _min_maxed(known: Limits) -> bool:
    return bool((known.low >= -0.01).all() and (known.high <= 1.01).all() and (known.high - known.low > 0.5).all())
