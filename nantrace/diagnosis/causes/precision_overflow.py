"""16 bits overflow or underflow where 32 bits are finite: in the model, or only where serving narrowed it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from nantrace.diagnosis.case import Case, Json, Mask, TracedRows
from nantrace.diagnosis.cause import Cause, PrecisionTrials, ServedVariant
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Evidence, Finding, Remedy
from nantrace.diagnosis.operations import family, is_too_large
from nantrace.diagnosis.phrases import place_of, title
from nantrace.diagnosis.shared_advice import in_precision
from nantrace.diagnosis.trials import Bench, Rows, Trial

IDENTIFIER = "precision_overflow"
WHY = "float16 ends at 65504, and below 6e-8 it knows only 0; bfloat16 has 8 bits of precision."
_AS_SAVED = """\
import keras

keras.config.set_dtype_policy("float32")
assert not [layer.name for layer in model.layers if "16" in layer.compute_dtype]"""
_SMALLER = """\
import keras

scores = keras.ops.where(mask, scores, -3e4)  # does to a softmax what -1e9 does in float32"""


def in_float32(bench: Bench, left: Mask, trails: Mapping[int, TracedRows]) -> Iterator[Trial]:
    """All rows; then those that met a -Inf constant of float16, in which -1e9 cannot be written otherwise.

    Where 32 bits are finite and answer otherwise than 64, as a difference of nearly equal numbers does, 64 are needed.
    """
    whole = bench.try_variant("float32", left, "computed in float32")
    inexact = left & ~whole.cured & bench.finite_in("float32", left & ~whole.cured)
    if inexact.any():
        wider = bench.in_float64(left)
        yield replace(wider, cured=wider.cured & (whole.cured | inexact))
    yield whole
    rounded = {row: [one["name"] for one in trail.sources if _is_rounded(one)] for row, trail in trails.items()}
    among = left & ~whole.cured & np.array([bool(rounded.get(row)) for row in range(len(left))])
    if among.any():
        names = sorted({name for row in np.flatnonzero(among).tolist() for name in rounded[row]})
        change = {"precision": "float32", "constants": names}
        note = "computed in float32, with -1e9 for the constant that is -infinity in float16"
        yield bench.try_change("float32", change, among, note)


def _is_rounded(source: Json) -> bool:
    return bool(source["kind"] == "constant" and source["value"] == "-Infinity" and source.get("dtype") == "float16")


def narrowed(case: Case) -> bool:
    """Whether serving computed in float16, though the artifact does not."""
    return case.environment.get("precision") in ("mixed_float16", "float16") and not case.model.low_precision


def served_narrower(case: Case, index: Rows, _evidence: list[Evidence]) -> Finding:
    """Served in float16, though the artifact computes in float32, where the same rows are finite."""
    count = len(index)
    diagnosed = DiagnosedRows(case, None, [], None, proven=True)
    return Finding(
        symptom="nonfinite_output",
        cause=IDENTIFIER,
        confidence=0.98,
        title=title("nonfinite_output", CAUSE, diagnosed),
        row_indices=index.tolist(),
        reproduced_in=["float16"],
        evidence=[Evidence("float32", count, count, "computed in float32, as the artifact is saved")],
        remedies=remedies(diagnosed),
        cured=count,
    )


def because(diagnosed: DiagnosedRows) -> str:
    source = diagnosed.source
    if not source:
        return "what the model computes does not fit 16 bits"
    place, dtype = place_of(source), source.get("dtype") or "16 bits"
    if source["kind"] == "constant":
        return f"{place} does not fit {dtype}"
    if _is_undefined(source):
        return f"{place} is undefined for what {dtype} rounded"
    return f"what {place} computes does not fit {dtype}"


def _is_undefined(source: Json) -> bool:
    """Whether an operation left its domain for what was rounded before it."""
    return family(source) == "domain" and not is_too_large(source)


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    """What the replay did: the whole model in float32. A single layer would not do where others round as well."""
    if diagnosed.source is None:
        return [_as_saved(diagnosed)]
    if diagnosed.test == "float64":
        why = f"{WHY} In float32 the rows are finite too, and answered otherwise: something amplifies what it rounds."
        return [in_precision("float64", "Compute the model in float64", why, diagnosed)]
    constants = bool(diagnosed.trial is not None and diagnosed.trial.change.get("constants"))
    why = f"{WHY} The same rows are finite in float32."
    found = in_precision("float32", "Compute the model in float32", why, diagnosed)
    return [_smaller_constant(), replace(found, proven=False)] if constants else [found]


def _as_saved(diagnosed: DiagnosedRows) -> Remedy:
    why = f"{WHY} The same rows are finite in the model as it is saved: serve that, without a cast or quantisation."
    return Remedy("float32", "Serve the model in float32, as it is saved", why, _AS_SAVED, diagnosed.proven)


def _smaller_constant() -> Remedy:
    why = "float16 ends at 65504: -1e9 is -infinity there, and a row with nothing else in it becomes NaN."
    return Remedy("float32", "Bar positions with a number that float16 holds", why, _SMALLER)


CAUSE = Cause(
    IDENTIFIER,
    label="Too little precision",
    sentence="The rows overflow or underflow in 16 bits where 32 bits hold them.",
    because=because,
    remedies=remedies,
    stages=(
        PrecisionTrials(rank=10, make=in_float32),
        ServedVariant(rank=10, variant="float16", applies=narrowed, finding=served_narrower),
    ),
)
