"""Finite values on another scale than the reference: raw instead of scaled, scaled twice, in another unit."""

from collections.abc import Iterator, Sequence

from nantrace.diagnosis.cause import Cause, RowEdits
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.finding import Reason, Remedy, ResponsibleFeature
from nantrace.diagnosis.phrases import subject
from nantrace.diagnosis.rescaling import rescalings
from nantrace.diagnosis.shared_advice import only_rows
from nantrace.diagnosis.trials import Bench

IDENTIFIER = "input_unscaled"


def edits(bench: Bench) -> Iterator[Edit]:
    return rescalings(bench.case, bench.rows, bench.case.inputs)


def because(diagnosed: DiagnosedRows) -> str:
    return f"{_scaled(diagnosed.own(IDENTIFIER))} on another scale than the training data ({_done(diagnosed)})"


def _scaled(features: Sequence[ResponsibleFeature]) -> str:
    return subject(features) if 0 < len(features) <= 3 else "the rows are"


def _done(diagnosed: DiagnosedRows) -> str:
    """What was done to the rows, as the trial that cured them showed."""
    trial = diagnosed.trial
    if trial is None or trial.edit is None:
        return "" if trial is None else trial.note
    return "; ".join(part.undoes.note for part in trial.edit.parts or (trial.edit,) if part.undoes) or trial.note


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    undoes = edit.undoes if edit is not None else None
    done = undoes.note if undoes else "the rows are on another scale than the training data"
    why = f"With this undone, the rows lie where the training data lie: {done}."
    code = only_rows(undoes.code, "rows", diagnosed.rows, diagnosed.case.rows) if undoes else ""
    proven = diagnosed.proven and undoes is not None
    return [Remedy("rescale", "Scale the rows as in training", why, code, proven, "rows" if undoes else "")]


CAUSE = Cause(
    IDENTIFIER,
    label="Input on another scale",
    sentence="The values are finite and on another scale than in training: raw, scaled twice or in another unit.",
    because=because,
    remedies=remedies,
    stages=(
        RowEdits(
            rank=30,
            make=edits,
            reason=Reason("is on another scale", "are on another scale", IDENTIFIER),
            transforms=True,
        ),
    ),
)
