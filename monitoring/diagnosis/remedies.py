"""What to do about a cause, with code that a person can paste. Every claim here was measured, none is folklore."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import dedent
from typing import Any

from monitoring.diagnosis.case import Case, Json
from monitoring.diagnosis.edits import Edit
from monitoring.diagnosis.features import REASONS
from monitoring.diagnosis.finding import GuiltyFeature, Remedy
from monitoring.diagnosis.guards import guarded_form
from monitoring.diagnosis.trials import Trial


@dataclass(frozen=True)
class Diagnosed:
    """What the advice depends on. `proven`: a replay with the trial's change cured every failing row."""

    case: Case
    source: Json | None
    features: Sequence[GuiltyFeature]
    trial: Trial | None
    proven: bool

    @property
    def layer(self) -> str:
        return (self.source or {}).get("layer") or self.case.model.name or "the layer"

    @property
    def operation(self) -> str:
        return (self.source or {}).get("operation") or "the operation"

    @property
    def details(self) -> Mapping[str, Any]:
        return self.trial.edit.details if self.trial is not None and self.trial.edit is not None else {}


def remedies(cause: str, diagnosed: Diagnosed) -> list[Remedy]:
    """The remedies of a cause, the one that was tried first; where it took several changes, those of all of them."""
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    if edit is None or not edit.parts:
        return _BY_CAUSE[cause](diagnosed)
    return [one for part in edit.parts for one in _BY_CAUSE[part.cause](_only(diagnosed, part))]


def _only(told: Diagnosed, part: Edit) -> Diagnosed:
    """The advice for one of several changes: about the features that it changes."""
    features = [one for one in told.features if one.reason == REASONS.get(part.cause)]
    trial = None if told.trial is None else replace(told.trial, edit=part)
    return replace(told, features=features, trial=trial)


def _impute(told: Diagnosed) -> list[Remedy]:
    values = sorted({sentinel.value for sentinel in told.details.get("sentinels") or []})
    lines = ["import numpy as np", "from sklearn.impute import SimpleImputer", ""]
    lines.append("imputer = SimpleImputer(strategy='mean').fit(training_rows)  # once, beside the scaler")
    if values:
        lines.append(f"rows = np.where(np.isin(rows, {values}), np.nan, rows)  # these stand for missing")
    lines.append("rows = imputer.transform(rows)")
    means = {f.name: f.reference["mean"] for f in told.features if f.reference is not None}
    lines += [f"# means of the training data: {means}"] if means else []
    why = "Nothing can be computed with a missing value. Fill it before the model, as training filled it."
    return [Remedy("impute", "Fill missing values before the model", why, "\n".join(lines), told.proven)]


def _replace_infinite(told: Diagnosed) -> list[Remedy]:
    names = ", ".join(feature.name for feature in told.features) or "the feature"
    code = f"""\
        import numpy as np

        # where {names} is computed, do not divide by zero:
        ratio = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)
        # or as the last step before the model:
        rows = np.where(np.isinf(rows), training_means, rows)"""
    why = "An infinity in the rows usually is a division by zero, or a logarithm of zero, before the model."
    return [Remedy("replace_infinite", "Keep infinities out of the rows", why, dedent(code), told.proven)]


def _rescale(told: Diagnosed) -> list[Remedy]:
    what = told.details.get("what", "the rows are on another scale than the training data")
    why = f"With this undone, the rows lie where the training data lie: {what}."
    code = str(told.details.get("code", ""))
    return [Remedy("rescale", "Scale the rows as in training", why, code, told.proven)]


def _clip(told: Diagnosed) -> list[Remedy]:
    known = {f.name: f.reference for f in told.features if f.reference is not None}
    limits = {name: (reference["min"], reference["max"]) for name, reference in known.items()}
    code = f"""\
        limits = {limits}  # of the training data
        for name, (low, high) in limits.items():
            frame[name] = frame[name].clip(low, high)"""
    why = "Training never showed the model such values, and beyond its range it can answer anything."
    title = "Clip into the range of the training data, or refuse such rows"
    return [Remedy("clip", title, why, dedent(code), told.proven)]


def _valid_position(told: Diagnosed) -> list[Remedy]:
    code = """\
        empty = (tokens != 0).sum(axis=1) == 0
        tokens[empty, 0] = unknown_token  # or answer these rows without the model"""
    why = "An average or an attention over no position is 0 / 0."
    title = "Do not ask the model about empty sequences"
    return [Remedy("valid_position", title, why, dedent(code), told.proven)]


RETRAIN = """\
import keras

model.compile(keras.optimizers.Adam(1e-4, clipnorm=1.0), loss=...)
model.fit(scaled_rows, scaled_targets, callbacks=[
    keras.callbacks.TerminateOnNaN(),
    keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True),
])"""


