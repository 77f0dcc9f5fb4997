"""The whole diagnosis: rows in, findings out. Reads like the question a person would ask."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from nantrace.diagnosis.answers import row_answers
from nantrace.diagnosis.case import Case, Json, Laboratory, TracedRows
from nantrace.diagnosis.cause import PrecisionTrials, RowEdits
from nantrace.diagnosis.causes import cause_of
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.features import responsible_features
from nantrace.diagnosis.finding import Evidence, Finding, OperandRange, Origin, Remedy, ResponsibleFeature
from nantrace.diagnosis.headroom import layer_strip, near_overflow
from nantrace.diagnosis.phrases import title
from nantrace.diagnosis.remedies import remedies
from nantrace.diagnosis.stages.decide import decide
from nantrace.diagnosis.stages.refused import refused_rows
from nantrace.diagnosis.stages.served import served_only
from nantrace.diagnosis.stages.verdict import Verdict, Verdicts, rows_by_trial
from nantrace.diagnosis.symptoms import Symptoms, observe
from nantrace.diagnosis.trials import Bench, Rows, Trial, as_counts

SURE, LIKELY = 0.98, 0.6
VARIANTS = ("eager", "xla", "float32", "float64")  # and the standing ones
WIDER = ("float32", "float64")


def diagnose(case: Case, lab: Laboratory) -> list[Finding]:
    """Every incident among the rows of a case, each with its rows, cause, origin, features, evidence and remedies."""
    seen = observe(case, lab)
    unexplained = seen.served_bad & ~seen.failing
    examined = _examine(case, lab, seen) if seen.failing.any() else []
    healthy = ~seen.failing & ~seen.refused & ~seen.served_bad
    warnings = near_overflow(case, lab, healthy)
    return [*refused_rows(case, lab, seen), *examined, *served_only(case, lab, unexplained), *warnings]


def _examine(case: Case, lab: Laboratory, seen: Symptoms) -> list[Finding]:
    index = np.flatnonzero(seen.failing)
    healthy = np.flatnonzero(~seen.failing & ~seen.refused & ~seen.served_bad)
    rows, others = case.inputs.take(index), case.inputs.take(healthy)
    bench = Bench(case, lab, rows, others, seen.swallowed[index], seen.unfused.take(index))
    trails = _by_failing_row(seen.trails, index)
    verdicts = decide(bench, trails)
    groups: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts.rows:
        if verdict.trial is None and seen.swallowed[index[verdict.row]]:
            continue  # finite, and nothing that cures it changes anything: not known to be wrong
        symptom = "nonfinite_output" if seen.nonfinite[index[verdict.row]] else "absorbed"
        groups.setdefault((symptom, verdict.cause.identifier, _origin_key(verdict)), []).append(verdict)
    return [_finding(bench, seen, index, str(symptom), group, verdicts) for (symptom, _, _), group in groups.items()]


def _by_failing_row(trails: Iterable[TracedRows], index: Rows) -> dict[int, TracedRows]:
    position = {int(row): i for i, row in enumerate(index)}
    return {position[row]: trail for trail in trails for row in trail.rows if row in position}


def _origin_key(verdict: Verdict) -> tuple[object, ...]:
    source = verdict.source or {}
    if verdict.cause.stage(RowEdits) is not None:
        return (source.get("kind"),)
    return (source.get("kind"), source.get("layer"), source.get("operation"))


def _finding(
    bench: Bench, seen: Symptoms, index: Rows, symptom: str, group: list[Verdict], verdicts: Verdicts
) -> Finding:
    first, rows = group[0], [int(index[verdict.row]) for verdict in group]
    proven = all(verdict.trial is not None for verdict in group)
    trial = _of_most_changes([verdict.trial for verdict in group if verdict.trial is not None])
    cured = sum(verdict.trial is not None for verdict in group)
    features = _features(bench, group)
    source = _among(features, first)
    infected = any(verdict.infected for verdict in group)
    untraced = next((verdict.trail.unfinished for verdict in group if verdict.trail.unfinished), "")
    diagnosed = DiagnosedRows(bench.case, source, features, trial, proven, spreads=infected, untraced=untraced)
    failing = _failing_rows(bench, seen, index, group)
    return Finding(
        symptom=symptom,
        cause=first.cause.identifier,
        confidence=round(max(cured / len(group) * SURE, LIKELY if source else LIKELY / 2), 2),
        title=title(symptom, first.cause, diagnosed),
        row_indices=rows,
        origin=_origin(source),
        first_nan=_origin(source if first.trail.first_nan is first.source else first.trail.first_nan),
        features=list(diagnosed.features),
        reproduced_in=list(failing),
        failing_rows=failing,
        evidence=[*_evidence(verdicts.trials, group), *_unfinished(group)],
        remedies=_remedies(diagnosed, index, group),
        layers=layer_strip(bench.case, bench.lab, rows),
        answers=row_answers(bench, seen, index, group),
        cured=cured,
        likely=first.source is not None,
    )


def _remedies(diagnosed: DiagnosedRows, index: Rows, group: list[Verdict]) -> list[Remedy]:
    """By the trial that made most changes; where each undoes another transform, by each for the rows that it cured."""
    cause = group[0].cause
    cured = [trial for trial, _ in rows_by_trial(group)]
    stage = cause.stage(RowEdits)
    trials = cured if stage is not None and stage.transforms and cured else [diagnosed.trial]
    found = []
    for trial in trials:
        rows = [int(index[one.row]) for one in group if one.trial is trial]
        found += remedies(cause, replace(diagnosed, trial=trial, rows=rows))
    return list(dict.fromkeys(found))


def _of_most_changes(trials: Sequence[Trial]) -> Trial | None:
    """The trial to advise by: rows that one change cures are cured by several as well."""
    return max(trials, key=_changes, default=None)


def _changes(trial: Trial) -> int:
    return len(trial.edit.parts) if trial.edit is not None else len(trial.places)


def _features(bench: Bench, group: list[Verdict]) -> list[ResponsibleFeature]:
    """By the trial that cured them; rows cured by different trials of one cause are joined."""
    found: dict[tuple[str, int], ResponsibleFeature] = {}
    for trial, rows in rows_by_trial(group):
        for feature in responsible_features(bench, trial.edit, rows) if trial.edit is not None else ():
            found.setdefault((feature.input, feature.index), feature)
    return list(found.values())


def _among(features: Sequence[ResponsibleFeature], verdict: Verdict) -> Json | None:
    """Where the bad values of a verdict began; where they were sent, in a feature that is responsible for the rows."""
    source = verdict.source
    if source is None or source["kind"] != "input" or not features:
        return source
    names = [one.input for one in features]
    held = {str(value) for one in features for value in one.values}
    name = source["name"] if source["name"] in names or len(set(names)) < 2 else names[0]
    infinite = sorted(held & {"Infinity", "-Infinity"})
    lost = source["value"] == "NaN" and infinite and not held & {"NaN", "missing"}
    return {**source, "name": name, "value": infinite[0] if lost else source["value"]}


def _failing_rows(bench: Bench, seen: Symptoms, index: Rows, group: list[Verdict]) -> dict[str, list[int]]:
    """Per variant of the replay, those of the rows that are not finite in it; variants without any are left out."""
    positions = np.array([verdict.row for verdict in group])
    rows = index[positions].tolist()
    standing = {"default": seen.default_bad, "unfused": seen.unfused_bad}
    found = {name: [row for row in rows if bad[row]] for name, bad in standing.items()}
    for variant, after in bench.lab.replay_each(bench.rows.take(positions), _variants(bench.case, group)).items():
        found[variant] = [row for i, row in enumerate(rows) if not after.finite[i] and i not in after.refused]
    return {variant: failing for variant, failing in found.items() if failing}


def _variants(case: Case, group: list[Verdict]) -> list[str]:
    """Those that can show anything: a model that computes in float32 anyway is not replayed in it once more, and what
    16 bits rounded is not undone by computing on in more of them.
    """
    rounded = group[0].cause.stage(PrecisionTrials) is not None or any(_holds_rounded(one) for one in group)
    wider = [] if rounded else ["float64", *(["float32"] if case.model.low_precision else [])]
    return [variant for variant in VARIANTS if variant in wider or variant not in WIDER]


def _holds_rounded(verdict: Verdict) -> bool:
    """Whether a constant that 16 bits cannot hold became infinite when the model was saved."""
    states = [one for one in verdict.trail.sources if one["kind"] == "constant" and one["value"] != "NaN"]
    return any(one.get("dtype") in ("float16", "bfloat16") for one in states)


def _evidence(trials: Sequence[Trial], group: list[Verdict]) -> list[Evidence]:
    """The experiments on these rows, those that cured most first; the same one on several rows is one."""
    positions = np.array([verdict.row for verdict in group])
    joined: dict[tuple[str, str], Trial] = {}
    for one in trials:
        if _counts_for(group, one):
            known = joined.setdefault((one.test, one.note), one)
            cured = (known.cured & known.tried) | (one.cured & one.tried)
            joined[one.test, one.note] = replace(known, tried=known.tried | one.tried, cured=cured)
    counts = [(as_counts(one, positions), one) for one in joined.values()]
    made = [Evidence(trial.test, note=trial.note, **count) for count, trial in counts if count["rows"]]
    return sorted(made, key=lambda one: -one.cured)


def _unfinished(group: list[Verdict]) -> list[Evidence]:
    """Rows whose bad values could not be followed to where they began."""
    reasons = [verdict.trail.unfinished for verdict in group if verdict.trail.unfinished]
    note = "where their bad values begin is not known: replayed op by op, "
    return [Evidence("trace", len(reasons), 0, note + reasons[0])] if reasons else []


def _counts_for(group: list[Verdict], trial: Trial) -> bool:
    """Where an undone transform decided, others that would have fitted worse say nothing more."""
    stage = group[0].cause.stage(RowEdits)
    if stage is None or not stage.transforms or trial.edit is None or trial.edit.parts:
        return True
    return cause_of(trial.edit.cause) is not group[0].cause or any(verdict.trial is trial for verdict in group)


def _origin(source: Json | None) -> Origin | None:
    if source is None:
        return None
    return Origin(
        kind=source["kind"],
        name=source["name"],
        layer=source["layer"],
        operation=source["operation"],
        iteration=source["iteration"],
        value=source["value"],
        inputs=[OperandRange(**limits) for limits in source["inputs"]],
    )
