"""Rows that the model cannot take: another width, text for numbers, an index out of range."""

from collections.abc import Iterator

from nantrace.diagnosis.case import ModelFacts
from nantrace.diagnosis.cause import Cause, RefusedRows
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy, ResponsibleFeature
from nantrace.diagnosis.phrases import as_noted, named
from nantrace.diagnosis.refused_cells import INFINITE, MISSING, TEXT
from nantrace.tensors.plain_text import one_line

_SHAPES = """\
wanted, given = {shape}, rows.shape[1:]
assert len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given)), (wanted, given)"""
_SHAPES_BY_NAME = """\
for name, wanted in {shapes}.items():
    given = inputs[name].shape[1:]
    assert len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given)), (name, wanted, given)"""
_ASK = """\
for number in range(len(rows)):
    model(rows[number : number + 1])  # raises on a row that the model cannot take"""
_ASK_SIGNATURE = """\
import tensorflow as tf

serve = next(iter(model.signatures.values()))
for number in range(len(rows)):
    serve(**{{{name!r}: tf.constant(rows[number : number + 1], {dtype!r})}})  # raises on a row that it cannot take"""
_ASK_BY_NAME = """\
for number in range(len(next(iter(inputs.values())))):
    model({name: values[number : number + 1] for name, values in inputs.items()})  # raises on a row it cannot take"""

_ASK_SIGNATURE_BY_NAME = """\
import tensorflow as tf

serve = next(iter(model.signatures.values()))
dtypes = {dtypes}
for number in range(len(next(iter(inputs.values())))):
    serve(**{{name: tf.constant(inputs[name][number : number + 1], dtype) for name, dtype in dtypes.items()}})"""


def because(diagnosed: DiagnosedRows) -> str:
    """What is wrong with which features, else what the model raised."""
    clauses = []
    for reason in dict.fromkeys(one.reason for one in diagnosed.features):
        some = [one for one in diagnosed.features if one.reason == reason]
        clauses.append(f"{named(some)} {reason.clause if len(some) == 1 else reason.plural}")
    return f"{', and '.join(clauses)}: {as_noted(diagnosed)}" if clauses else as_noted(diagnosed)


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    inputs = diagnosed.case.model.inputs
    takes = "; ".join(f"{one['name']}: {one['dtype']} {one['shape']}" for one in inputs)
    if not diagnosed.case.fits:
        shapes = {one["name"]: list(one["shape"] or [])[1:] for one in inputs}
        only = next(iter(shapes.values()), [])
        code = _SHAPES.format(shape=only) if len(inputs) < 2 else _SHAPES_BY_NAME.format(shapes=shapes)
        return [Remedy("match_signature", "Send what the model takes", f"It takes {takes}.", code)]
    why = (
        f"The shapes fit ({takes}); what these rows hold makes the model raise. Refuse such rows before the model, or "
        "put there what training put there for a missing or unknown value."
    )
    return [Remedy("match_signature", "Check the rows before the model", why, _check(diagnosed))]


def _check(diagnosed: DiagnosedRows) -> str:
    """Code that raises on these rows and not on those that the model takes."""
    lines = [line for feature in diagnosed.features for line in _checks_of(diagnosed, feature)]
    if not lines:
        return _ask(diagnosed.case.model)
    return "\n".join(["import numpy as np", "", *lines])


def _ask(model: ModelFacts) -> str:
    """Code that asks the model about each row; a SavedModel answers by its signature, with tensors of its dtypes."""
    if model.layers or not model.inputs:
        return _ASK if len(model.inputs) < 2 else _ASK_BY_NAME
    if len(model.inputs) < 2:
        return _ASK_SIGNATURE.format(name=model.inputs[0]["name"], dtype=model.inputs[0]["dtype"])
    return _ASK_SIGNATURE_BY_NAME.format(dtypes={one["name"]: one["dtype"] for one in model.inputs})


def _checks_of(diagnosed: DiagnosedRows, feature: ResponsibleFeature) -> Iterator[str]:
    rows = "rows" if len(diagnosed.case.inputs) < 2 else f"inputs[{feature.input!r}]"
    column = rows if diagnosed.case.width(feature.input) == 1 else f"{rows}[..., {feature.index}]"
    if feature.reason is TEXT:
        yield f"{column}.astype(float)  # raises on the text in {one_line(feature.name)}"
    elif feature.reason in (MISSING, INFINITE):
        yield f"assert np.isfinite({column}.astype(float)).all(), {f'{feature.name} {feature.reason.clause}'!r}"
    else:
        yield from _of_values(diagnosed, feature, column)


def _of_values(diagnosed: DiagnosedRows, feature: ResponsibleFeature, column: str) -> Iterator[str]:
    """Whole numbers by the last one that the model takes; others by what the training held, where it held them not."""
    numbers = [float(value) for value in feature.values if isinstance(value, int | float)]
    limits = [limit for name, limit in diagnosed.taken if name == feature.input]
    for limit in limits:
        if any(value > limit for value in numbers) and limit == max(limits):
            yield f"assert ({column} <= {limit}).all(), {f'{feature.name} is larger than the model takes'!r}"
        if any(value < limit for value in numbers) and limit == min(limits):
            yield f"assert ({column} >= {limit}).all(), {f'{feature.name} is smaller than the model takes'!r}"
    known = diagnosed.case.feature_reference(feature.input, feature.index)
    if not limits and known is not None and known.distinct and not set(known.distinct) & set(feature.values):
        values = [int(one) if isinstance(one, float) and one.is_integer() else one for one in known.distinct]
        yield f"assert np.isin({column}, {values}).all(), {f'{feature.name} is not of the training'!r}"


CAUSE = Cause(
    "shape_or_type",
    label="Wrong shape or type",
    sentence="The model cannot take rows of this width, type or range.",
    because=because,
    remedies=remedies,
    stages=(RefusedRows(rank=10),),
    no_experiment="Of rows of another shape the model answers nothing that a change of single cells could cure.",
)
