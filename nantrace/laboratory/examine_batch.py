"""One door to a whole diagnosis: the worker and the offline command both come through here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, KnownFault
from nantrace.diagnosis.diagnose import diagnose
from nantrace.diagnosis.finding import Finding
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.reference import Reference
from nantrace.replay.model_inputs import UnfeedableError, feed
from nantrace.replay.replay_errors import CannotSetUpError
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensors

TAPPED_ROWS = 1_000  # of a reference, for the magnitudes of the layers
FURTHEST = float(np.finfo(np.float64).max) / 2  # and not infinity, which JSON does not hold


@dataclass(frozen=True)
class PostedRows:
    """Rows of one batch as they were posted, with what was recorded about serving them."""

    inputs: Tensors
    served: Tensors | None = None
    environment: Mapping[str, Any] = field(default_factory=dict)


def examine_canonical(
    laboratory: ReplayLaboratory,
    rows: PostedRows,
    reference: Reference | None,
    metadata: Mapping[str, Any],
    *,
    known_faults: Sequence[KnownFault] = (),
    check_headroom: bool = True,
) -> list[Finding]:
    """Replays and diagnoses rows whose inputs are canonical, see `ReplayLaboratory.canonical`.

    `known_faults`: what drift named in the version's traffic around these rows.
    `check_headroom`: also look for layers near their dtype's edge in a large batch that passes.
    Raises ReplayError (RefusedModelError where the artifact cannot be loaded, CannotSetUpError where the rows cannot be
    replayed through it as they were served).
    """
    laboratory = laboratory.comparing(rows.inputs.rows)
    _check_answered(laboratory, rows)
    case = Case(
        inputs=rows.inputs,
        served=rows.served,
        model=laboratory.facts(),
        reference=reference,
        metadata=metadata,
        environment=rows.environment,
        known_faults=known_faults,
        check_headroom=check_headroom,
    )
    return diagnose(case, laboratory)


def _check_answered(laboratory: ReplayLaboratory, rows: PostedRows) -> None:
    """What serving answered, the served model takes: rows of another shape were prepared before it, and not here."""
    if rows.served is None or not len(rows.served) or not rows.inputs.rows:
        return
    try:
        inputs = laboratory.replayer.inputs(laboratory.artifact, laboratory.signature)
        feed(rows.inputs.take(np.zeros(1, np.intp)), inputs)
    except UnfeedableError as error:
        raise CannotSetUpError(
            f"serving answered these rows, and the registered model cannot take them: {error}. Post rows as the model "
            "receives them, or register the model together with what prepares its rows"
        ) from error


def reference_of(replayer: Replayer, artifact: Path, tensors: Tensors) -> Reference:
    """Statistics of training inputs as this model's inputs take them, and how far they take its layers."""
    laboratory = ReplayLaboratory(replayer, artifact)
    rows = laboratory.canonical(tensors)
    some = rows.take(_first(~rows.nonfinite_rows(), TAPPED_ROWS))
    magnitudes = laboratory.replay(some, "tapped").magnitudes if some.rows else None
    return replace(take_reference(rows), activations=_largest(magnitudes))


def _first(which: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    """The positions of the first ones; of very many rows not all are looked for."""
    found = np.flatnonzero(which[: 10 * count])
    return (found if len(found) >= count else np.flatnonzero(which))[:count]


def _largest(magnitudes: NDArray[np.float64] | None) -> list[float]:
    """Per tap; where training rows overflow already, the largest number there is: no row goes further."""
    if magnitudes is None or not len(magnitudes):
        return []
    return [float(top) for top in np.nan_to_num(magnitudes, nan=FURTHEST, posinf=FURTHEST).max(axis=0)]
