"""A sequence or a mask with no valid position: an average or an attention over nothing."""

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import numpy as np

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, RowEdits, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.empty_sequences import valid_position
from nantrace.diagnosis.finding import Reason, Remedy
from nantrace.diagnosis.phrases import also, listed
from nantrace.diagnosis.shared_advice import only_rows
from nantrace.diagnosis.trials import Bench, Trial
from nantrace.tensors.tensor import Tensor

IDENTIFIER = "mask_empty"
WHY = "An average or an attention over no position is 0 / 0."


def edits(bench: Bench) -> Iterator[Edit]:
    yield valid_position(bench.case, bench.rows, bench.healthy)


def is_masked(source: Json) -> bool:
    """Whether the -Infinity of a mask of the model's own became NaN there."""
    return bool(source.get("masked"))


def finite_mask(bench: Bench, suspect: Suspect) -> list[Trial]:
    note = "the -infinity of the mask became a finite number"
    return [bench.try_change("guard_operation", {"constants": suspect.constants}, suspect.rows, note)]


def because(diagnosed: DiagnosedRows) -> str:
    inputs = list(dict.fromkeys(one.input for one in diagnosed.own(IDENTIFIER)))
    if not inputs:
        return "they hold a sequence without any valid position"
    holds = "hold" if len(inputs) > 1 else "holds"
    return f"{listed(inputs)} {holds} no valid position{also(diagnosed.others(IDENTIFIER))}"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    if diagnosed.trial is not None and diagnosed.trial.edit is None:  # the mask is the model's own
        title = "Mask with a large negative number"
        return [Remedy("guard_operation", title, WHY, _FINITE_MASK, diagnosed.proven)]
    code, array = _code_of(diagnosed)
    return [Remedy("valid_position", "Do not ask the model about empty sequences", WHY, code, diagnosed.proven, array)]


def _code_of(diagnosed: DiagnosedRows) -> tuple[str, str]:
    """Code, and the name in it of the array that it changes, by what the input is."""
    tensor = diagnosed.tensor
    kind = tensor.values.dtype.kind if tensor is not None else ""
    known = _valid(diagnosed, tensor) if tensor is not None else None
    if tensor is None or (kind in "iu" and tensor.values.size != tensor.rows):
        padding = _padding(diagnosed) if tensor is not None else 0
        return _TOKENS.format(padding=padding, token="unknown_token" if known is None else known), "tokens"
    if kind in "iu":
        return _LENGTHS.format(length=1 if known is None else known), "lengths"
    if kind == "U":
        return _TEXTS.format(text=known or "unknown"), "texts"
    if kind in "fb" and tensor.values.ndim == 2:
        return _MASK, "mask"
    code = _SERIES.format(position="training_rows.mean(axis=(0, 1))" if known is None else known)
    return only_rows(code, "rows", diagnosed.rows, 0), "rows"


def _valid(diagnosed: DiagnosedRows, tensor: Tensor) -> Any:
    """What the trial put into the first position that it changed."""
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    if edit is None or tensor.name not in edit.cells or not edit.cells[tensor.name].any():
        return None
    cells = edit.cells[tensor.name]
    row = int(np.flatnonzero(cells.reshape(len(cells), -1).any(axis=1))[0])
    changed = np.asarray(edit.values[tensor.name][row])[cells[row]].ravel()
    return changed.tolist() if cells.ndim > 2 else changed[0].item()


def _padding(diagnosed: DiagnosedRows) -> int:
    """What the failing rows hold throughout."""
    return next((value for one in diagnosed.features for value in one.values if isinstance(value, int)), 0)


_FINITE_MASK = dedent("""\
    # a mask of finite numbers: a row without any valid position is weighted evenly, and not NaN
    scores = keras.ops.where(mask, scores, -1e9)  # -3e4 in float16""")
_TOKENS = dedent("""\
    empty = (tokens == {padding}).all(axis=1)  # nothing but padding
    tokens[empty, 0] = {token}  # a token of the training, or answer these rows without the model""")
_LENGTHS = dedent("""\
    import numpy as np

    lengths = np.where(lengths == 0, {length}, lengths)  # or answer these rows without the model""")
_TEXTS = dedent("""\
    import numpy as np

    has_word = np.vectorize(lambda text: any(map(str.isalnum, text)), otypes=[bool])
    wordless = ~has_word(texts.astype(str))
    texts[wordless] = {text!r}  # a word that training knows, or answer these rows without the model""")
_MASK = dedent("""\
    empty = ~mask.astype(bool).any(axis=1)
    mask[empty, 0] = 1  # or answer these rows without the model""")
_SERIES = dedent("""\
    rows[:, 0] = {position}  # a typical position, or answer these rows without the model""")


CAUSE = Cause(
    IDENTIFIER,
    label="Nothing left after the mask",
    sentence="A sequence has no valid position, so an average divides by zero.",
    because=because,
    remedies=remedies,
    stages=(
        RowEdits(rank=40, make=edits, reason=Reason("has no valid position", "have no valid position", IDENTIFIER)),
        ModelChange(rank=10, fits=is_masked, make=finite_mask),
    ),
)
