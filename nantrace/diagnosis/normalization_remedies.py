"""What to do about the statistics and the epsilon of a normalisation layer."""

from nantrace.diagnosis.diagnosed import Diagnosed
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.keras_paths import layer_code

_ADAPT = """\
import numpy as np

finite = np.isfinite(training_rows).all(axis=tuple(range(1, training_rows.ndim)))
{layer}.adapt(training_rows[finite])  # before the rest of the model is trained on what it answers"""

_AVERAGE = """\
import keras

layer = {layer}
layer.moving_mean.assign(keras.ops.zeros_like(layer.moving_mean))
layer.moving_variance.assign(keras.ops.ones_like(layer.moving_variance))
for batch in training_batches:  # some hundreds, without missing values
    model(batch, training=True)  # moves the averages, and no weight"""

_BY_CLASS = {"Normalization": _ADAPT, "BatchNormalization": _AVERAGE}


def normalization_state(told: Diagnosed) -> list[Remedy]:
    """An epsilon where one was the cure, else statistics that can be."""
    if told.trial is not None and told.trial.test == "guard_operation":
        kind = told.kind_of_layer
        made = f"keras.layers.{kind}(..., epsilon=1e-3, name={told.last_name!r})" if kind else ""
        code = made or f"# where the layer {told.last_name} is made: epsilon=1e-3"
        why = "With epsilon 0, a row without any variance is divided by a standard deviation of 0."
        return [Remedy("guard_operation", f"Give {told.layer} an epsilon", why, code, told.proven)]
    why = (
        f"{told.layer} keeps a mean or variance that cannot be divided by: below 0, not finite, or 0 where no epsilon "
        "is added."
    )
    return [Remedy("repair_statistics", _title(told), why, _code(told), told.proven)]


def nonfinite_statistics(told: Diagnosed) -> Remedy:
    """For statistics that are NaN or infinite."""
    why = (
        f"{told.layer} keeps statistics of the training data, and these are NaN or infinite: one missing or infinite "
        "value among the rows that it was adapted or trained on is enough."
    )
    return Remedy("retrain", _title(told), why, _code(told))


def _title(told: Diagnosed) -> str:
    return f"Recompute the statistics of {told.layer}"


def _code(told: Diagnosed) -> str:
    layer = layer_code(told.layer, told.case.model.layers)
    known = _BY_CLASS.get(told.kind_of_layer)
    if known is not None:
        return known.format(layer=layer)
    return "\n\n".join(f"# a {kind} layer\n{code.format(layer=layer)}" for kind, code in _BY_CLASS.items())
