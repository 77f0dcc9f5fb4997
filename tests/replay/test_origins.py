"""Where bad values begin."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nantrace.diagnosis.case import TracedRows
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.tensors.tensor import Tensors
from tests.replay.conftest import Laboratory
from tests.replay.rows import ordinary, rows_of


def only(lab: ReplayLaboratory, rows: Tensors, expected: list[int]) -> TracedRows:
    (trail,) = lab.trace(rows)
    assert sorted(trail.rows) == expected
    return trail


def origin(trail: TracedRows) -> Mapping[str, Any]:
    (source,) = trail.sources
    return source


def test_a_nan_that_was_sent(laboratory: Laboratory) -> None:
    for name in ("mlp.keras", "mlp"):
        trail = only(laboratory(name), rows_of(features=[[1, 2, np.nan], [3, 4, 5.0], [6, np.nan, 8]]), [0, 2])

        source = origin(trail)
        assert (source["kind"], source["name"], source["value"]) == ("input", "features", "NaN")
        assert trail.first_nan is not None
        assert trail.first_nan["kind"] == "input"


def test_layers_that_nobody_named(laboratory: Laboratory) -> None:
    """TensorFlow calls the scope of `dense` dense_1, which is the name of the next layer."""
    for name in ("unnamed.keras", "unnamed"):
        assert [tap["layer"] for tap in laboratory(name).facts().taps] == ["dense", "dense_1"]


def test_weights_of_an_inner_model(laboratory: Laboratory) -> None:
    rows = ordinary("nested", 3)

    source = origin(only(laboratory("nested.keras"), rows_of(**rows), [0, 1, 2]))

    assert source["kind"] == "weight"
    assert source["layer"].split("/")[-1] == "projection"
    assert source["name"].endswith("projection/kernel")


def test_an_impossible_variance(laboratory: Laboratory) -> None:
    source = origin(only(laboratory("convolution.keras"), rows_of(**ordinary("convolution", 2)), [0, 1]))

    assert (source["kind"], source["layer"], source["value"]) == ("operation", "norm", "NaN")
    assert source["normalises"]


def test_the_iteration_of_a_loop(laboratory: Laboratory) -> None:
    """Held still at -50; from its first 0 on, the state grows and overflows an exponential."""
    series = np.full((4, 8, 1), -50.0)
    series[1, 0:] = 0.0
    series[3, 3:] = 0.0

    trails = {trail.rows: trail for trail in laboratory("lstm.keras").trace(rows_of(series=series))}

    assert set(trails) == {(1,), (3,)}
    for rows, iteration in (((1,), 2), ((3,), 4)):
        source = origin(trails[rows])
        assert (source["kind"], source["operation"], source["value"]) == ("operation", "Exp", "Infinity")
        assert source["layer"].split("/")[0] == "memory"
        assert source["iteration"] == iteration


def test_rows_of_a_loop_are_told_apart(laboratory: Laboratory) -> None:
    for name in ("gru.keras", "unrolled"):
        rows = ordinary("gru", 9)
        rows["series"][4, 5, 1] = np.nan
        rows["series"][7, 0, 0] = np.inf

        trails = laboratory(name).trace(rows_of(**rows))

        rows_of_trails = {trail.swallowed_by is None: (trail.rows, origin(trail)["value"]) for trail in trails}
        assert rows_of_trails == {True: ((4,), "NaN"), False: ((7,), "Infinity")}


def test_a_sum_beyond_float16(laboratory: Laboratory) -> None:
    rows = np.full((3, 8), 100.0)
    rows[1] = 3e4

    source = origin(only(laboratory("half.keras"), rows_of(numbers=rows), [1]))

    assert (source["operation"], source["layer"], source["value"]) == ("MatMul", "total", "Infinity")


def test_the_sign_of_an_infinity_is_that_of_its_row(laboratory: Laboratory) -> None:
    """The logarithm of 0 is -Inf, also beside a row in which it is +Inf."""
    trails = laboratory("bucket.keras").trace(rows_of(numbers=[[0.0, 5.0], [np.inf, 5.0]]))

    values = {row: trail.sources[0]["value"] for trail in trails for row in trail.rows}
    assert values == {0: "-Infinity", 1: "Infinity"}


def test_a_logarithm_of_zero_names_its_inputs(laboratory: Laboratory) -> None:
    rows = np.full((3, 3), 2.0)
    rows[2] = 0.0, 0.5, 0.75

    source = origin(only(laboratory("logarithm.keras"), rows_of(numbers=rows), [2]))

    assert (source["operation"], source["value"]) == ("Log", "-Infinity")
    assert source["inputs"] == [{"min": 0.0, "max": 0.75}]


def test_a_mask_of_minus_infinity_is_no_origin(laboratory: Laboratory) -> None:
    """One position is valid, the mask does no harm; a NaN score beside it does."""
    scores, mask = np.full((3, 5), 0.5), np.ones((3, 5))
    mask[:, 3:] = 0
    scores[1, 0] = np.nan

    trail = only(laboratory("masked.keras"), rows_of(scores=scores, mask=mask), [1])

    assert (origin(trail)["kind"], origin(trail)["name"]) == ("input", "scores")


def test_a_mask_without_a_valid_position_is_one(laboratory: Laboratory) -> None:
    scores, mask = np.full((3, 5), 0.5), np.ones((3, 5))
    mask[2] = 0

    trail = only(laboratory("masked.keras"), rows_of(scores=scores, mask=mask), [2])

    assert (origin(trail)["value"], origin(trail)["shared"]) == ("-Infinity", True)
    assert trail.first_nan is not None
    assert not trail.first_nan["shared"], "each row has its own"
    assert (trail.first_nan["operation"], trail.first_nan["layer"]) == ("Softmax", "weights")


def test_a_constant_as_long_as_the_batch_belongs_to_all_rows(laboratory: Laboratory) -> None:
    """The graph says which axes depend on the rows; by its size, 11, this one could be theirs."""
    for name in ("halved.keras", "halved"):
        trail = only(laboratory(name), rows_of(series=np.ones((3, 23, 1))), [0, 1, 2])

        assert (origin(trail)["kind"], origin(trail)["value"], origin(trail)["shared"]) == ("constant", "NaN", True)


def test_a_model_that_tests_for_nan_copes_with_it(laboratory: Laboratory) -> None:
    assert laboratory("tested.keras").trace(rows_of(numbers=[[np.nan, 1.0, 2.0]])) == []


def test_pooling_that_drops_nan_is_named(laboratory: Laboratory) -> None:
    rows = ordinary("pooling", 4)
    rows["series"][2, 4, 0] = np.nan

    trail = only(laboratory("pooling.keras"), rows_of(**rows), [2])

    assert trail.swallowed_by is not None
    assert (trail.swallowed_by["operation"], trail.swallowed_by["layer"]) == ("MaxPool", "pool")
    assert origin(trail)["kind"] == "input"


def test_an_infinite_statistic_that_a_root_takes_to_zero(laboratory: Laboratory) -> None:
    lab, rows = laboratory("muffled.keras"), rows_of(numbers=np.ones((3, 3)))
    hidden = lab.replay(rows, "unfused").hidden

    trail = only(lab, rows, [0, 1, 2])

    assert (origin(trail)["kind"], origin(trail)["name"]) == ("weight", "norm/moving_variance")
    assert trail.swallowed_by is not None
    assert trail.swallowed_by["operation"] == "Rsqrt"
    assert hidden is not None
    assert hidden.all()


def test_an_integer_is_no_limit_of_an_infinity(laboratory: Laboratory) -> None:
    lab, rows = laboratory("bucket.keras"), rows_of(numbers=[[1.0, 10.0], [0.0, 5.0]])
    hidden = lab.replay(rows, "unfused").hidden

    trail = only(lab, rows, [1])

    assert (origin(trail)["operation"], origin(trail)["value"]) == ("Log", "-Infinity")
    assert trail.swallowed_by is not None
    assert trail.swallowed_by["operation"] == "Cast"
    assert hidden is not None
    assert hidden.tolist() == [False, True]


def test_positions_of_the_largest_tell_nothing_of_a_nan(laboratory: Laboratory) -> None:
    numbers = [[1.0, 2, 3, 4], [1.0, np.nan, 3, 4], [1.0, 2, 3, 5]]

    trail = only(laboratory("ranking.keras"), rows_of(numbers=numbers), [1])

    assert (origin(trail)["kind"], origin(trail)["name"]) == ("input", "numbers")
    assert trail.swallowed_by is not None
    assert trail.swallowed_by["operation"] == "TopKV2"


def test_complex_numbers_carry_a_nan(laboratory: Laboratory) -> None:
    signal = np.ones((3, 8))
    signal[1, 5] = np.nan

    trail = only(laboratory("spectrum.keras"), rows_of(signal=signal), [1])

    assert (origin(trail)["kind"], origin(trail)["name"]) == ("input", "signal")


def test_a_layer_that_time_distributed_wraps(laboratory: Laboratory) -> None:
    series = np.arange(24.0).reshape(2, 4, 3)
    series[1, 2] = 1.0

    source = origin(only(laboratory("stepwise.keras"), rows_of(series=series), [1]))

    assert (source["layer"], source["operation"], source["normalises"]) == ("steps/norm", "Rsqrt", True)


def test_healthy_rows_leave_no_trail(laboratory: Laboratory) -> None:
    for name in ("mlp", "gru", "transformer", "two_inputs"):
        assert laboratory(f"{name}.keras").trace(rows_of(**ordinary(name, 5))) == []


def test_more_rows_than_one_traced_run_takes(laboratory: Laboratory) -> None:
    rows = ordinary("mlp", 200)["features"]
    rows[[0, 61, 122, 199], 1] = np.nan

    trails = laboratory("mlp.keras").trace(rows_of(features=rows))

    assert sorted(row for trail in trails for row in trail.rows) == [0, 61, 122, 199]
