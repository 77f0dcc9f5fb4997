"""An operation outside its domain on rows inside the reference: log(0), 0/0, the root of -1."""

from dataclasses import replace

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.operations import family, named_places, safe_form
from nantrace.diagnosis.phrases import listed, place_of
from nantrace.diagnosis.shared_advice import by_float64
from nantrace.diagnosis.trials import Bench, Trial

UNDEFINED = "undefined for values that ordinary rows reach"


def is_undefined(source: Json) -> bool:
    return family(source) == "domain"


def kept_inside(bench: Bench, suspect: Suspect) -> list[Trial]:
    """A guard is no cure where rounding took the rows to the edge, and float64 knows what they should answer."""
    note = "the operation was kept inside its domain"
    guarded = bench.guarded(suspect.alike, suspect.rows, "guard_operation", note)
    is_enough = guarded.cured[suspect.rows].all()
    return [guarded] if is_enough else [guarded, bench.in_float64(suspect.rows)]


def because(diagnosed: DiagnosedRows) -> str:
    if len(diagnosed.places) < 2:
        return f"{place_of(diagnosed.source)} is undefined for what reaches it"
    return f"{listed(named_places(diagnosed.places), 'place')} are undefined for what reaches them"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    if len(diagnosed.places) < 2:
        what, why = diagnosed.operation, f"{diagnosed.operation} in {diagnosed.layer} is {UNDEFINED}."
    else:
        what, names = "each of these operations", listed(named_places(diagnosed.places), "place")
        why = f"{names} are {UNDEFINED}. One may fail behind another, so that all of them take a guard."
    guard = Remedy("guard_operation", f"Keep {what} inside its domain", why, safe_form(diagnosed.places))
    if diagnosed.test == "float64":
        return [by_float64(diagnosed), guard]
    return [replace(guard, proven=diagnosed.proven)]


CAUSE = Cause(
    "undefined_operation",
    label="Operation outside its domain",
    sentence="The model computes something undefined on ordinary rows, such as log(0), 0/0 or the root of -1.",
    because=because,
    remedies=remedies,
    stages=(ModelChange(rank=70, fits=is_undefined, make=kept_inside),),
)
