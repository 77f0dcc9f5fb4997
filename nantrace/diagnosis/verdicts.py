"""Decides the cause of every failing row: the furthest-upstream change that a replay proved, else the origin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from nantrace.diagnosis.case import Json, Mask, Trail
from nantrace.diagnosis.edits import Edit
from nantrace.diagnosis.joint import joint_cures
from nantrace.diagnosis.neighbours import beside_cured, infected
from nantrace.diagnosis.operations import family, is_of_statistics, is_sent
from nantrace.diagnosis.trials import Bench, Trial, input_edits
from nantrace.tensors.tensor import Tensors

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


Found = tuple[list[Verdict], list[Trial]]


@dataclass(frozen=True)
class Verdicts:
    """All verdicts, and every experiment that was made on the way."""

    rows: list[Verdict]
    trials: list[Trial] = field(default_factory=list)


def decide(bench: Bench, batch: Tensors, trails: Mapping[int, Trail]) -> Verdicts:
    """`trails` by position among the failing rows."""
    beside = infected(bench)
    left = ~beside
    told: list[Verdict] = []
    trials: list[Trial] = []
    for look in (partial(_at_inputs, input_edits(bench, batch)), _at_precision, _at_model):
        found, made = look(bench, left, trails)
        told += found
        trials += made
        left[[one.row for one in found]] = False
    told.sort(key=lambda one: one.row)
    if beside.any():
        edits = {one.row: one.trial.edit for one in told if one.trial is not None and one.trial.edit is not None}
        trials.append(beside_cured(bench, beside, edits))
        told += _infected(told, trials[-1])
    return Verdicts(told, trials)


def _at_inputs(edits: Sequence[Edit], bench: Bench, left: Mask, trails: Mapping[int, Trail]) -> Found:
    trials = _try_inputs(bench, edits, left)
    return _cured(trials, "", trails), trials


def _at_precision(bench: Bench, left: Mask, trails: Mapping[int, Trail]) -> Found:
    trials = list(_in_float32(bench, left, trails)) if bench.case.model.low_precision else []
    return _cured(trials, "precision_overflow", trails), trials


def _at_model(bench: Bench, left: Mask, trails: Mapping[int, Trail]) -> Found:
    """Every row that is left, cured or not."""
    told: list[Verdict] = []
    trials: list[Trial] = []
    for source, rows in _by_source(trails, left, shared_is_harmless=bench.healthy.rows > 0):
        cause, made = _of_model(bench, source, rows, _sources(trails, rows))
        trials += made
        decisive = _first_cure(made, rows)
        for row in np.flatnonzero(rows).tolist():
            trial = decisive if decisive is not None and decisive.cured[row] else None
            told.append(Verdict(row, cause, trails.get(row, NO_TRAIL), source, trial))
    return told, trials


def _cured(trials: Sequence[Trial], cause: str, trails: Mapping[int, Trail]) -> list[Verdict]:
    """The rows that trials cured, by the first one that did; `cause` of those that are no edit of the inputs."""
    told: dict[int, Verdict] = {}
    for trial in trials:
        named = trial.edit.cause if trial.edit else cause
        for row in np.flatnonzero(trial.cured).tolist():
            trail = trails.get(row, NO_TRAIL)
            told.setdefault(row, Verdict(row, named, trail, _source(trail, named), trial))
    return list(told.values())


def _infected(others: Sequence[Verdict], trial: Trial) -> list[Verdict]:
    """The rows of `trial` fail for what the others fail for, and are told behind them."""
    known = next((one for one in others if one.trial is not None), others[0])
    rows = np.flatnonzero(trial.tried).tolist()
    return [replace(known, row=row, trial=trial if trial.cured[row] else None) for row in rows]


def _try_inputs(bench: Bench, edits: Sequence[Edit], among: Mask) -> list[Trial]:
    """Each edit alone on all rows it touches, then several together on rows that none cured.

    Clipping changes whatever is far: it explains only what no fault with a name does, alone or beside another.
    """
    trials = bench.try_edits(edits, among)
    named = [trial for trial in trials if trial.test != "clip"]
    named += joint_cures(bench, [edit for edit in edits if edit.test != "clip"], _left(among, named))
    found = [*named, *(trial for trial in trials if trial.test == "clip")]
    return [*found, *joint_cures(bench, edits, _left(among, found))]


def _left(among: Mask, trials: Sequence[Trial]) -> Mask:
    return among & ~np.any([trial.cured for trial in trials], axis=0) if trials else among


def _in_float32(bench: Bench, left: Mask, trails: Mapping[int, Trail]) -> Iterator[Trial]:
    """All rows; then those that met a -Inf constant of float16, in which -1e9 cannot be written otherwise."""
    if left.any():
        yield (whole := bench.try_variant("float32", left, "computed in float32"))
        narrow = {row: [one["name"] for one in trail.sources if _is_rounded(one)] for row, trail in trails.items()}
        among = left & ~whole.cured & np.array([bool(narrow.get(row)) for row in range(len(left))])
        if among.any():
            names = sorted({name for row in np.flatnonzero(among).tolist() for name in narrow[row]})
            change = {"precision": "float32", "constants": names}
            note = "computed in float32, with -1e9 for the constant that is -infinity in float16"
            yield bench.try_change("float32", change, among, note)


def _is_rounded(source: Json) -> bool:
    return bool(source["kind"] == "constant" and source["value"] == "-Infinity" and source.get("dtype") == "float16")


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


def _by_source(trails: Mapping[int, Trail], left: Mask, *, shared_is_harmless: bool) -> list[tuple[Json | None, Mask]]:
    """The rows nothing upstream cured, by the place where their bad values began."""
    places: dict[Any, Json | None] = {}
    rows: dict[Any, Mask] = {}
    for row in np.flatnonzero(left).tolist():
        source = _model_source(trails.get(row, NO_TRAIL), shared_is_harmless)
        key = (source["kind"], source["name"]) if source else None
        places.setdefault(key, source)
        rows.setdefault(key, np.zeros(len(left), bool))[row] = True
    return [(places[key], rows[key]) for key in rows]


def _model_source(trail: Trail, shared_is_harmless: bool) -> Json | None:
    """A weight before an operation before a constant before an input.

    The -Inf constant of a mask, read by rows that pass as well, does no harm by itself: then the operation that made
    NaN of it (`masked`) is where to look.
    """
    ranks = {"weight": 0, "operation": 1, "constant": 2, "input": 3}
    known = [one for one in trail.sources if not (shared_is_harmless and _is_mask(one))]
    if not known and trail.birth is not None and trail.birth["kind"] == "operation":
        return {**trail.birth, "masked": True}
    return min(known or trail.sources, key=lambda source: ranks[source["kind"]], default=None)


def _is_mask(source: Json) -> bool:
    """A constant that is -Inf for all rows alike; weights are never meant to be infinite, nor are other constants."""
    return bool(source["kind"] == "constant" and source["shared"] and source["value"] == "-Infinity")


def _sources(trails: Mapping[int, Trail], rows: Mask) -> list[Json]:
    """All places where the bad values of these rows began, each once, by name."""
    found = {one["name"]: one for row in np.flatnonzero(rows) for one in trails.get(int(row), NO_TRAIL).sources}
    return [found[name] for name in sorted(found)]


def _of_model(bench: Bench, source: Json | None, rows: Mask, sources: list[Json]) -> tuple[str, list[Trial]]:
    if source is None:
        return "not_reproduced", []
    constants = [one["name"] for one in sources if one["kind"] == "constant"]
    if source.get("masked"):
        note = "the -infinity of the mask became a finite number"
        return "mask_empty", [bench.try_change("guard_operation", {"constants": constants}, rows, note)]
    if is_sent(source):
        return ("input_missing" if source["value"] == "NaN" else "input_infinite"), []
    if source["kind"] in ("weight", "constant"):
        change = {"weights": "repair", "constants": constants}
        note = "non-finite weights became 0 (a variance 1), non-finite constants 1"
        return "weights_nonfinite", [bench.try_change("repair_weights", change, rows, note)]
    if source["normalises"] and is_of_statistics(source):
        return "normalization_state", _repaired_statistics(bench, source, rows)
    return _of_operation(bench, source, rows, [one for one in sources if _is_alike(one, source)])


def _is_alike(one: Json, other: Json) -> bool:
    """The same kind of operation in the same layer, as both halves of exp(x) / (1 + exp(x))."""
    return bool(one["operation"] == other["operation"] and one["layer"] == other["layer"])


def _repaired_statistics(bench: Bench, source: Json, rows: Mask) -> list[Trial]:
    change = {"weights": "statistics", "layer": source["layer"]}
    repaired = bench.try_change("repair_statistics", change, rows, "impossible statistics became 0 and 1")
    if repaired.cured[rows].all():
        return [repaired]
    if source["shared"]:  # what goes into the operation is the stored statistic itself, kept as a constant
        note = "the impossible statistic became a possible one"
        return [repaired, _guarded(bench, [source], rows, "repair_statistics", note)]
    return [repaired, _guarded(bench, [source], rows, "guard_operation", "an epsilon was added")]


def _of_operation(bench: Bench, source: Json, rows: Mask, alike: Sequence[Json]) -> tuple[str, list[Trial]]:
    kind = family(source)
    if kind == "exponential":
        note = "the exponent was bounded, as a stable formulation does"
        stable = _guarded(bench, alike, rows, "stable_activation", note)
        return "activation_overflow", [stable, _wide(bench, rows)]
    if kind == "domain":
        note = "the operation was kept inside its domain"
        return "undefined_operation", [_guarded(bench, alike, rows, "guard_operation", note)]
    change = {"weights": "scale", "layer": source["layer"]}
    scaled = bench.try_change("rescale_weights", change, rows, "the layer's weights were scaled to at most 1")
    return "weights_extreme", [_wide(bench, rows), scaled]


def _guarded(bench: Bench, places: Sequence[Json], rows: Mask, test: str, note: str) -> Trial:
    return bench.try_change(test, {"guard": {one["name"]: one["operation"] for one in places}}, rows, note)


def _wide(bench: Bench, rows: Mask) -> Trial:
    return bench.try_variant("float64", rows, "computed in float64")