def _retrain(told: Diagnosed) -> list[Remedy]:
    why = (
        f"Weights of {told.layer} are NaN or infinite: the training diverged. The commonest reasons are a learning "
        "rate too large for the scale of the inputs or targets, a loss that takes the logarithm of 0, and NaN in "
        "the training data. Deploy an earlier checkpoint."
    )
    retrain = Remedy("retrain", "Deploy an earlier checkpoint, and retrain", why, RETRAIN)
    if not told.proven:
        return [retrain]
    shown = "With these weights replaced by 0 the rows are finite. That shows the cause; it is no repair."
    return [Remedy("repair_weights", "The non-finite weights are the cause", shown, "", proven=True), retrain]


def _statistics(told: Diagnosed) -> list[Remedy]:
    name = told.layer.rsplit("/", 1)[-1]
    if told.trial is not None and told.trial.test == "guard_operation":
        code = f"keras.layers.LayerNormalization(epsilon=1e-3, name={name!r})"
        why = "With epsilon 0, a row without any variance is divided by a standard deviation of 0."
        return [Remedy("guard_operation", f"Give {told.layer} an epsilon", why, code, told.proven)]
    code = f"""\
        layer = model.get_layer({name!r})
        for weight in layer.weights:
            print(weight.path, keras.ops.convert_to_numpy(weight).min())
        # a Normalization layer: adapt it again, on training rows without missing values
        layer.adapt(training_rows)
        # a BatchNormalization layer: let it see the training data again, or load an earlier checkpoint"""
    why = f"{told.layer} keeps a mean or variance that cannot be, so its root or reciprocal is no number."
    title = f"Recompute the statistics of {told.layer}"
    return [Remedy("repair_statistics", title, why, dedent(code), told.proven)]


def _extreme(told: Diagnosed) -> list[Remedy]:
    test = told.trial.test if told.trial is not None else "float64"
    shown = {
        "float64": "The same rows are finite in float64: nothing but the size of the numbers is wrong.",
        "rescale_weights": "The same rows are finite with the layer's weights scaled down.",
    }[test]
    why = f"Ordinary rows overflow in {told.layer}: its weights are finite, and far too large. The next step was NaN."
    return [
        Remedy(test, f"The size of the weights of {told.layer} is the cause", shown, "", told.proven),
        Remedy("retrain", "Deploy an earlier checkpoint, and retrain", why, RETRAIN),
    ]


def _stable(told: Diagnosed) -> list[Remedy]:
    code = """\
        # a softmax by hand: use the library's, which subtracts the largest logit first
        probabilities = keras.ops.softmax(logits, axis=-1)
        # log(sum(exp(x))): keras.ops.logsumexp(x, axis=-1)    log(1 + exp(x)): keras.ops.softplus(x)
        # an exponential head: bound what goes into it
        rate = keras.ops.exp(keras.ops.clip(x, -30.0, 30.0))"""
    why = (
        f"{told.operation} in {told.layer} overflows for rows like those of training. "
        "Keras' own softmax, sigmoid and tanh do not overflow, however large their input."
    )
    title = f"Replace {told.operation} by a stable form"
    return [Remedy("stable_activation", title, why, dedent(code), told.proven)]


def _guard(told: Diagnosed) -> list[Remedy]:
    why = f"{told.operation} in {told.layer} is undefined for values that ordinary rows reach."
    title = f"Keep {told.operation} inside its domain"
    return [Remedy("guard_operation", title, why, guarded_form(told.operation), told.proven)]


def _float32(told: Diagnosed) -> list[Remedy]:
    code = f"""\
        # this layer only (here for a Dense layer):
        keras.layers.Dense(units, dtype="float32", name={told.layer.rsplit("/", 1)[-1]!r})
        # or the whole model, before it is built:
        keras.config.set_dtype_policy("float32")"""
    why = (
        "float16 ends at 65504, and below 6e-8 it knows only 0; bfloat16 has 8 bits of precision. "
        "The same rows are finite in float32."
    )
    return [Remedy("float32", f"Compute {told.layer} in float32", why, dedent(code), told.proven)]


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
    code = "assert rows.shape[1:] == model.input_shape[1:], (rows.shape, model.input_shape)"
    return [Remedy("match_signature", "Send what the model takes", f"It takes {takes}.", code)]


_BY_CAUSE: Mapping[str, Callable[[Diagnosed], list[Remedy]]] = {
    "input_missing": _impute,
    "input_infinite": _replace_infinite,
    "input_unscaled": _rescale,
    "input_out_of_distribution": _clip,
    "mask_empty": _valid_position,
    "weights_nonfinite": _retrain,
    "normalization_state": _statistics,
    "weights_extreme": _extreme,
    "activation_overflow": _stable,
    "undefined_operation": _guard,
    "precision_overflow": _float32,
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
