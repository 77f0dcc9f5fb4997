"""An operation outside its domain on rows inside the reference: log(0), 0/0, the root of -1."""

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.operations import family
from nantrace.diagnosis.phrases import place_of
from nantrace.diagnosis.trials import Bench, Trial
from nantrace.operations import guarded_form


def is_undefined(source: Json) -> bool:
    return family(source) == "domain"


def kept_inside(bench: Bench, suspect: Suspect) -> list[Trial]:
    note = "the operation was kept inside its domain"
    return [bench.guarded(suspect.alike, suspect.rows, "guard_operation", note)]


def because(diagnosed: DiagnosedRows) -> str:
    return f"{place_of(diagnosed.source)} is undefined for what reaches it"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    why = f"{diagnosed.operation} in {diagnosed.layer} is undefined for values that ordinary rows reach."
    code = guarded_form(diagnosed.operation, *diagnosed.failed_at)
    return [Remedy("guard_operation", f"Keep {diagnosed.operation} inside its domain", why, code, diagnosed.proven)]


CAUSE = Cause(
    "undefined_operation",
    label="Operation outside its domain",
    sentence="The model computes something undefined on ordinary rows, such as log(0), 0/0 or the root of -1.",
    because=because,
    remedies=remedies,
    stages=(ModelChange(rank=70, fits=is_undefined, make=kept_inside),),
)
