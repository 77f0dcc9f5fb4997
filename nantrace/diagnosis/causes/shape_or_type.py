"""Rows that the model cannot take: another width, text for numbers, an index out of range."""

from nantrace.diagnosis.cause import Cause, RefusedRows
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.phrases import as_noted

_SHAPES = """\
wanted, given = model.input_shape[1:], rows.shape[1:]
assert len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given)), (wanted, given)"""
_SHAPES_BY_NAME = """\
for one in model.inputs:
    name, wanted, given = one.name, one.shape[1:], inputs[one.name].shape[1:]
    assert len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given)), (name, wanted, given)"""
_KNOWN_IDS = """\
import numpy as np

known = np.isfinite(ids) & (ids >= 0) & (ids < vocabulary_size)
ids = np.where(known, ids, unknown_id).astype("int32")  # the id that training used for what it did not know"""
_KNOWN_TEXTS = """\
import numpy as np

texts = np.where(np.isin(texts, vocabulary), texts, "[UNK]")  # with num_oov_indices=1 in the lookup, and trained so"""
_KNOWN_NUMBERS = "# refuse such rows before the model, or guard the operation that raises"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    takes = "; ".join(f"{one['name']}: {one['dtype']} {one['shape']}" for one in diagnosed.case.model.inputs)
    if not _fits(diagnosed):
        code = _SHAPES if len(diagnosed.case.model.inputs) < 2 else _SHAPES_BY_NAME
        return [Remedy("match_signature", "Send what the model takes", f"It takes {takes}.", code)]
    why = f"The shapes fit ({takes}); what these rows hold makes the model raise."
    return [Remedy("match_signature", "Send values that the model can take", why, _known_values(diagnosed))]


def _fits(diagnosed: DiagnosedRows) -> bool:
    """Whether the rows have the ranks, sizes and kinds that the inputs have."""
    inputs, wanted_inputs = diagnosed.case.inputs, diagnosed.case.model.inputs
    only = next(iter(inputs)) if len(inputs) == len(wanted_inputs) == 1 else None
    for one in wanted_inputs:
        tensor = only or inputs.by_name.get(one["name"])
        if tensor is None or (tensor.values.dtype.kind == "U") != (one["dtype"] == "string"):
            return False
        wanted, given = list(one["shape"] or [])[1:], tensor.values.shape[1:]
        if len(wanted) != len(given) or any(w not in (None, g) for w, g in zip(wanted, given, strict=True)):
            return False
    return True


def _known_values(diagnosed: DiagnosedRows) -> str:
    kinds = {one["dtype"] for one in diagnosed.case.model.inputs}
    if "string" in kinds:
        return _KNOWN_TEXTS
    return _KNOWN_IDS if any("int" in kind for kind in kinds) else _KNOWN_NUMBERS


CAUSE = Cause(
    "shape_or_type",
    label="Wrong shape or type",
    sentence="The model cannot take rows of this width, type or range.",
    because=as_noted,
    remedies=remedies,
    stages=(RefusedRows(rank=10),),
    no_experiment="The model answers nothing: there is no answer that a change could cure.",
)
