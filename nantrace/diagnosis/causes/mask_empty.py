"""A sequence or a mask with no valid position: an average or an attention over nothing."""

from collections.abc import Iterator
from textwrap import dedent

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, RowEdits, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.empty_sequences import valid_position
from nantrace.diagnosis.finding import Reason, Remedy
from nantrace.diagnosis.phrases import also, listed
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
    code, array = _code_of(diagnosed.tensor)
    return [Remedy("valid_position", "Do not ask the model about empty sequences", WHY, code, diagnosed.proven, array)]


def _code_of(tensor: Tensor | None) -> tuple[str, str]:
    """Code, and the name in it of the array that it changes, by what the input is."""
    kind = tensor.values.dtype.kind if tensor is not None else ""
    if tensor is None or (kind in "iu" and tensor.values.size != tensor.rows):
        return _TOKENS, "tokens"
    if kind in "iu":
        return _LENGTHS, "lengths"
    if kind == "U":
        return _TEXTS, "texts"
    if kind in "fb" and tensor.values.ndim == 2:
        return _MASK, "mask"
    return (_SERIES, "") if kind == "f" else (_TOKENS, "tokens")


_FINITE_MASK = dedent("""\
    # a mask of finite numbers: a row without any valid position is weighted evenly, and not NaN
    scores = keras.ops.where(mask, scores, -1e9)  # -3e4 in float16""")
_TOKENS = dedent("""\
    empty = (tokens != 0).sum(axis=1) == 0  # where 0 is the padding
    tokens[empty, 0] = unknown_token  # or answer these rows without the model""")
_LENGTHS = dedent("""\
    import numpy as np

    lengths = np.maximum(lengths, 1)  # or answer these rows without the model""")
_TEXTS = dedent("""\
    import numpy as np

    has_word = np.vectorize(lambda text: any(map(str.isalnum, text)), otypes=[bool])
    wordless = ~has_word(texts.astype(str))
    texts[wordless] = "unknown"  # a word that training knows, or answer these rows without the model""")
_MASK = dedent("""\
    empty = ~mask.astype(bool).any(axis=1)
    mask[empty, 0] = 1  # or answer these rows without the model""")
_SERIES = dedent("""\
    axes = tuple(range(1, rows.ndim))
    empty = (rows == rows[:, :1]).all(axis=axes)  # padding throughout
    answers[empty], answers[~empty] = fallback, model.predict(rows[~empty])""")


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
