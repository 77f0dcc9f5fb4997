"""Rows that were served non-finite although the standing replays are finite: is it the environment?"""

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import STANDING, Case, Laboratory, Mask
from nantrace.diagnosis.diagnosed import Diagnosed
from nantrace.diagnosis.environment import CONFIDENCE, mismatch
from nantrace.diagnosis.finding import Evidence, Finding, Remedy
from nantrace.diagnosis.remedies import remedies
from nantrace.diagnosis.titles import title
from nantrace.tensors.tensor import Tensors

SURE = 0.98
WITHOUT_XLA = "The same rows are finite in the model as saved: XLA fuses operations and orders sums in its own way."
CODE = """\
model.jit_compile = False  # of a Keras model, before its first call
serve = tf.function(model, jit_compile=False)  # where you compile it yourself"""


def served_only(case: Case, lab: Laboratory, rows: Mask) -> list[Finding]:
    """Replays the rows as the recorded environment computed them; what fails there is explained by it."""
    index = np.flatnonzero(rows)
    if not len(index):
        return []
    some = case.inputs.take(index)
    evidence = [Evidence(variant, len(index), len(index), "finite") for variant in STANDING]
    failing: dict[str, Mask] = {}
    for variant, after in lab.replay_each(some, _variants(case)).items():
        failing[variant] = ~after.finite
        failing[variant][list(after.refused)] = False
        if len(after.refused) < len(index):
            evidence.append(Evidence(variant, len(index), int(after.finite.sum()), "finite"))
    narrow = failing.get("float16", np.zeros(len(index), bool))
    fused = failing["xla"] & ~narrow
    found = [_too_narrow(case, some.take(narrow), index[narrow])] if narrow.any() else []
    found += [_compiled(case, index[fused], evidence)] if fused.any() else []
    return [*found, *_elsewhere(case, index[~narrow & ~fused], evidence)]


def _variants(case: Case) -> list[str]:
    """Beside the usual ones, a precision that the recorded environment names."""
    served_in = str(case.environment.get("precision", ""))
    narrower = served_in in ("mixed_float16", "float16") and not case.model.low_precision
    return ["eager", "xla", "float64", *(["float16"] if narrower else [])]


def _too_narrow(case: Case, rows: Tensors, index: NDArray[np.intp]) -> Finding:
    """Served in float16, though the artifact computes in float32, where the same rows are finite."""
    count = rows.rows
    return Finding(
        symptom="nonfinite_output",
        cause="precision_overflow",
        confidence=SURE,
        title=title("nonfinite_output", "precision_overflow", None, [], ""),
        row_indices=index.tolist(),
        reproduced_in=["float16"],
        evidence=[Evidence("float32", count, count, "computed in float32, as the artifact is saved")],
        remedies=remedies("precision_overflow", Diagnosed(case, None, [], None, proven=True)),
    )


def _compiled(case: Case, index: NDArray[np.intp], evidence: list[Evidence]) -> Finding:
    """Finite as saved, and not finite where XLA compiles the model: it fuses and orders the sums in its own way."""
    because = "of how it was compiled: the rows are finite in the model as saved, and not finite compiled with XLA"
    return Finding(
        symptom="nonfinite_output",
        cause="software_mismatch",
        confidence=SURE if case.environment.get("xla") is True else CONFIDENCE["software_mismatch"],
        title=title("nonfinite_output", "software_mismatch", None, [], because),
        row_indices=index.tolist(),
        reproduced_in=["xla"],
        failing_rows={"xla": index.tolist()},
        evidence=evidence,
        remedies=[Remedy("align_environment", "Serve the model without XLA", WITHOUT_XLA, CODE)],
    )


def _elsewhere(case: Case, index: NDArray[np.intp], evidence: list[Evidence]) -> list[Finding]:
    """Finite in every replay: what differs between the serving environment and this one?"""
    if not len(index):
        return []
    cause, what = mismatch(case.environment, case.model.software)
    because = f"of something outside the model: {what}"
    return [
        Finding(
            symptom="nonfinite_output",
            cause=cause,
            confidence=CONFIDENCE[cause],
            title=title("nonfinite_output", cause, None, [], because),
            row_indices=index.tolist(),
            evidence=evidence,
            remedies=remedies(cause, Diagnosed(case, None, [], None, proven=False)),
        )
    ]
