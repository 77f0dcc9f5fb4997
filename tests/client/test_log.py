"""What is logged arrives, and every prediction is counted."""

import math
import sys
from typing import Any

import nanwatch_client
import numpy as np
import pytest
from ml_dtypes import bfloat16
from nanwatch_client import stream

from tests.client.conftest import Start
from tests.client.recording_server import Recording

NAN = math.nan


def log(inputs: Any, outputs: Any = None, **arguments: Any) -> None:
    nanwatch_client.log(inputs, outputs, **{"model": "churn", "version": "7", **arguments})


def sent(service: Recording) -> Recording:
    assert nanwatch_client.flush(10)
    return service


def test_it_works(service: Recording, start: Start) -> None:
    start()
    log([1.0, NAN, 3.0], [0.5], id="req-1")
    log([4.0, 5.0, 6.0], [math.inf], id="req-2")

    (batch,) = sent(service).batches
    assert (batch.fields["model"], batch.fields["version"]) == ("churn", "7")
    assert batch.ids == ["req-1", "req-2"]
    np.testing.assert_array_equal(batch.arrays["inputs"], [[1, NAN, 3], [4, 5, 6]])
    np.testing.assert_array_equal(batch.arrays["outputs"], [[0.5], [math.inf]])
    assert {name: batch.fields["counts"][name] for name in ("predictions", "nonfinite", "dropped")} == {
        "predictions": 2,
        "nonfinite": 2,
        "dropped": 0,
    }
    assert batch.fields["environment"]["numpy"] == np.__version__
    assert ("tensorflow" in batch.fields["environment"]) == ("tensorflow" in sys.modules)  # looked at, never imported


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        (np.array([1, 2], np.float32), np.array([[0.5]], np.float32), {"inputs": [[1, 2]], "outputs": [[0.5]]}),
        (
            np.array([[1], [2]], np.int64),
            np.array([0.5, 0.25], np.float64),
            {"inputs": [[1], [2]], "outputs": [0.5, 0.25]},
        ),
        ([[1.5, None]], 0.5, {"inputs": [[1.5, NAN]], "outputs": [0.5]}),
        ({"age": 41.0, "kind": "new"}, [0.5], {"inputs.age": [41], "inputs.kind": ["new"], "outputs": [[0.5]]}),
        (np.ones((1, 2, 2), ">f4"), None, {"inputs": [[[1, 1], [1, 1]]]}),
        ((1.0, 2.0), (0.1, 0.2, 0.7), {"inputs": [[1, 2]], "outputs": [[0.1, 0.2, 0.7]]}),
        (np.array([[1.5, np.nan]], bfloat16), None, {"inputs": [[1.5, NAN]]}),
        (["a", "b"], None, {"inputs": [["a", "b"]]}),
        (np.array([b"gr\xc3\xb6\xc3\x9fer", "\ud800"], object), 1.0, {"inputs": [["größer", "?"]], "outputs": [1]}),
        (np.array([[1, 2], [3, 4]], np.float32), [0.5, 0.25], {"inputs": [[1, 2], [3, 4]], "outputs": [0.5, 0.25]}),
        (
            [[1.0], [2.0]],
            {"a": [[1], [2]], "b": [3, 4]},
            {"inputs": [[1], [2]], "outputs.a": [[1], [2]], "outputs.b": [3, 4]},
        ),
    ],
)
def test_rows_of_every_shape(
    service: Recording, start: Start, inputs: Any, outputs: Any, expected: dict[str, Any]
) -> None:
    start()
    log(inputs, outputs)

    (batch,) = sent(service).batches
    assert set(batch.arrays) == set(expected)
    for name, rows in expected.items():
        np.testing.assert_array_equal(batch.arrays[name], np.array(rows))


def test_bits_arrive_as_they_were(service: Recording, start: Start) -> None:
    bits = np.array([0x7FC00001, 0xFFC12345, 0x80000000, 0x00000001, 0x7F800000], np.uint32)
    start()
    log(bits.view(np.float32))

    (batch,) = sent(service).batches
    np.testing.assert_array_equal(batch.arrays["inputs"][0].view(np.uint32), bits)


def test_an_array_may_change_after_it_was_logged(service: Recording, start: Start) -> None:
    start()
    row = np.array([1, 2], np.float32)
    log(row)
    row[:] = 9

    np.testing.assert_array_equal(sent(service).batches[0].arrays["inputs"], [[1, 2]])


def test_healthy_rows_are_sampled_and_counted(service: Recording, start: Start) -> None:
    start(sample_rate=0.1)
    for _ in range(5000):
        log([1.0, 2.0], 0.5)
    log(np.ones((5000, 2)), np.ones(5000))
    log([NAN, 2.0], 0.5)

    sent(service)
    assert 800 < service.rows < 1200
    assert (service.counted("predictions"), service.counted("nonfinite")) == (10_001, 1)


def test_counts_travel_alone_where_nothing_is_sampled(service: Recording, start: Start) -> None:
    start(sample_rate=0)
    for _ in range(3):
        log([1.0, 2.0], 0.5)

    (batch,) = sent(service).batches
    assert (batch.rows, batch.fields["counts"]["predictions"]) == (0, 3)
    assert "inputs" not in batch.fields


def test_failing_rows_are_bounded_and_counted(
    service: Recording, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "FAILING_A_MINUTE", 10)
    monkeypatch.setattr(stream, "MINUTE", 1e9)
    start(sample_rate=0)
    for _ in range(30):
        log([NAN, 2.0], 0.5)
    log(np.full((30, 2), NAN))
    log([NAN], 0.5, version="8")

    sent(service)
    assert service.rows == 11
    assert (service.counted("predictions"), service.counted("nonfinite")) == (61, 61)


def test_rows_of_several_models_and_shapes(service: Recording, start: Start) -> None:
    start()
    log([1.0, 2.0], 0.5)
    log([1.0], 0.5)
    log([1.0], 0.5, version="8")
    log([[3.0], [4.0]], [0.5, 0.5], version="8")

    sent(service)
    assert sorted((batch.fields["version"], batch.rows) for batch in service.batches) == [("7", 1), ("7", 1), ("8", 3)]
    assert service.counted("predictions") == 5


@pytest.mark.parametrize(("given", "expected"), [("r", ["r/0", "r/1"]), (["a", "b"], ["a", "b"]), (7, ["7/0", "7/1"])])
def test_ids_of_a_batch(service: Recording, start: Start, given: Any, expected: list[str]) -> None:
    start()
    log([[1.0], [2.0]], id=given)

    assert sent(service).ids == expected


def test_ids_are_what_the_service_stores(service: Recording, start: Start) -> None:
    start()
    log([1.0], id="a\0b\ud800" + "x" * 300)

    (one,) = sent(service).ids
    assert (one[:4], len(one)) == ("a?b?", 200)


def test_many_ids_fit(service: Recording, start: Start) -> None:
    start()
    ids = [f"request-{number:040}" for number in range(900)]
    for one in ids:
        log([1.0], id=one)

    assert sorted(sent(service).ids) == ids
