"""Rows that were served non-finite although the standing replays are finite: is it the environment?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensors
from monitoring.diagnosis.case import Case, Laboratory, Mask
from monitoring.diagnosis.environment import CONFIDENCE, mismatch
from monitoring.diagnosis.finding import Evidence, Finding
from monitoring.diagnosis.remedies import Diagnosed, remedies
from monitoring.diagnosis.titles import title

SURE = 0.98


def served_only(case: Case, lab: Laboratory, rows: Mask) -> list[Finding]:
    """Replays the rows as the recorded environment computed them; what fails there is explained by it."""
    index = np.flatnonzero(rows)
    if not len(index):
        return []
    some = case.inputs.take(index)
    evidence = [Evidence(variant, len(index), len(index), "finite") for variant in ("default", "unfused")]
    narrow = np.zeros(len(index), bool)
    for variant in _variants(case):
        finite = lab.replay(some, variant).finite
        evidence.append(Evidence(variant, len(index), int(finite.sum()), "finite in so many rows"))
        if variant == "float16":
            narrow |= ~finite
    found = [_too_narrow(case, some.take(narrow), index[narrow])] if narrow.any() else []
    return [*found, *_elsewhere(case, index[~narrow], evidence)]


def _variants(case: Case) -> Iterator[str]:
    """Beside the usual ones, those that the recorded environment names."""
    yield from ("eager", "float64")
    if case.environment.get("xla") is True:
        yield "xla"
    if str(case.environment.get("precision", "")) in ("mixed_float16", "float16") and not case.model.low_precision:
        yield "float16"


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
