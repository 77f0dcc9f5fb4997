"""What to do about a model, with code that a person can paste."""

from textwrap import dedent
from typing import Any

from nantrace.diagnosis.diagnosed import Diagnosed
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.normalization_remedies import nonfinite_statistics
from nantrace.diagnosis.operations import family, is_statistic, is_too_large
from nantrace.operations import guarded_form, stable_form

LARGE = 1e3  # the magnitude from which a weight is called large

RETRAIN = """\
import keras

model.compile(keras.optimizers.Adam(1e-4, clipnorm=1.0), loss=...)
model.fit(scaled_rows, scaled_targets, callbacks=[
    keras.callbacks.TerminateOnNaN(),
    keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True),
])"""


def nonfinite_weights(told: Diagnosed) -> list[Remedy]:
    """By what is not finite: a trained weight, a statistic that the data gave, a number kept in the graph."""
    source = told.source or {}
    if is_statistic(source):
        return _shown(told, "statistics", nonfinite_statistics(told))
    if source.get("kind") == "constant":
        return _shown(told, "constants", _export_again(told))
    why = (
        f"Weights of {told.layer} are NaN or infinite: the training diverged. The commonest reasons are a learning "
        "rate too large for the scale of the inputs or targets, a loss that takes the logarithm of 0, and NaN in "
        "the training data. Deploy an earlier checkpoint."
    )
    return _shown(told, "weights", Remedy("retrain", "Deploy an earlier checkpoint, and retrain", why, RETRAIN))


def _shown(told: Diagnosed, what: str, remedy: Remedy) -> list[Remedy]:
    if not told.proven:
        return [remedy]
    shown = f"With finite numbers in place of these {what} the rows are finite. That shows the cause; it is no repair."
    return [Remedy("repair_weights", f"The non-finite {what} are the cause", shown, "", proven=True), remedy]


def _export_again(told: Diagnosed) -> Remedy:
    code = """\
        import numpy as np

        scale = np.where(std > 0, std, 1.0)  # a column that never varied has no spread to divide by
        assert np.isfinite(mean).all() and np.isfinite(1 / scale).all()"""
    why = (
        f"The graph of {told.layer} holds a constant that is NaN or infinite: most often a statistic that was computed "
        "before the model was saved, such as 1 / std of a column that never varied."
    )
    return Remedy("retrain", "Save the model again with finite constants", why, dedent(code))


def extreme_weights(told: Diagnosed) -> list[Remedy]:
    if not large_weights(told):
        return [_too_wide(told)]
    test = told.trial.test if told.trial is not None else "float64"
    shown = {
        "float64": "The same rows are finite in float64: nothing but the size of the numbers is wrong.",
        "rescale_weights": "The same rows are finite with the layer's weights scaled down.",
    }[test]
    sizes = (
        "weights are finite, and far too large"
        if _largest(told) > LARGE
        else "no weight is large by itself, but their product over layers or steps grows"
    )
    why = f"Rows like those of training overflow in {told.layer}: {sizes}."
    large = "weights of" if _largest(told, told.layer) > LARGE else "numbers in"
    title = f"The size of the {large} {told.layer} is the cause"
    return [
        Remedy(test, title, shown, "", told.proven),
        Remedy("retrain", "Deploy an earlier checkpoint, and retrain", why, RETRAIN),
    ]


def large_weights(told: Diagnosed) -> bool:
    """Whether the layer has weights of its own, or any layer has large ones; else the rows are what is large."""
    return _largest(told) > LARGE or any(one.get("layer") == told.layer for one in told.case.model.weights)


def _largest(told: Diagnosed, layer: str | None = None) -> float:
    """The largest magnitude among the weights of a layer, or of all; 0 where there are none."""
    weights = [one for one in told.case.model.weights if layer in (None, one.get("layer"))]
    return max((max(abs(one.get("min") or 0), abs(one.get("max") or 0)) for one in weights), default=0.0)


def _too_wide(told: Diagnosed) -> Remedy:
    code = f"""\
        # bring the inputs to a scale around 1, in another unit or standardised, and train on that
        x = keras.layers.Normalization()(inputs)
        # or compute {told.operation} alone in float64
        x = keras.ops.cast(x, "float64")"""
    why = (
        f"Rows like those of training grow beyond float32 in {told.operation} of {told.layer}; "
        "no weight is large. The same rows are finite in float64."
    )
    return Remedy("float64", "Scale the inputs, or compute in float64", why, dedent(code), told.proven)


def stable_activation(told: Diagnosed) -> list[Remedy]:
    why = f"{told.operation} in {told.layer} overflows for rows like those of training."
    if told.operation == "Exp":
        why += " Keras' own softmax, sigmoid and tanh do not overflow, however large their input."
    code = stable_form(told.operation, *_failed_at(told))
    proven = told.proven and told.trial is not None and told.trial.test == "stable_activation"
    title = f"Replace {told.operation} by a stable form"
    return [Remedy("stable_activation", title, why, code, proven)]


def guard(told: Diagnosed) -> list[Remedy]:
    why = f"{told.operation} in {told.layer} is undefined for values that ordinary rows reach."
    title = f"Keep {told.operation} inside its domain"
    return [Remedy("guard_operation", title, why, guarded_form(told.operation, *_failed_at(told)), told.proven)]


def _failed_at(told: Diagnosed) -> tuple[list[Any], str]:
    """The inputs and the dtype in which the operation failed, as far as they are known."""
    source = told.source or {}
    return source.get("operands") or [], source.get("dtype") or "float32"


def float32(told: Diagnosed) -> list[Remedy]:
    code = f"""{_widened(told)}
# or the whole model, before it is built
keras.config.set_dtype_policy("float32")"""
    why = (
        "float16 ends at 65504, and below 6e-8 it knows only 0; bfloat16 has 8 bits of precision. "
        "The same rows are finite in float32."
    )
    return [Remedy("float32", f"Compute {told.layer} in float32", why, code, told.proven)]


def _widened(told: Diagnosed) -> str:
    if told.source is None:
        return (
            "# serve it as it is saved: without a float16 policy, a converter's quantisation, or a cast of its weights"
        )
    if told.source["kind"] == "constant":
        return "# a constant that float16 holds: to bar positions from a softmax, -3e4 does what -1e9 does"
    if told.kind_of_layer:
        return f'# this layer only\nkeras.layers.{told.kind_of_layer}(..., dtype="float32", name={told.last_name!r})'
    if family(told.source) == "domain" and not is_too_large(told.source):
        return (
            f"# what goes into {told.operation} was rounded before: a cast right there comes too late\n"
            '# the layers before it\nkeras.layers.Dense(..., dtype="float32")  # or whatever they are'
        )
    return f'# before {told.operation}\nx = keras.ops.cast(x, "float32")'
