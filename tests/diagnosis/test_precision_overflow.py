"""float16 ends at 65504."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network


def energy(dtype: type[np.floating[Any]] = np.float16) -> Network:
    network = Network.of_features(8, dtype)
    cast = network.run("Cast", "inputs", layer="cast")
    network.run("Sum", network.run("Square", cast, layer="energy"), layer="energy")
    return network


def barred(dtype: type[np.floating[Any]]) -> Network:
    """A score that -1e9, saved as float16 holds it, takes away from barred positions, and 0 * -Inf from all others."""
    network = Network.of_features(3, dtype)
    taken = network.run("Mul", "inputs", network.constant("mask/Const", -np.inf), layer="mask")
    network.run("Sum", taken, layer="mask")
    return network


def loud(rows: int) -> NDArray[Any]:
    return np.random.default_rng(9).uniform(120, 200, (rows, 8))


def test_it_works() -> None:
    (finding,) = diagnosed(energy(), loud(10), loud(200))

    assert (finding.cause, finding.rows) == ("precision_overflow", 10)
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("Sum", "energy")
    assert finding.proof.grade == "proven"
    assert [(one.id, one.proven) for one in finding.remedies] == [("float32", False)], "no code reaches a graph"
    assert (finding.evidence[0].test, finding.evidence[0].cured) == ("float32", 10)


def test_the_same_rows_are_fine_in_float32() -> None:
    assert diagnosed(energy(np.float32), loud(10), loud(200)) == []


def test_a_constant_that_float16_rounded_to_infinity() -> None:
    (narrow,) = diagnosed(barred(np.float16), np.zeros((5, 3)), np.eye(3))
    (wide,) = diagnosed(barred(np.float32), np.zeros((5, 3)), np.eye(3))

    assert (narrow.cause, wide.cause) == ("precision_overflow", "weights_nonfinite")
    assert narrow.origin is not None
    assert (narrow.origin.kind, narrow.origin.name) == ("constant", "mask/Const")
    assert [(one.id, one.proven) for one in narrow.remedies] == [("float32", False)] * 2, "no code was tried"
    assert narrow.proof.grade == "proven"
    assert "-1e9" in narrow.evidence[0].note
    assert "eager" in narrow.reproduced_in
    assert not {"float32", "float64"} & {*narrow.reproduced_in}, "these compute on with what float16 made of -1e9"
    assert "float64" in wide.reproduced_in


def test_the_scale_of_the_rows_comes_before_the_precision() -> None:
    """Raw pixels overflow a sum in float16; in float32 they would not, and would still be wrong."""
    pixels = np.random.default_rng(10).integers(0, 256, (20, 8)).astype(float)
    reference = np.random.default_rng(11).integers(0, 256, (200, 8)) / 255

    (finding,) = diagnosed(energy(), pixels, reference)

    assert finding.cause == "input_unscaled"
