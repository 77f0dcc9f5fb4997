"""What to do about a cause, with code that a person can paste. Every claim here was measured, none is folklore."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from textwrap import dedent

from nantrace.diagnosis.diagnosed import Diagnosed
from nantrace.diagnosis.edits import Edit
from nantrace.diagnosis.features import REASONS
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.input_remedies import clip, impute, replace_infinite, rescale, valid_position
from nantrace.diagnosis.model_remedies import extreme_weights, float32, guard, nonfinite_weights, stable_activation
from nantrace.diagnosis.normalization_remedies import normalization_state

_CHANGED = re.compile(
    r"^(rows|tokens|texts|mask|lengths)\b.* = ", re.MULTILINE
)  # what the code of advice calls an input


def remedies(cause: str, diagnosed: Diagnosed) -> list[Remedy]:
    """The remedies of a cause, the one that was tried first; where it took several changes, those of all of them."""
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    if edit is None or not edit.parts:
        return _by_input(cause, diagnosed)
    return [one for part in edit.parts for one in _by_input(part.cause, _only(diagnosed, part))]


def _only(told: Diagnosed, part: Edit) -> Diagnosed:
    """The advice for one of several changes: about the features that it changes."""
    changed = part.features(told.case)
    features = [
        one for one in told.features if one.reason == REASONS.get(part.cause) and (one.input, one.index) in changed
    ]
    trial = None if told.trial is None else replace(told.trial, edit=part)
    return replace(told, features=features, trial=trial)


def _by_input(cause: str, told: Diagnosed) -> list[Remedy]:
    """The advice for each input with guilty features, in code of that input where the model has several."""
    names = list(dict.fromkeys(one.input for one in told.features))
    if cause not in REASONS or not names or len(told.case.inputs) < 2:
        return _BY_CAUSE[cause](told)
    found = []
    for name in names:
        of_one = replace(told, features=[one for one in told.features if one.input == name])
        found += [_of_input(remedy, name) for remedy in _BY_CAUSE[cause](of_one)]
    return found


def _of_input(remedy: Remedy, name: str) -> Remedy:
    changed = _CHANGED.search(remedy.code)
    if changed is None:
        return remedy
    array = changed[1]
    return replace(remedy, code=f"{array} = inputs[{name!r}]\n{remedy.code}\ninputs[{name!r}] = {array}")


def _align(why: str) -> Callable[[Diagnosed], list[Remedy]]:
    code = """\
        import keras
        import tensorflow as tf

        # post this with every batch, so that the next difference is named
        environment = {"tensorflow": tf.__version__, "keras": keras.__version__, "device": ..., "machine_type": ...}"""
    title = "Serve with the environment that the model was tested in"
    return lambda _: [Remedy("align_environment", title, why, dedent(code))]


def _signature(told: Diagnosed) -> list[Remedy]:
    takes = "; ".join(f"{one['name']}: {one['dtype']} {one['shape']}" for one in told.case.model.inputs)
    if not _fits(told):
        code = _SHAPES if len(told.case.model.inputs) < 2 else _SHAPES_BY_NAME
        return [Remedy("match_signature", "Send what the model takes", f"It takes {takes}.", code)]
    why = f"The shapes fit ({takes}); what these rows hold makes the model raise."
    code = _KNOWN_VALUES[_kind_of_input(told)]
    return [Remedy("match_signature", "Send values that the model can take", why, code)]


_SHAPES = """\
wanted, given = model.input_shape[1:], rows.shape[1:]
assert len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given)), (wanted, given)"""
_SHAPES_BY_NAME = """\
for one in model.inputs:
    name, wanted, given = one.name, one.shape[1:], inputs[one.name].shape[1:]
    assert len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given)), (name, wanted, given)"""
_KNOWN_VALUES = {
    "whole": """\
import numpy as np

known = np.isfinite(ids) & (ids >= 0) & (ids < vocabulary_size)
ids = np.where(known, ids, unknown_id).astype("int32")  # the id that training used for what it did not know""",
    "text": """\
import numpy as np

texts = np.where(np.isin(texts, vocabulary), texts, "[UNK]")  # with num_oov_indices=1 in the lookup, and trained so""",
    "float": "# refuse such rows before the model, or guard the operation that raises",
}


def _fits(told: Diagnosed) -> bool:
    """Whether the rows have the ranks, sizes and kinds that the inputs have."""
    only = next(iter(told.case.inputs)) if len(told.case.inputs) == len(told.case.model.inputs) == 1 else None
    for one in told.case.model.inputs:
        tensor = only or told.case.inputs.by_name.get(one["name"])
        if tensor is None or (tensor.values.dtype.kind == "U") != (one["dtype"] == "string"):
            return False
        wanted, given = list(one["shape"] or [])[1:], tensor.values.shape[1:]
        if len(wanted) != len(given) or any(w not in (None, g) for w, g in zip(wanted, given, strict=True)):
            return False
    return True


def _kind_of_input(told: Diagnosed) -> str:
    kinds = {one["dtype"] for one in told.case.model.inputs}
    return "text" if "string" in kinds else "whole" if any("int" in kind for kind in kinds) else "float"


_BY_CAUSE: Mapping[str, Callable[[Diagnosed], list[Remedy]]] = {
    "input_missing": impute,
    "input_infinite": replace_infinite,
    "input_unscaled": rescale,
    "input_out_of_distribution": clip,
    "mask_empty": valid_position,
    "weights_nonfinite": nonfinite_weights,
    "normalization_state": normalization_state,
    "weights_extreme": extreme_weights,
    "activation_overflow": stable_activation,
    "undefined_operation": guard,
    "precision_overflow": float32,
    "software_mismatch": _align("The same rows are finite with the TensorFlow and Keras of the replay."),
    "hardware_mismatch": _align(
        "The same rows are finite on a CPU: a kernel of the device, or the device itself, is the suspect."
    ),
    "not_reproduced": _align(
        "The same rows are finite in every replay. Look around the call of the model: threads that share a buffer, "
        "post-processing, serialisation."
    ),
    "shape_or_type": _signature,
}
