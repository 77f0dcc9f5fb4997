"""Advice that several causes give, and how its code reaches a layer of a Keras model."""

from collections.abc import Mapping, Sequence

import numpy as np

from nantrace.diagnosis.cells import middle_codes
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.tensors.tensor import Tensor

RETRAIN = """\
import keras

model.compile(keras.optimizers.Adam(1e-4, clipnorm=1.0), loss=...)
model.fit(scaled_rows, scaled_targets, callbacks=[
    keras.callbacks.TerminateOnNaN(),
    keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True),
])"""
_RECORD_ENVIRONMENT = """\
import keras
import tensorflow as tf

# post this with every batch, so that the next difference is named
environment = {"tensorflow": tf.__version__, "keras": keras.__version__, "device": ..., "machine_type": ...}"""
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
_REBUILT = """\
import json
import re

import keras

config = json.dumps(model.get_config(), default=keras.saving.serialize_keras_object)
config = re.sub(r'"(mixed_)?b?float(16|32)"', '"{dtype}"', config)  # every layer's dtype policy
weights = [weight.astype("{dtype}") for weight in model.get_weights()]
model = type(model).from_config(json.loads(config))
model.set_weights(weights)"""
_OF_VARIABLES = """\
import numpy as np

for variable in {variables}:
    if "/{name}/" in "/" + getattr(variable, "path", variable.name):
        values = np.asarray(variable)
{lines}
        variable.assign(values)"""
_ONLY_ROWS = """\
def corrected({array}):
{lines}
    return {array}


some = {rows}  # the failing rows of this batch: the others are as in training
{array} = {array}.astype("float64")
{array}[some] = corrected({array}[some])"""
_BUILT_AGAIN = """\
import keras

keras.config.set_dtype_policy("{dtype}")  # before your code builds the model; set no other policy there
# then load its weights and export it again"""
_REPLACED_TEXTS = """\
import numpy as np

unreadable = np.isin(np.char.lower(rows.astype(str)), {texts})
rows = np.where(unreadable, {value}, rows)  # or a text that training used for unknown"""
_BY_CLASS = {"Normalization": _ADAPT, "BatchNormalization": _AVERAGE}


def variables_code(classes: Mapping[str, str]) -> str:
    """An expression for the weights of a model; `classes` of layers by path, none of a loaded SavedModel."""
    return "model.variables" if classes else "next(iter(model.signatures.values())).variables"


def of_variables(layer: str, body: str, classes: Mapping[str, str]) -> str:
    """Runs `body`, which changes `values` of a `variable`, for every weight of a layer."""
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    return _OF_VARIABLES.format(name=layer.rsplit("/", 1)[-1], lines=lines, variables=variables_code(classes))


def only_rows(code: str, array: str, rows: Sequence[int], batch: int) -> str:
    """Code that changes an array, for some rows of a batch; the others are as they should be, and stay."""
    if len(rows) in (0, batch):
        return code
    lines = "\n".join(f"    {line}".rstrip() for line in code.splitlines())
    return _ONLY_ROWS.format(array=array, lines=lines, rows=list(rows))


def new_statistics(diagnosed: DiagnosedRows) -> str:
    """Computes the statistics of a normalisation layer again; both ways where the class of the layer is not known."""
    layer = layer_code(diagnosed.layer, diagnosed.case.model.layers)
    known = _BY_CLASS.get(diagnosed.layer_class)
    if known is not None:
        return known.format(layer=layer)
    return "\n\n".join(f"# a {kind} layer\n{code.format(layer=layer)}" for kind, code in _BY_CLASS.items())


def in_precision(dtype: str, title: str, why: str, diagnosed: DiagnosedRows) -> Remedy:
    """Computes the whole model in a dtype, as the replay did. The rows are cast by the model's own inputs.

    Code cannot do that to a model whose layers are not known, such as a SavedModel: what it shows is for its author,
    and was not tried.
    """
    layers = bool(diagnosed.case.model.layers)
    code = (_REBUILT if layers else _BUILT_AGAIN).format(dtype=dtype)
    return Remedy(dtype, title, why, code, diagnosed.proven and layers)


def by_float64(diagnosed: DiagnosedRows) -> Remedy:
    """For rows that float64 answers, and a change of the operation alone does not, or otherwise."""
    why = "float64 has 16 digits and ends at 1.8e308. A guard of the operation alone is finite, and another answer."
    return in_precision("float64", "Compute the model in float64", why, diagnosed)


def serve_as_tested(why: str) -> Remedy:
    """What to do where the replay is finite and serving was not."""
    title = "Serve with the environment that the model was tested in"
    return Remedy("align_environment", title, why, _RECORD_ENVIRONMENT)


def codes_code(diagnosed: DiagnosedRows, array: str) -> list[str]:
    """Lines that put into an array of means, one a feature, what the trial took for responsible features of codes."""
    codes = middle_codes(diagnosed.case, diagnosed.features[0].input) if diagnosed.features else {}
    places = sorted({one.index for one in diagnosed.features} & codes.keys())
    return [f"{array}[{place}] = {codes[place]}  # of few whole numbers the middle one" for place in places]


def replaced_texts(diagnosed: DiagnosedRows, texts: Sequence[str]) -> str:
    """Puts what the trial tried in place of texts that say nothing."""
    value = tried_value(diagnosed, diagnosed.tensor) if diagnosed.tensor is not None else repr("")
    return _REPLACED_TEXTS.format(texts=list(texts), value=value)


def tried_value(diagnosed: DiagnosedRows, tensor: Tensor) -> str:
    """What the trial put into the cells of an input with one vocabulary, as code."""
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    values = edit.values[tensor.name] if edit is not None else tensor.values
    value = np.asarray(values).ravel()[0].item()
    return repr(value if isinstance(value, str) else int(value))


def layer_code(path: str, classes: Mapping[str, str]) -> str:
    """An expression for the layer at `path`, through nested models and TimeDistributed; `classes` by path."""
    code, above = "model", ""
    for name in path.split("/"):
        code += ".layer" if classes.get(above) == "TimeDistributed" else f".get_layer({name!r})"
        above = f"{above}/{name}".lstrip("/")
    return code
