"""Finite weights so large that rows inside the reference overflow in a linear or recurrent operation."""

from dataclasses import replace

import numpy as np

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.operations import family
from nantrace.diagnosis.phrases import place_of
from nantrace.diagnosis.shared_advice import RETRAIN, in_precision, of_variables
from nantrace.diagnosis.trials import Bench, Trial

LARGE = 1e3  # the magnitude from which a weight is called large
SHOWN = {
    "float64": "The same rows are finite in float64: nothing but the size of the numbers is wrong.",
    "rescale_weights": "The same rows are finite with the layer's weights scaled down.",
}

_WIDER = "float32 ends at 3.4e38, float64 at 1.8e308."
_SCALED = "values = values / max(1, np.abs(values).max())  # to see that nothing else is wrong: answers change"
_SCALE_INPUTS = """\
import keras

scaler = keras.layers.Normalization()
scaler.adapt(training_rows)
scaled = scaler(training_rows)  # train on these, and keep the layer in front of the model"""


def is_linear(source: Json) -> bool:
    return family(source) == "linear"


def smaller(bench: Bench, suspect: Suspect) -> list[Trial]:
    change = {"weights": "scale", "layer": suspect.source["layer"]}
    note = "the layer's weights were scaled to at most 1"
    scaled = bench.try_change("rescale_weights", change, suspect.rows, note)
    return [bench.in_float64(suspect.rows), scaled]


def because(diagnosed: DiagnosedRows) -> str:
    place = place_of(diagnosed.source)
    if _sent_large(diagnosed):
        return f"numbers as large as {_largest_sent(diagnosed):.3g} were sent, for which {place} overflows"
    if _largest(diagnosed) > LARGE:
        return f"the weights are so large that {place} overflows"
    if large_weights(diagnosed):
        return f"no weight is large, and numbers grow from layer to layer or step to step until {place} overflows"
    return f"{place} overflows for rows like those of training"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    if not large_weights(diagnosed) and diagnosed.test != "rescale_weights":
        return _of_large_rows(diagnosed)
    retrain = Remedy("retrain", "Deploy an earlier checkpoint, and retrain", _why(diagnosed), RETRAIN)
    return [_tried(diagnosed, _title(diagnosed)), retrain]


def _tried(diagnosed: DiagnosedRows, title: str) -> Remedy:
    """The experiment that cured the rows; the first of them where none did."""
    if diagnosed.test != "rescale_weights":
        return in_precision("float64", title, SHOWN["float64"] if diagnosed.proven else _WIDER, diagnosed)
    code = of_variables(diagnosed.layer, _SCALED, diagnosed.case.model.layers)
    return Remedy(diagnosed.test, title, SHOWN[diagnosed.test], code, diagnosed.proven)


def large_weights(diagnosed: DiagnosedRows) -> bool:
    """Whether the layer has weights of its own, or any layer has large ones; else the rows are what is large."""
    if _sent_large(diagnosed):
        return False
    owners = {one.get("layer") for one in diagnosed.case.model.weights}
    return _largest(diagnosed) > LARGE or diagnosed.layer in owners


def _sent_large(diagnosed: DiagnosedRows) -> bool:
    """Whether numbers far larger than any weight were sent, and no training data say that they are ordinary."""
    sent = _largest_sent(diagnosed)
    return diagnosed.case.reference is None and sent > LARGE * max(LARGE, _largest(diagnosed))


def _largest_sent(diagnosed: DiagnosedRows) -> float:
    """The largest finite magnitude of the rows."""
    values = [one.values.astype(float) for one in diagnosed.case.inputs if one.values.dtype.kind in "fiu"]
    return max((float(np.abs(one[np.isfinite(one)]).max(initial=0.0)) for one in values), default=0.0)


def _title(diagnosed: DiagnosedRows) -> str:
    large = "weights of" if _largest(diagnosed, diagnosed.layer) > LARGE else "numbers in"
    return f"The size of the {large} {diagnosed.layer} is the cause"


def _why(diagnosed: DiagnosedRows) -> str:
    sizes = (
        "weights are finite, and far too large"
        if _largest(diagnosed) > LARGE
        else "no weight is large by itself, but their product over layers or steps grows"
    )
    return f"Rows like those of training overflow in {diagnosed.layer}: {sizes}."


def _largest(diagnosed: DiagnosedRows, layer: str | None = None) -> float:
    """The largest magnitude among the weights of a layer, or of all; 0 where there are none."""
    weights = [one for one in diagnosed.case.model.weights if layer in (None, one.get("layer"))]
    return max((max(abs(one.get("min") or 0), abs(one.get("max") or 0)) for one in weights), default=0.0)


def _of_large_rows(diagnosed: DiagnosedRows) -> list[Remedy]:
    """Training on scaled inputs only where training knew such rows: one huge number is a fault of what sends it."""
    tried = _tried(diagnosed, "Compute the model in float64")
    grows = f"grow beyond float32 in {diagnosed.operation} of {diagnosed.layer}; no weight is large."
    if _sent_large(diagnosed):
        return [replace(tried, why=f"Such numbers {grows} Look first at what sends them. {tried.why}")]
    why = f"Rows like those of training {grows}"
    return [tried, Remedy("retrain", "Scale the inputs, and train on that", why, _SCALE_INPUTS)]


CAUSE = Cause(
    "weights_extreme",
    label="Weights too large",
    sentence="The weights are finite and so large that ordinary rows overflow in a linear or recurrent operation.",
    because=because,
    remedies=remedies,
    stages=(ModelChange(rank=80, fits=is_linear, make=smaller),),
)
