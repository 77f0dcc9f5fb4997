"""The third stage: changes of the model, by the place where the bad values of the rows began."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nantrace.diagnosis.case import Json, Mask, TracedRows
from nantrace.diagnosis.cause import Cause, ModelChange, NoSource, Suspect
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.stages.verdict import NO_TRAIL, Verdict, Verdicts
from nantrace.diagnosis.trials import Bench, Trial

RANKS = {"weight": 0, "operation": 1, "constant": 2, "input": 3}


def at_model(bench: Bench, left: Mask, trails: Mapping[int, TracedRows]) -> Verdicts:
    """Every row that is left, cured or not."""
    found: list[Verdict] = []
    trials: list[Trial] = []
    for source, rows in _by_source(trails, left, shared_is_harmless=bench.healthy.rows > 0):
        cause, made = _cause_of(bench, source, rows, trails)
        trials += made
        decisive = _first_cure(made, rows)
        for row in np.flatnonzero(rows).tolist():
            trial = decisive if decisive is not None and decisive.cured[row] else None
            found.append(Verdict(row, cause, trails.get(row, NO_TRAIL), source, trial))
    return Verdicts(found, trials)


def _cause_of(
    bench: Bench, source: Json | None, rows: Mask, trails: Mapping[int, TracedRows]
) -> tuple[Cause, Sequence[Trial]]:
    """The first cause that fits the place, and its experiments."""
    if source is None:
        return at_stage(NoSource)[0][0], []
    suspect = Suspect(source, rows, _sources(trails, rows))
    cause, change = next((cause, change) for cause, change in at_stage(ModelChange) if change.fits(source))
    return cause, change.make(bench, suspect)


def _first_cure(trials: Sequence[Trial], rows: Mask) -> Trial | None:
    """The first experiment that cured all of the rows, else the one that cured most."""
    best = max(trials, key=lambda trial: int(trial.cured[rows].sum()), default=None)
    return best if best is not None and best.cured[rows].any() else None


def _by_source(
    trails: Mapping[int, TracedRows], left: Mask, *, shared_is_harmless: bool
) -> list[tuple[Json | None, Mask]]:
    """The rows nothing upstream cured, by the place where their bad values began."""
    places: dict[Any, Json | None] = {}
    rows: dict[Any, Mask] = {}
    for row in np.flatnonzero(left).tolist():
        source = _decisive_source(trails.get(row, NO_TRAIL), shared_is_harmless)
        key = (source["kind"], source["name"]) if source else None
        places.setdefault(key, source)
        rows.setdefault(key, np.zeros(len(left), bool))[row] = True
    return [(places[key], rows[key]) for key in rows]


def _decisive_source(trail: TracedRows, shared_is_harmless: bool) -> Json | None:
    """A weight before an operation before a constant before an input.

    The -Inf constant of a mask, read by rows that pass as well, does no harm by itself: then the operation that made
    NaN of it (`masked`) is where to look.
    """
    known = [one for one in trail.sources if not (shared_is_harmless and _is_mask(one))]
    if not known and trail.first_nan is not None and trail.first_nan["kind"] == "operation":
        return {**trail.first_nan, "masked": True}
    return min(known or trail.sources, key=lambda source: RANKS[source["kind"]], default=None)


def _is_mask(source: Json) -> bool:
    """A constant of 0 and -Inf for all rows alike; no weight is meant to be infinite, nor a table of numbers."""
    is_own = source["kind"] == "constant" and source["shared"] and source["only_zero"]
    return bool(is_own and source["value"] == "-Infinity")


def _sources(trails: Mapping[int, TracedRows], rows: Mask) -> list[Json]:
    """All places where the bad values of these rows began, each once, by name."""
    found = {one["name"]: one for row in np.flatnonzero(rows) for one in trails.get(int(row), NO_TRAIL).sources}
    return [found[name] for name in sorted(found)]
