"""Finite statistics of a normalisation layer that cannot be divided by, or no epsilon where one is needed."""

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.operations import is_of_statistics
from nantrace.diagnosis.shared_advice import layer_code, new_statistics, of_variables
from nantrace.diagnosis.trials import Bench, Trial
from nantrace.tensors.plain_text import one_line

_POSSIBLE = """\
variance = "variance" in variable.name
possible = np.isfinite(values) & ((values > 0) | (not variance))
values = np.where(possible, values, variance)  # to see that nothing else is wrong"""


def divides_by_statistic(source: Json) -> bool:
    """Whether the operation divides by a statistic, or takes its root, in a layer that normalises."""
    return bool(source["normalises"]) and is_of_statistics(source)


def repaired(bench: Bench, suspect: Suspect) -> list[Trial]:
    """Possible statistics; where these are not enough, an epsilon."""
    source, rows = suspect.source, suspect.rows
    change = {"weights": "statistics", "layer": source["layer"]}
    first = bench.try_change("repair_statistics", change, rows, "impossible statistics became 0 and 1")
    if first.cured[rows].all():
        return [first]
    if source["shared"]:  # what goes into the operation is the stored statistic itself, kept as a constant
        note = "the impossible statistic became a possible one"
        return [first, bench.guarded([source], rows, "repair_statistics", note)]
    return [first, bench.guarded([source], rows, "guard_operation", "an epsilon was added")]


def because(diagnosed: DiagnosedRows) -> str:
    source = diagnosed.source or {}
    operand = (source.get("operands") or [None])[-1]
    if operand == 0:
        return f"{source.get('layer')} divides by a deviation of 0, to which it adds no epsilon"
    if isinstance(operand, float) and operand < 0:
        return f"a variance in {source.get('layer')} is negative"
    return f"the statistics of {source.get('layer')} are impossible"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    """An epsilon where one was the cure, else statistics that can be."""
    if diagnosed.test == "guard_operation":
        return [_epsilon(diagnosed)]
    why = (
        f"{diagnosed.layer} keeps a mean or variance that cannot be divided by: below 0, not finite, or 0 where no "
        "epsilon is added."
    )
    title = f"Recompute the statistics of {diagnosed.layer}"
    again = Remedy("retrain", title, why, new_statistics(diagnosed))
    changed = diagnosed.trial.change if diagnosed.trial is not None else {}
    if not diagnosed.proven or "weights" not in changed:
        return [again]  # of a statistic that is a constant of the graph there is no code to paste
    shown = "With possible statistics in their place the rows are finite. That shows the cause; it is no repair."
    tried = of_variables(diagnosed.layer, _POSSIBLE, diagnosed.case.model.layers)
    return [Remedy("repair_statistics", "The impossible statistics are the cause", shown, tried, proven=True), again]


def _epsilon(diagnosed: DiagnosedRows) -> Remedy:
    name, kind = one_line(diagnosed.last_name), diagnosed.layer_class
    layer = layer_code(diagnosed.layer, diagnosed.case.model.layers)
    code = (
        f"{layer}.epsilon = 1e-3  # then save it again" if kind else f"# where the layer {name} is made: epsilon=1e-3"
    )
    why = "With epsilon 0, a row without any variance is divided by a standard deviation of 0."
    proven = diagnosed.proven and bool(kind)
    return Remedy("guard_operation", f"Give {diagnosed.layer} an epsilon", why, code, proven)


CAUSE = Cause(
    "normalization_state",
    label="Broken normalisation statistics",
    sentence="A normalisation layer stored a variance or mean that cannot be, or divides by a variance of zero.",
    because=because,
    remedies=remedies,
    stages=(ModelChange(rank=50, fits=divides_by_statistic, make=repaired),),
)
