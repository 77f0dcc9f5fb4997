"""What to do about a cause, with code that a person can paste. True advice only: each claim was measured."""

from collections.abc import Sequence
from typing import Any

from monitoring.diagnosis.case import Case, Json
from monitoring.diagnosis.finding import GuiltyFeature, Remedy
from monitoring.diagnosis.trials import Trial


def remedies(
    case: Case,
    cause: str,
    source: Json | None,
    features: Sequence[GuiltyFeature],
    trial: Trial | None,
    proven: bool,
) -> list[Remedy]:
    """The remedies of a cause, the proven one first."""
    layer = (source or {}).get("layer") or case.model.name or "the layer"
    operation = (source or {}).get("operation") or ""
    names = [feature.name for feature in features]
    made = {
        "input_missing": lambda: _impute(features, trial, proven),
        "input_infinite": lambda: _replace_infinite(features, proven),
        "input_unscaled": lambda: _rescale(trial, proven),
        "input_out_of_distribution": lambda: _clip(features, proven),
        "mask_empty": lambda: _valid_position(proven),
        "weights_nonfinite": lambda: _retrain(layer, proven),
        "normalization_state": lambda: _statistics(layer, trial, proven),
        "weights_extreme": lambda: _extreme(layer, trial, proven),
        "activation_overflow": lambda: _stable(layer, operation, proven),
        "undefined_operation": lambda: _guard(layer, operation, proven),
        "precision_overflow": lambda: _float32(layer, proven),
        "software_mismatch": lambda: _align("software"),
        "hardware_mismatch": lambda: _align("hardware"),
        "not_reproduced": lambda: _align("unknown"),
        "shape_or_type": lambda: _signature(case, names),
    }.get(cause)
    return made() if made else []


def _impute(features: Sequence[GuiltyFeature], trial: Trial | None, proven: bool) -> list[Remedy]:
    fills = {f.name: (f.reference or {}).get("mean") for f in features}
    sentinels = (trial.edit.details.get("sentinels") if trial and trial.edit else None) or []
    told = sorted({sentinel.value for sentinel in sentinels})
    before = f"for sentinel in {told}:\n    rows[rows == sentinel] = np.nan\n" if told else ""
    code = (
        "import numpy as np\nfrom sklearn.impute import SimpleImputer\n\n"
        "imputer = SimpleImputer(strategy='mean').fit(training_rows)  # once, beside the scaler\n"
        f"{before}rows = imputer.transform(rows)\n# training means: {fills}"
    )
    why = "A missing value cannot be computed with. Fill it before the model, with what training saw on average."
    return [Remedy("impute", "Impute the missing values before the model", why, code, proven)]


def _replace_infinite(features: Sequence[GuiltyFeature], proven: bool) -> list[Remedy]:
    names = ", ".join(feature.name for feature in features) or "the feature"
    code = (
        "import numpy as np\n\nrows = np.where(np.isfinite(rows), rows, training_means)\n"
        f"# better: where {names} is computed, do not divide by zero:\n"
        "ratio = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)"
    )
    why = "Infinity usually comes from a division by zero in the feature pipeline."
    return [Remedy("replace_infinite", "Keep infinities out of the rows", why, code, proven)]


def _rescale(trial: Trial | None, proven: bool) -> list[Remedy]:
    details: Any = trial.edit.details if trial and trial.edit else {}
    what = details.get("what", "the rows are on another scale than the training data")
    why = f"With the transform undone the rows lie where the training data lie: {what}."
    return [Remedy("rescale", "Scale the rows as in training", why, details.get("code", ""), proven)]


def _clip(features: Sequence[GuiltyFeature], proven: bool) -> list[Remedy]:
    limits = {f.name: [f.reference["min"], f.reference["max"]] for f in features if f.reference is not None}
    code = f"limits = {limits}  # from the training data\nfor name, (low, high) in limits.items():\n    frame[name] = frame[name].clip(low, high)"
    why = "The model was never asked for such values in training; beyond its range it can answer anything."
    return [Remedy("clip", "Clip the features into the training range, or refuse the rows", why, code, proven)]


def _valid_position(proven: bool) -> list[Remedy]:
    code = "empty = (tokens != 0).sum(axis=1) == 0\ntokens[empty, 0] = unknown_token  # or answer these rows without the model"
    why = "An average over no position is 0 / 0. Give empty sequences one valid position, or do not ask the model."
    return [Remedy("valid_position", "Do not send sequences without a valid position", why, code, proven)]


def _retrain(layer: str, proven: bool) -> list[Remedy]:
    code = (
        "import keras\n\nmodel.compile(keras.optimizers.Adam(1e-4, clipnorm=1.0), loss=...)\n"
        "model.fit(scaled_rows, targets, callbacks=[keras.callbacks.TerminateOnNaN(),\n"
        "    keras.callbacks.ModelCheckpoint('best.keras', save_best_only=True)])"
    )
    why = (
        f"The weights of {layer} are NaN or infinite: training diverged (a learning rate too large for the scale of "
        "inputs or targets is the commonest reason). Deploy an earlier checkpoint, then train with scaled data, a smaller "
        "learning rate and clipped gradients."
    )
    made = [Remedy("retrain", "Deploy an earlier checkpoint and retrain", why, code, False)]
    if proven:
        text = "With the non-finite weights replaced by 0 the rows are finite, so these weights are the cause; it is no repair."
        made.insert(0, Remedy("repair_weights", "The non-finite weights are the cause", text, "", True))
    return made


