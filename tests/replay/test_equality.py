"""The interpreter computes what the compiled, unfused function computes, NaN for NaN: every origin rests on it."""

import numpy as np
import pytest

from tests.replay.conftest import Laboratory
from tests.replay.rows import SHAPES, rows_of, strewn

MODELS = [f"{name}.keras" for name in SHAPES] + ["mlp", "mlp.h5", "unrolled"]
COPE = {"transformer"}  # its rows are integers


def shape_name(model: str) -> str:
    return "gru" if model == "unrolled" else model.partition(".")[0]


@pytest.mark.parametrize("model", MODELS)
def test_it_works(laboratory: Laboratory, model: str) -> None:
    lab = laboratory(model)
    rows = strewn(shape_name(model), 21)

    graph, interpreted = lab.replay(rows, "unfused"), lab.replay(rows, "interpreted")

    assert graph.refused == interpreted.refused == {}
    assert graph.finite.all() == (shape_name(model) in COPE), "else this were about healthy rows only"
    assert set(graph.outputs) == set(interpreted.outputs)
    for name, values in graph.outputs.items():
        np.testing.assert_allclose(interpreted.outputs[name], values, rtol=2e-5, atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("model", MODELS)
def test_xla_answers_nan_where_the_unfused_graph_does(laboratory: Laboratory, model: str) -> None:
    lab = laboratory(model)
    rows = strewn(shape_name(model), 21)

    graph, compiled = lab.replay(rows, "unfused"), lab.replay(rows, "xla")

    assert compiled.refused == {}
    np.testing.assert_array_equal(compiled.finite, graph.finite)


def test_what_xla_cannot_compile_it_refuses(laboratory: Laboratory) -> None:
    lab = laboratory("text.keras")
    rows = rows_of(city=np.array([["Bern"], ["Oslo"], ["Rome"]]))

    assert lab.replay(rows, "unfused").refused == {}
    assert sorted(lab.replay(rows, "xla").refused) == [0, 1, 2]
