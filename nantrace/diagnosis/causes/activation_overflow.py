"""An exponential-like operation overflows on rows inside the reference."""

from dataclasses import replace

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.operations import family, named_places, safe_form
from nantrace.diagnosis.phrases import listed, place_of
from nantrace.diagnosis.shared_advice import by_float64
from nantrace.diagnosis.trials import Bench, Trial


def is_exponential(source: Json) -> bool:
    return family(source) == "exponential"


def bounded(bench: Bench, suspect: Suspect) -> list[Trial]:
    note = "the exponent was bounded, as a stable formulation does"
    stable = bench.guarded(suspect.alike, suspect.rows, "stable_activation", note)
    return [stable, bench.in_float64(suspect.rows)]


def because(diagnosed: DiagnosedRows) -> str:
    if len(diagnosed.places) < 2:
        return f"{place_of(diagnosed.source)} overflows"
    return f"{listed(named_places(diagnosed.places), 'place')} overflow"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    why = f"{diagnosed.operation} in {diagnosed.layer} overflows for rows like those of training."
    if diagnosed.operation == "Exp":
        why += " Keras' own softmax, sigmoid and tanh do not overflow, however large their input."
    title = f"Replace {diagnosed.operation} by a stable form"
    stable = Remedy("stable_activation", title, why, safe_form(diagnosed.places))
    if diagnosed.test == "float64":
        return [by_float64(diagnosed), stable]
    return [replace(stable, proven=diagnosed.proven)]


CAUSE = Cause(
    "activation_overflow",
    label="Activation overflows",
    sentence="An exponential-like operation grows beyond its number type on ordinary rows.",
    because=because,
    remedies=remedies,
    stages=(ModelChange(rank=60, fits=is_exponential, make=bounded),),
)
