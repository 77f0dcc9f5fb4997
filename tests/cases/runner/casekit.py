"""What the case files share: small builders of material. A case imports it as `casekit`.

A case is one file `tests/cases/NAME.py`: a docstring (what happens in real life), and

    CASE = dict(symptom=, cause= one accepted cause or a tuple of them,
                origin=dict(kind=, layer=, operation=) or None, features=[names or places] or None,
                rows=[failing rows], cured_by=(remedies or tests) or None)
    CASE = dict(incidents=[dict(...), ...])           several faults in one batch
    CASE = dict(clean=True, tolerated=(symptoms))     a control: nothing may be reported

    def build(repaired=False): return dict(model=, format="keras" | "h5" | "savedmodel", rows=, reference=, outputs=,
                                           metadata=, environment=)
    def cure(built): return dict(rows=...)

None in the truth is not scored. `repaired=True` builds the same model with only its fault removed; `cure` gives rows
without theirs. Both say what is physically true of the case, and are not used when it is diagnosed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Array = NDArray[Any]
Rows = Array | Mapping[str, Array]


def seeded(seed: int) -> np.random.Generator:
    """A generator; Keras' own randomness is seeded too, and its automatic names count from the start."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    return np.random.default_rng(seed)


def normal(rng: np.random.Generator, rows: int, *shape: int, limit: float = 3.0) -> Array:
    """Standard normal float32 of shape (rows, *shape), within +-limit: what a scaler hands to a model."""
    return rng.normal(size=(rows, *shape)).clip(-limit, limit).astype(np.float32)


def uniform(rng: np.random.Generator, rows: int, *shape: int, low: float = 0.0, high: float = 1.0) -> Array:
    """Uniform float32 of shape (rows, *shape)."""
    return rng.uniform(low, high, (rows, *shape)).astype(np.float32)


def sampled(rng: np.random.Generator, reference: Any, rows: int) -> Any:
    """Rows drawn from a reference, an array or arrays by name: each value lies inside its range."""
    given = reference if isinstance(reference, Mapping) else {"": reference}
    chosen = rng.integers(0, len(next(iter(given.values()))), rows)
    drawn = {name: values[chosen].copy() for name, values in given.items()}
    return drawn if isinstance(reference, Mapping) else drawn[""]


@contextmanager
def policy(name: str) -> Iterator[None]:
    """Layers made inside have this dtype policy."""
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)


def scale_weights(model: Any, factor: float, names: Iterable[str] | None = None) -> Any:
    """Multiplies all kernels, or those of the named layers, as a long training would; biases stay."""
    chosen = None if names is None else set(names)
    for layer in model.layers:
        if layer.weights and (chosen is None or layer.name in chosen):
            layer.set_weights([one * factor if one.ndim > 1 else one for one in layer.get_weights()])
    return model


def served(model: Any, rows: Rows, bad: Iterable[int], value: float = np.nan) -> Any:
    """What serving recorded: the model's own answers, but `value` in the rows `bad`."""
    answers = model.predict(rows, verbose=0)
    for one in answers.values() if isinstance(answers, dict) else [answers]:
        one[list(bad)] = value
    return answers


def runtime() -> dict[str, str]:
    """The software of this process, as a batch's `environment` names it."""
    return {"tensorflow": tf.__version__, "keras": keras.__version__}


def module(serve: Callable[..., Any], *variables: Any, **specs: Any) -> Any:
    """TensorFlow code without any Keras layer: a module whose signature is `serve`.

    `variables`: what `serve` reads. `specs`: a tf.TensorSpec a parameter of `serve`, in its order.
    """
    made = tf.Module()
    made.kept = list(variables)
    named = [tf.TensorSpec(one.shape, one.dtype, name=name) for name, one in specs.items()]
    made.serve = tf.function(serve, autograph=False, input_signature=named)
    return made
