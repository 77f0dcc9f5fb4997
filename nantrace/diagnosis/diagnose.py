"""The whole diagnosis: rows in, findings out. Reads like the question a person would ask."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from nantrace.diagnosis.case import Case, Json, Laboratory, Trail
from nantrace.diagnosis.diagnosed import Diagnosed
from nantrace.diagnosis.features import guilty_features
from nantrace.diagnosis.finding import Evidence, Finding, GuiltyFeature, Place
from nantrace.diagnosis.headroom import layer_strip, near_overflow
from nantrace.diagnosis.model_remedies import large_weights
from nantrace.diagnosis.remedies import remedies
from nantrace.diagnosis.served import served_only
from nantrace.diagnosis.symptoms import Symptoms, observe
from nantrace.diagnosis.titles import title
from nantrace.diagnosis.trials import Bench, Rows, Trial, as_counts
from nantrace.diagnosis.verdicts import INPUT_CAUSES, Verdict, Verdicts, decide

SURE, LIKELY = 0.98, 0.6
VARIANTS = ("eager", "xla", "float32", "float64")  # beside the standing ones


def diagnose(case: Case, lab: Laboratory) -> list[Finding]:
    """Every incident among the rows of a case, each with its rows, cause, origin, features, evidence and remedies."""
    seen = observe(case, lab)
    unexplained = seen.served_bad & ~seen.failing
    examined = _examine(case, lab, seen) if seen.failing.any() else []
    healthy = ~seen.failing & ~seen.refused & ~seen.served_bad
    warnings = near_overflow(case, lab, healthy)
    return [*_refused(case, seen), *examined, *served_only(case, lab, unexplained), *warnings]


def _examine(case: Case, lab: Laboratory, seen: Symptoms) -> list[Finding]:
    index = np.flatnonzero(seen.failing)
    healthy = np.flatnonzero(~seen.failing & ~seen.refused & ~seen.served_bad)
    rows, others = case.inputs.take(index), case.inputs.take(healthy)
    bench = Bench(case, lab, rows, others, seen.swallowed[index], seen.unfused.take(index))
    trails = _by_failing_row(seen.trails, index)
    verdicts = decide(bench, case.inputs, trails)
    groups: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts.rows:
        if verdict.trial is None and seen.swallowed[index[verdict.row]]:
            continue  # finite, and nothing that cures it changes anything: not known to be wrong
        symptom = "nonfinite_output" if seen.nonfinite[index[verdict.row]] else "absorbed"
        groups.setdefault((symptom, verdict.cause, _origin_key(verdict)), []).append(verdict)
    return [_finding(bench, seen, index, str(symptom), group, verdicts) for (symptom, _, _), group in groups.items()]


def _by_failing_row(trails: Iterable[Trail], index: Rows) -> dict[int, Trail]:
    position = {int(row): i for i, row in enumerate(index)}
    return {position[row]: trail for trail in trails for row in trail.rows if row in position}


def _origin_key(verdict: Verdict) -> tuple[object, ...]:
    source = verdict.source or {}
    if verdict.cause in INPUT_CAUSES:
        return (source.get("kind"),)
    return (source.get("kind"), source.get("layer"), source.get("operation"))


def _finding(
    bench: Bench, seen: Symptoms, index: Rows, symptom: str, group: list[Verdict], verdicts: Verdicts
) -> Finding:
    case, first = bench.case, group[0]
    positions = [verdict.row for verdict in group]
    rows = [int(index[position]) for position in positions]
    proven = all(verdict.trial is not None for verdict in group)
    trial = next((verdict.trial for verdict in group if verdict.trial is not None), None)
    features = _features(bench, first.cause, group)
    share = sum(verdict.trial is not None for verdict in group) / len(group)
    told = Diagnosed(case, first.source, features, trial, proven)
    failing = _failing_rows(bench, seen, rows, positions)
    return Finding(
        symptom=symptom,
        cause=first.cause,
        confidence=round(max(share * SURE, LIKELY if first.source else LIKELY / 2), 2),
        title=title(symptom, first.cause, first.source, features, _note(trial), large_weights=large_weights(told)),
        row_indices=rows,
        origin=_place(first.source),
        nan_birth=_place(first.trail.birth),
        features=features,
        reproduced_in=list(failing),
        failing_rows=failing,
        evidence=_evidence(verdicts.trials, group),
        remedies=remedies(first.cause, told),
        layers=layer_strip(case, bench.lab, rows),
    )


def _features(bench: Bench, cause: str, group: list[Verdict]) -> list[GuiltyFeature]:
    """By the trial that cured them; rows cured by different trials of one cause are joined."""
    found: dict[tuple[str, int], GuiltyFeature] = {}
    trials: dict[int, tuple[Trial, list[int]]] = {}
    for verdict in group:
        if verdict.trial is not None and verdict.trial.edit is not None:
            trials.setdefault(id(verdict.trial), (verdict.trial, []))[1].append(verdict.row)
    for trial, rows in trials.values():
        if trial.edit is None:
            continue
        for feature in guilty_features(bench, cause, trial.edit, rows):
            found.setdefault((feature.input, feature.index), feature)
    return list(found.values())


def _failing_rows(bench: Bench, seen: Symptoms, rows: list[int], positions: list[int]) -> dict[str, list[int]]:
    """Per variant of the replay, those of the rows that are not finite in it; variants without any are left out."""
    standing = {"default": seen.default_bad, "unfused": seen.unfused_bad}
    found = {name: [row for row in rows if bad[row]] for name, bad in standing.items()}
    for variant, after in bench.lab.replay_each(bench.rows.take(np.asarray(positions)), _variants(bench.case)).items():
        found[variant] = [row for i, row in enumerate(rows) if not after.finite[i] and i not in after.refused]
    return {variant: failing for variant, failing in found.items() if failing}


def _variants(case: Case) -> list[str]:
    """A model that computes in float32 anyway is not replayed in it once more."""
    return [variant for variant in VARIANTS if variant != "float32" or case.model.low_precision]


def _note(trial: Trial | None) -> str:
    """What a trial showed, for the title: of changes of scale, what was done to the rows."""
    if trial is None or trial.edit is None:
        return "" if trial is None else trial.note
    scaled = [str(part.details["what"]) for part in trial.edit.parts or (trial.edit,) if "what" in part.details]
    return "; ".join(scaled) or trial.note


def _evidence(trials: Sequence[Trial], group: list[Verdict]) -> list[Evidence]:
    """The experiments on these rows, those that cured most first.

    Where a change of scale decided, other changes of scale that would have fitted worse say nothing more.
    """
    positions = np.array([verdict.row for verdict in group])
    decisive = {id(verdict.trial) for verdict in group}
    scale = group[0].cause == "input_unscaled"
    counts = [(as_counts(one, positions), one) for one in trials if not scale or _tells(one, decisive)]
    made = [Evidence(trial.test, note=trial.note, **count) for count, trial in counts if count["rows"]]
    return sorted(dict.fromkeys(made), key=lambda one: -one.cured)


def _tells(trial: Trial, decisive: set[int]) -> bool:
    joint = trial.edit is not None and bool(trial.edit.parts)
    return trial.test != "rescale" or joint or id(trial) in decisive


def _place(place: Json | None) -> Place | None:
    if place is None:
        return None
    return Place(
        kind=place["kind"],
        name=place["name"],
        layer=place["layer"],
        operation=place["operation"],
        iteration=place["iteration"],
        value=place["value"],
        inputs=list(place["inputs"]),
    )


def _refused(case: Case, seen: Symptoms) -> list[Finding]:
    """Rows that the model cannot take, by reason; reasons that differ in numbers only are one."""
    alike: dict[str, str] = {}
    reasons: dict[str, list[int]] = {}
    for row in np.flatnonzero(seen.refused).tolist():
        reason = seen.unfused.refused.get(row) or seen.default.refused.get(row, "")
        reasons.setdefault(alike.setdefault(re.sub(r"\d+", "#", reason), reason), []).append(row)
    return [
        Finding(
            symptom="replay_failed",
            cause="shape_or_type",
            confidence=SURE,
            title=title("replay_failed", "shape_or_type", None, [], reason),
            row_indices=rows,
            reproduced_in=["default", "unfused"],
            evidence=[Evidence("replay", len(rows), 0, reason)],
            remedies=remedies("shape_or_type", Diagnosed(case, None, [], None, proven=False)),
        )
        for reason, rows in reasons.items()
    ]