def _statistics(layer: str, trial: Trial | None, proven: bool) -> list[Remedy]:
    if trial is not None and trial.test == "guard_operation":
        code = f"keras.layers.LayerNormalization(epsilon=1e-3, name={layer!r})  # epsilon must not be 0"
        why = "Without an epsilon a constant row is divided by a standard deviation of 0."
        return [Remedy("guard_operation", f"Give {layer} an epsilon", why, code, proven)]
    code = (
        f"layer = model.get_layer({layer.split('/')[-1]!r})\n"
        "for weight in layer.weights:\n    if 'variance' in weight.name:\n"
        "        weight.assign(keras.ops.maximum(weight, 0.0))\n"
        "# then let it see training data again: model(training_batch, training=True) over one epoch"
    )
    why = f"{layer} holds a variance that cannot be: its root or reciprocal is not a number."
    return [Remedy("repair_statistics", f"Recompute the statistics of {layer}", why, code, proven)]


def _extreme(layer: str, trial: Trial | None, proven: bool) -> list[Remedy]:
    test = trial.test if trial is not None else "float64"
    code = (
        "for weight in model.weights:\n    print(weight.path, float(keras.ops.max(keras.ops.abs(weight))))\n"
        "model.compile(keras.optimizers.Adam(1e-4, clipnorm=1.0), loss=...)  # and retrain from an earlier checkpoint"
    )
    why = f"Ordinary rows overflow in {layer}: its weights are finite but far too large, one step before NaN."
    return [
        Remedy(test, "The overflow is gone in a wider or smaller computation", "Shown by replay.", "", proven),
        Remedy("retrain", "Deploy an earlier checkpoint and retrain", why, code, False),
    ]


def _stable(layer: str, operation: str, proven: bool) -> list[Remedy]:
    code = (
        "# a hand-written softmax: subtract the largest logit first, or call the library's\n"
        "probabilities = keras.ops.softmax(logits, axis=-1)\n"
        "# an exponential head: bound the exponent\nrate = keras.ops.exp(keras.ops.clip(x, -30.0, 30.0))\n"
        "# log(sum(exp(x))): keras.ops.logsumexp(x, axis=-1);  log(1 + exp(x)): keras.ops.softplus(x)"
    )
    why = f"{operation} in {layer} overflows on rows like those of training. The library's softmax, sigmoid and tanh do not."
    return [Remedy("stable_activation", f"Use a stable form instead of {operation}", why, code, proven)]


_GUARDS = {
    "Log": "keras.ops.log(keras.ops.maximum(x, 1e-7))  # or log1p(x), if x counts something",
    "Log1p": "keras.ops.log1p(keras.ops.maximum(x, -1 + 1e-7))",
    "Sqrt": "keras.ops.sqrt(keras.ops.maximum(x, 0.0))",
    "Rsqrt": "keras.ops.rsqrt(keras.ops.maximum(x, 1e-7))",
    "RealDiv": "x / keras.ops.maximum(y, 1e-7)  # for y >= 0; tf.math.divide_no_nan(x, y) answers 0",
    "Pow": "keras.ops.power(keras.ops.maximum(x, 1e-7), p)",
    "Acos": "keras.ops.arccos(keras.ops.clip(x, -1.0, 1.0))",
    "Asin": "keras.ops.arcsin(keras.ops.clip(x, -1.0, 1.0))",
    "Atanh": "keras.ops.arctanh(keras.ops.clip(x, -1 + 1e-6, 1 - 1e-6))",
}


def _guard(layer: str, operation: str, proven: bool) -> list[Remedy]:
    code = _GUARDS.get(
        operation, f"# keep the argument of {operation} inside its domain, for example with keras.ops.clip"
    )
    why = f"{operation} in {layer} is undefined for values that the training data hold as well."
    return [Remedy("guard_operation", f"Keep {operation} inside its domain", why, code, proven)]


def _float32(layer: str, proven: bool) -> list[Remedy]:
    code = (
        f"keras.layers.Dense(..., dtype='float32', name={layer.split('/')[-1]!r})  # this layer only\n"
        "# or the whole model: keras.config.set_dtype_policy('float32') before building it"
    )
    why = "float16 ends at 65504 and knows nothing between 0 and 6e-8; the same rows are finite in float32."
    return [Remedy("float32", f"Compute {layer} in float32", why, code, proven)]


def _align(what: str) -> list[Remedy]:
    why = {
        "software": "The same rows are finite with the replay's TensorFlow and Keras.",
        "hardware": "The same rows are finite on a CPU; a kernel of the device, or the device itself, is the suspect.",
        "unknown": "The same rows are finite in every replay. Look at what happens around the model call: threads that share a buffer, "
        "post-processing, serialisation.",
    }[what]
    code = (
        "import tensorflow as tf\nprint(tf.__version__, tf.config.list_physical_devices())\n"
        "# post the environment with every batch: {'tensorflow': ..., 'keras': ..., 'device': ..., 'machine_type': ...}"
    )
    return [Remedy("align_environment", "Serve with the environment that the model was tested in", why, code, False)]


def _signature(case: Case, names: Sequence[str]) -> list[Remedy]:
    told = "; ".join(f"{one['name']}: {one['dtype']} {one['shape']}" for one in case.model.inputs)
    code = f"# the model takes {told}\nassert rows.shape[1:] == model.input_shape[1:], rows.shape"
    return [Remedy("match_signature", "Send what the model takes", f"The model takes {told}.", code, False)]
