"""`python -m tests.replay.check_outputs`: whether outputs keep their names however a model nests them, in every child.

Hypothesis draws how the outputs are nested. A model with n outputs answers n different multiples of its input, so that
two outputs that changed places are seen. A process of its own, since no test process imports TensorFlow.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nantrace.replay.loading import LoadedModel, from_keras, load
from nantrace.replay.session import Session
from nantrace.tensors.tensor import Tensor, Tensors

ROWS = np.array([[1.0], [2.0], [3.0]], np.float32)
NAMES = st.text("abyz_019", min_size=1, max_size=3).filter(lambda name: name[0] not in "_019")
FLAT = st.lists(st.just(None), min_size=1, max_size=14) | st.dictionaries(NAMES, st.none(), min_size=1, max_size=14)
NESTED = st.recursive(
    st.none(),
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(NAMES, inner, min_size=1, max_size=4),
    max_leaves=14,
).filter(tf.nest.is_nested)
EXAMPLES = settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def numbered(structure: Any) -> Any:
    """The same nesting with 1, 2, ... at its ends, in an order that is not the sorted one."""
    count = len(tf.nest.flatten(structure))
    return tf.nest.pack_sequence_as(structure, list(range(count, 0, -1)))


def model_of(factors: Any) -> Any:
    given_row = keras.Input((1,), name="x")
    return keras.Model(
        given_row, tf.nest.map_structure(lambda factor: keras.layers.Rescaling(float(factor))(given_row), factors)
    )


def expected(factors: Any) -> dict[str, float]:
    """The names that Keras' export gives: keys, or places."""
    if isinstance(factors, Mapping):
        return {
            name: factor
            for key, value in factors.items()
            for name, factor in (
                [(f"{key}/{i}", one) for i, one in enumerate(tf.nest.flatten(value))]
                if tf.nest.is_nested(value)
                else [(key, value)]
            )
        }
    flat: Sequence[float] = tf.nest.flatten(factors)
    return {"outputs": flat[0]} if len(flat) == 1 else {f"output_{i}": one for i, one in enumerate(flat)}


def check(model: LoadedModel, names: Mapping[str, float]) -> None:
    for tapped in (False, True):
        session = Session(model, tapped=tapped)
        for variant in ("graph", "tapped", "eager", "interpreted", "float64"):
            answers = session.run(Tensors.of(Tensor("x", ROWS)), variant)[1]
            found = {one.name: one.values for one in answers if one.name.startswith("output/")}
            assert set(found) == {f"output/{name}" for name in names}, (variant, found)
            for name, factor in names.items():
                assert np.allclose(found[f"output/{name}"], ROWS * factor), (variant, tapped, name, factor, found)
    traced = Session(model).trace(Tensors.of(Tensor("x", ROWS)), {})[1]
    assert all(np.allclose(traced.by_name[f"output/{name}"].values, ROWS * factor) for name, factor in names.items())


@EXAMPLES
@given(NESTED)
def nested_outputs(structure: Any) -> None:
    factors = numbered(structure)
    check(from_keras(model_of(factors)), expected(factors))


@EXAMPLES
@given(FLAT, st.sampled_from([".keras", ".h5", ""]))
def outputs_of_files(structure: Any, suffix: str) -> None:
    """A list, or a dict: what every format holds."""
    factors = numbered(structure)
    model = model_of(factors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{suffix}"
        if suffix:
            model.save(path)
        else:
            model.export(str(path), verbose=False)
        loaded = load(path)
        names = expected(factors)
        if not suffix and len(names) == 1 and not isinstance(factors, dict):
            names = {loaded.output_names[0]: factors[0]}  # an export gives a single output the name output_0
        check(loaded, names)
        about = Session(loaded).audit(Tensors(), {"about": "artifact", "path": str(path)})
        assert len(about["answering"]) == (len(names) if suffix else 0)


if __name__ == "__main__":
    nested_outputs()
    outputs_of_files()
    sys.stdout.write("every output kept its name\n")
