"""Faults as they are done to data on the way to a model, for `benchmarks.drift_faults`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nantrace.mistakes.conversions import FACTORS, TEMPERATURES

Array = np.ndarray[Any, Any]
Random = np.random.Generator
SENTINELS = (-999.0, -9999.0, -99999.0, 999999.0, 1e20, -1e30, 9.969209968386869e36, -32768.0, -4711.0, 1e9)


@dataclass(frozen=True)
class Scaler:
    """x -> (x - shift) / scale; `metadata` is what is registered of it."""

    shift: Array
    scale: Array
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, rows: Array) -> Array:
        return (rows - self.shift) / self.scale


@dataclass(frozen=True)
class Injection:
    """Where a fault is put: raw rows of the window, those of the reference, their scaler, and the features."""

    random: Random
    window: Array
    reference: Array
    scaler: Scaler
    hit: list[int]


NONE: Mapping[str, Any] = {}


def make_scaler(random: Random, reference: Array) -> Scaler:
    """Fitted on the reference: none, standard or min-max, as scikit-learn does it."""
    kind = random.choice(["none", "standard", "minmax"])
    width = reference.shape[1]
    if kind == "none":
        return Scaler(np.zeros(width), np.ones(width), NONE)
    if kind == "standard":
        shift, scale = np.nanmean(reference, axis=0), np.nanstd(reference, axis=0)
        scale[scale == 0] = 1
        return Scaler(shift, scale, {"kind": "standard", "mean": shift.tolist(), "scale": scale.tolist()})
    low, high = np.nanmin(reference, axis=0), np.nanmax(reference, axis=0)
    span = np.where(high > low, high - low, 1)
    return Scaler(low, span, {"kind": "minmax", "min": low.tolist(), "max": (low + span).tolist()})


def unscaled(into: Injection) -> Array:
    faulty = into.scaler(into.window)
    faulty[:, into.hit] = into.window[:, into.hit]
    return faulty


def scaled_twice(into: Injection) -> Array:
    """Where the model was trained on raw rows, scaling them once is once too often."""
    again = into.scaler if into.scaler.metadata else standard(into.reference)
    faulty = into.scaler(into.window)
    faulty[:, into.hit] = again(faulty)[:, into.hit]
    return faulty


def standard(reference: Array) -> Scaler:
    scale = np.nanstd(reference, axis=0)
    return Scaler(np.nanmean(reference, axis=0), np.where(scale > 0, scale, 1))


def unit_change(into: Injection) -> Array:
    faulty = into.window.copy()
    factor = float(into.random.choice(FACTORS))
    factor = 1 / factor if into.random.random() < 0.4 else factor
    for i in into.hit:
        temperature = into.random.choice(np.array(TEMPERATURES, object)) if into.random.random() < 0.1 else None
        faulty[:, i] = temperature.apply(into.window[:, i]) if temperature is not None else into.window[:, i] * factor
    return into.scaler(faulty)


def sentinel(into: Injection) -> Array | None:
    before = into.random.random() < 0.5
    faulty = into.window.copy() if before else into.scaler(into.window)
    inside = into.reference if before else into.scaler(into.reference)
    for i in into.hit:
        low, high = np.nanmin(inside[:, i]), np.nanmax(inside[:, i])
        room = 0.2 * (high - low)
        far = [value for value in SENTINELS if value < low - room or value > high + room]
        faulty[some(into.random, len(into.window), 0.005, 0.2), i] = into.random.choice(far)
    return into.scaler(faulty) if before else faulty


def default_fill(into: Injection) -> Array | None:
    """Gaps filled with 0, the mean, the median or the most frequent value; at least 5% of the cells change."""
    before = into.random.random() < 0.5
    faulty, inside = (
        (into.window.copy(), into.reference) if before else (into.scaler(into.window), into.scaler(into.reference))
    )
    for i in into.hit:
        column = inside[np.isfinite(inside[:, i]), i]
        values, counts = np.unique(column, return_counts=True)
        value = into.random.choice([0.0, column.mean(), np.median(column), values[counts.argmax()]])
        if not column.min() <= value <= column.max():
            value = np.median(column)
        share = into.random.uniform(0.1, 0.6)
        if (column == value).mean() > 1 - 0.05 / share:
            return None
        faulty[into.random.random(len(into.window)) < share, i] = value
    return into.scaler(faulty) if before else faulty


def swapped(into: Injection) -> Array:
    """Mostly before the scaler."""
    faulty = into.window.copy()
    if into.random.random() < 0.7:
        faulty[:, into.hit] = into.window[:, into.hit[::-1]]
        return into.scaler(faulty)
    faulty = into.scaler(into.window)
    faulty[:, into.hit] = faulty[:, into.hit[::-1]]
    return faulty


def permutation(into: Injection) -> Array:
    """Three or more columns in another order, none where it was; mostly before the scaler."""
    faulty = into.window.copy()
    turned = [*into.hit[1:], into.hit[0]]
    if into.random.random() < 0.7:
        faulty[:, into.hit] = into.window[:, turned]
        return into.scaler(faulty)
    faulty = into.scaler(into.window)
    faulty[:, into.hit] = faulty[:, turned]
    return faulty


def sign_flip(into: Injection) -> Array:
    faulty = into.window.copy()
    faulty[:, into.hit] *= -1
    return into.scaler(faulty)


def clipped(into: Injection) -> Array | None:
    """At a bound that 3% to 30% of the cells lie beyond."""
    faulty = into.window.copy()
    for i in into.hit:
        share = into.random.uniform(0.03, 0.3)
        column, upper = into.reference[np.isfinite(into.reference[:, i]), i], into.random.random() < 0.7
        bound = np.quantile(column, 1 - share if upper else share)
        beyond = (column > bound).mean() if upper else (column < bound).mean()
        if not 0.03 <= beyond <= 0.4:
            return None
        faulty[:, i] = np.minimum(into.window[:, i], bound) if upper else np.maximum(into.window[:, i], bound)
    return into.scaler(faulty)


def constant(into: Injection) -> Array:
    faulty = into.window.copy()
    for i in into.hit:
        column = into.reference[np.isfinite(into.reference[:, i]), i]
        faulty[:, i] = into.random.choice([into.random.choice(column), 0.0, column.mean()])
    return into.scaler(faulty)


def unseen_category(into: Injection) -> Array:
    """New codes behind the known ones."""
    faulty = into.window.copy()
    for i in into.hit:
        new = np.nanmax(into.reference[:, i]) + into.random.integers(1, 4)
        faulty[some(into.random, len(into.window), 0.02, 0.3), i] = new
    return into.scaler(faulty)


def rounded(into: Injection) -> Array:
    faulty = into.window.copy()
    faulty[:, into.hit] = np.round(into.window[:, into.hit])
    return into.scaler(faulty)


def shift(into: Injection) -> Array:
    """0.5 to 3 standard deviations up or down."""
    faulty = into.window.copy()
    away = into.random.uniform(0.5, 3, len(into.hit)) * into.random.choice([-1, 1], len(into.hit))
    faulty[:, into.hit] += away * np.nanstd(into.reference[:, into.hit], axis=0)
    return into.scaler(faulty)


def some(random: Random, rows: int, least: float, most: float) -> Array:
    count = max(3, round(rows * float(np.exp(random.uniform(np.log(least), np.log(most))))))
    return random.choice(rows, min(count, rows), replace=False)


FAULTS = {
    made.__name__: made
    for made in (
        unscaled,
        scaled_twice,
        unit_change,
        sentinel,
        default_fill,
        swapped,
        permutation,
        sign_flip,
        clipped,
        constant,
        unseen_category,
        rounded,
        shift,
    )
}
