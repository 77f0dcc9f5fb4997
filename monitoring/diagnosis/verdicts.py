"""Decides the cause of every failing row: the furthest-upstream change that a replay proved, else the origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ingest.tensors import Tensors
from monitoring.diagnosis.case import Json, Mask, Trail
from monitoring.diagnosis.operations import STATISTICAL, family
from monitoring.diagnosis.trials import Bench, Trial, input_edits, try_inputs

INPUT_CAUSES = (*("input_missing", "input_infinite", "input_unscaled", "input_out_of_distribution", "mask_empty"),)
NO_TRAIL = Trail((), (), None)


@dataclass(frozen=True)
class Verdict:
    """Why one failing row (a position among the failing rows) fails. `trial` is None where nothing was proven."""

    row: int
    cause: str
    trail: Trail
    source: Json | None
    trial: Trial | None


@dataclass(frozen=True)
class Verdicts:
    """All verdicts, and every experiment that was made on the way."""

    rows: list[Verdict]
    trials: list[Trial] = field(default_factory=list)


def decide(bench: Bench, batch: Tensors, trails: Mapping[int, Trail]) -> Verdicts:
    """`trails` by position among the failing rows."""
    count = bench.rows.rows
    trials = try_inputs(bench, input_edits(bench, batch))
    verdicts: dict[int, Verdict] = {}
    for trial in trials:
        cause = trial.edit.cause if trial.edit else ""
        for row in np.flatnonzero(trial.cured).tolist():
            trail = trails.get(row, NO_TRAIL)
            verdicts.setdefault(row, Verdict(row, cause, trail, _source(trail, cause), trial))
    left = np.array([row not in verdicts for row in range(count)])
    if bench.case.model.low_precision and left.any():
        trial = bench.try_variant("float32", left, "computed in float32")
        trials.append(trial)
        for row in np.flatnonzero(trial.cured).tolist():
            trail = trails.get(row, NO_TRAIL)
            source = _source(trail, "precision_overflow")
            verdicts[row] = Verdict(row, "precision_overflow", trail, source, trial)
        left &= ~trial.cured
    for source, rows in _by_source(trails, left):
        cause, made = _of_model(bench, source, rows)
        trials += made
        decisive = _first_cure(made, rows)
        for row in np.flatnonzero(rows).tolist():
            trial_of_row = decisive if decisive is not None and decisive.cured[row] else None
            verdicts[row] = Verdict(row, cause, trails.get(row, NO_TRAIL), source, trial_of_row)
    return Verdicts([verdicts[row] for row in sorted(verdicts)], trials)


def _first_cure(trials: Sequence[Trial], rows: Mask) -> Trial | None:
    """The first experiment that cured all of the rows, else the one that cured most."""
    best = max(trials, key=lambda trial: int(trial.cured[rows].sum()), default=None)
    return best if best is not None and best.cured[rows].any() else None


def _source(trail: Trail, cause: str) -> Json | None:
    """Of several places where bad values began, the one that fits the cause."""
    wanted = ("input", "operation") if cause in INPUT_CAUSES[:2] else ("operation", "weight", "constant", "input")
    for kind in wanted:
        for source in trail.sources:
            if source["kind"] == kind:
                return source
    return next(iter(trail.sources), None)


def _by_source(trails: Mapping[int, Trail], left: Mask) -> list[tuple[Json | None, Mask]]:
    """The rows nothing upstream cured, by the place where their bad values began."""
    places: dict[Any, Json | None] = {}
    rows: dict[Any, Mask] = {}
    for row in np.flatnonzero(left).tolist():
        source = _model_source(trails.get(row, NO_TRAIL))
        key = (source["kind"], source["name"]) if source else None
        places.setdefault(key, source)
        rows.setdefault(key, np.zeros(len(left), bool))[row] = True
    return [(places[key], rows[key]) for key in rows]


def _model_source(trail: Trail) -> Json | None:
    """A weight before an operation before a constant (a mask's -Inf, often harmless) before an input."""
    ranks = {"weight": 0, "operation": 1, "constant": 2, "input": 3}
    return min(trail.sources, key=lambda source: ranks[source["kind"]], default=None)


def _of_model(bench: Bench, source: Json | None, rows: Mask) -> tuple[str, list[Trial]]:
    if source is None:
        return "not_reproduced", []
    if source["kind"] == "input":
        return ("input_missing" if source["value"] == "NaN" else "input_infinite"), []
    if source["kind"] in ("weight", "constant"):
        change: dict[str, Any] = {"weights": "repair"}
        if source["kind"] == "constant":
            change["guard"] = {source["name"]: "Const"}
        return "weights_nonfinite", [bench.try_change("repair_weights", change, rows, "non-finite weights became 0")]
    if source["normalises"] and source["operation"] in STATISTICAL:
        return "normalization_state", _repaired_statistics(bench, source, rows)
    return _of_operation(bench, source, rows)


def _repaired_statistics(bench: Bench, source: Json, rows: Mask) -> list[Trial]:
    change = {"weights": "statistics", "layer": source["layer"]}
    repaired = bench.try_change("repair_statistics", change, rows, "impossible statistics became 0 and 1")
    if repaired.cured[rows].all():
        return [repaired]
    return [repaired, _guarded(bench, source, rows, "guard_operation", "an epsilon was added")]


def _of_operation(bench: Bench, source: Json, rows: Mask) -> tuple[str, list[Trial]]:
    kind = family(source)
    if kind == "exponential":
        note = "the exponent was bounded, as a stable formulation does"
        stable = _guarded(bench, source, rows, "stable_activation", note)
        return "activation_overflow", [stable, _wide(bench, rows)]
    if kind == "domain":
        note = "the operation was kept inside its domain"
        return "undefined_operation", [_guarded(bench, source, rows, "guard_operation", note)]
    change = {"weights": "scale", "layer": source["layer"]}
    scaled = bench.try_change("rescale_weights", change, rows, "the layer's weights were scaled to at most 1")
    return "weights_extreme", [_wide(bench, rows), scaled]


def _guarded(bench: Bench, source: Json, rows: Mask, test: str, note: str) -> Trial:
    return bench.try_change(test, {"guard": {source["name"]: source["operation"]}}, rows, note)


def _wide(bench: Bench, rows: Mask) -> Trial:
    return bench.try_variant("float64", rows, "computed in float64")
