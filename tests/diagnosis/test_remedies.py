"""What is advised fits what is there: the layer's class, the kind of the input, whether weights are to blame at all."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nantrace.diagnosis import phrases
from nantrace.diagnosis import remedies as advice
from nantrace.diagnosis.case import Case, ModelFacts
from nantrace.diagnosis.causes import cause_of
from nantrace.diagnosis.causes.weights_extreme import large_weights
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Reason, Remedy, ResponsibleFeature, TrainingRange
from nantrace.diagnosis.trials import Trial
from nantrace.tensors.tensor import Tensors
from tests.diagnosis.laboratory import tensors

NONE = np.zeros(1, bool)


def model(**facts: Any) -> ModelFacts:
    given = {"name": "model", "inputs": [], "weights": [], "software": {}, "low_precision": False}
    return ModelFacts(**{**given, **facts})


def told(rows: Tensors | None = None, source: Mapping[str, Any] | None = None, **facts: Any) -> DiagnosedRows:
    case = Case(rows or tensors(inputs=np.ones((1, 2))), None, model(**facts))
    where = None if source is None else {"name": "a/b", "normalises": False, **source}
    return DiagnosedRows(case, where, [], None, proven=False)


def remedies(cause: str, diagnosed: DiagnosedRows) -> list[Remedy]:
    return advice.remedies(cause_of(cause), diagnosed)


def title(cause: str, diagnosed: DiagnosedRows) -> str:
    return phrases.title("nonfinite_output", cause_of(cause), diagnosed)


def responsible(name: str, top: float = 2) -> ResponsibleFeature:
    return ResponsibleFeature(name, name, 0, Reason(""), 1, reference=TrainingRange(0, top, 1))


def of_feature(diagnosed: DiagnosedRows) -> DiagnosedRows:
    return replace(diagnosed, features=[responsible(next(iter(diagnosed.case.inputs)).name)])


def code(found: list[Remedy]) -> str:
    """The code of all remedies, which must at least be Python."""
    for one in found:
        compile(one.code, one.id, "exec")
    return "\n".join(one.code for one in found)


def pasted(found: list[Remedy], **given: Any) -> dict[str, Any]:
    """What the names hold after a person pasted the code of the remedies."""
    for one in found:
        exec(one.code, given)  # noqa: S102
    return given


def test_an_epsilon_is_given_to_the_layer_that_lacks_it() -> None:
    source = {"kind": "operation", "layer": "inner/norm", "operation": "Rsqrt"}
    diagnosed = told(source=source, layers={"inner/norm": "GroupNormalization"})
    guarded = replace(diagnosed, trial=Trial("guard_operation", NONE, NONE))

    advice = code(remedies("normalization_state", guarded))

    assert "model.get_layer('inner').get_layer('norm').epsilon = 1e-3" in advice


def test_float32_is_the_whole_models_as_in_the_replay() -> None:
    source = {"kind": "operation", "layer": "filters", "operation": "Conv2D"}
    layered = code(remedies("precision_overflow", told(source=source, layers={"filters": "Conv2D"})))
    exported = code(remedies("precision_overflow", told(source=source)))

    assert "from_config" in layered
    assert "from_config" not in exported, "a SavedModel has no config"


@pytest.mark.parametrize(("cause", "dtype"), [("precision_overflow", "float32"), ("weights_extreme", "float64")])
@pytest.mark.parametrize("layers", [{}, {"out": "Dense"}])
def test_another_precision_is_proven_only_where_code_reaches_the_layers(
    cause: str, dtype: str, layers: dict[str, str]
) -> None:
    """The code for a SavedModel is for its author, and was not tried."""
    cured = replace(told(source={"kind": "operation", "operation": "MatMul"}, layers=layers), proven=True)

    found = remedies(cause, cured)[0]

    assert (found.id, found.proven) == (dtype, bool(layers))


def test_what_was_rounded_before_is_called_so() -> None:
    """1 - p is 0 in bfloat16, and stays 0; a quotient that is too large is finite in float32."""
    rounded = {"kind": "operation", "operation": "Log", "value": "-Infinity", "operands": [0.0], "dtype": "bfloat16"}
    large = {**rounded, "operation": "RealDiv", "value": "Infinity", "operands": [80.0, 0.001]}

    assert title("precision_overflow", told(source=rounded)).endswith("for what bfloat16 rounded.")
    assert title("precision_overflow", told(source=large)).endswith("does not fit bfloat16.")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ({"tower": "Sequential", "tower/norm": "BatchNormalization"}, "model.get_layer('tower').get_layer('norm')"),
        ({"tower": "TimeDistributed", "tower/norm": "Normalization"}, "model.get_layer('tower').layer.adapt("),
        ({}, "moving_variance.assign"),
    ],
)
def test_statistics_are_computed_again_as_the_layer_allows(layers: dict[str, str], expected: str) -> None:
    source = {"kind": "operation", "layer": "tower/norm", "operation": "Rsqrt"}
    advice = code(remedies("normalization_state", told(source=source, layers=layers)))

    assert expected in advice
    assert (".adapt(" in advice) == ("BatchNormalization" not in layers.values())


@pytest.mark.parametrize(
    ("operand", "expected"), [(-0.5, "is negative"), (0.0, "divides by a deviation of 0"), (None, "are impossible")]
)
def test_what_a_normalisation_divides_by(operand: float | None, expected: str) -> None:
    source = {"kind": "operation", "layer": "norm", "operands": [] if operand is None else [operand]}

    assert expected in title("normalization_state", told(source=source))


@pytest.mark.parametrize(
    ("operation", "operands", "expected"),
    [
        ("Exp", [90.0], "softmax"),
        ("Expm1", [90.0], "keras.ops.expm1(keras.ops.minimum("),
        ("Pow", [80.0, 24.0], "keras.ops.power(keras.ops.clip(x, -17.8, 17.8), 24)"),
        ("Pow", [1e-15, -3.0], "keras.ops.power(keras.ops.maximum(x, 1e-10), -3)"),
    ],
)
def test_what_grows_is_bounded(operation: str, operands: list[float], expected: str) -> None:
    source = {"kind": "operation", "layer": "model", "operation": operation, "operands": operands}
    by_test = {
        test: remedies("activation_overflow", replace(told(source=source), proven=True, trial=Trial(test, NONE, NONE)))
        for test in ("float64", "stable_activation")
    }

    assert expected in code(by_test["stable_activation"])
    assert by_test["stable_activation"][0].proven
    assert not by_test["float64"][0].proven, "no replay showed that the stable form helps"


@pytest.mark.parametrize("operation", ["Exp", "Expm1", "Sinh", "Cosh"])
def test_a_bounded_exponent_leaves_what_was_finite(operation: str) -> None:
    source = {"kind": "operation", "layer": "model", "operation": operation, "operands": [90.0]}
    (remedy,) = remedies("activation_overflow", told(source=source))
    form = next(line for line in reversed(remedy.code.splitlines()) if "ops.m" in line or "ops.clip" in line)
    keras = SimpleNamespace(ops=np)
    x = np.array([-60.0, 60.0, 95.0], np.float32)

    bounded = eval(form.split(" = ")[-1], {"keras": keras, "x": x})  # noqa: S307

    assert np.isfinite(bounded).all()
    assert (bounded[:2] == getattr(np, operation.lower())(x[:2])).all()


def test_no_weight_is_called_large_that_is_not() -> None:
    source = {"kind": "operation", "layer": "out", "operation": "MatMul"}
    small, large = ([{"layer": "out", "min": -top, "max": top}] for top in (4.0, 1e20))

    assert "no weight is large" in remedies("weights_extreme", told(source=source, weights=small))[1].why
    assert "far too large" in remedies("weights_extreme", told(source=source, weights=large))[1].why


@pytest.mark.parametrize(
    ("name", "kind", "normalises", "what"),
    [
        ("out/kernel", "weight", False, "weights"),
        ("norm/gamma", "weight", True, "weights"),
        ("norm/moving_variance", "weight", True, "statistics"),
        ("model/mul/y", "constant", False, "constants"),
    ],
)
def test_what_is_not_finite_is_called_by_its_name(name: str, kind: str, normalises: bool, what: str) -> None:
    trainable = what == "weights" if kind == "weight" else None
    source = {"kind": kind, "name": name, "layer": "one", "operation": None, "normalises": normalises}
    source["trainable"] = trainable
    shown, *_ = remedies("weights_nonfinite", replace(told(source=source), proven=True))

    assert f"because {what} " in title("weights_nonfinite", told(source=source))
    assert (shown.title == f"The non-finite {what} are the cause") == (kind == "weight")
    assert shown.code


def test_weights_are_blamed_for_an_overflow_only_where_there_are_some() -> None:
    source = {"kind": "operation", "layer": "model", "operation": "Square"}
    small = [{"layer": "out", "min": -1.0, "max": 1.0}]
    bare = told(source=source, weights=small)
    owner = told(source={**source, "layer": "out"}, weights=small)
    other = told(source=source, weights=[{"layer": "out", "min": -1e20, "max": 1.0}])

    assert [large_weights(one) for one in (bare, owner, other)] == [False, True, True]
    assert [one.id for one in remedies("weights_extreme", bare)] == ["float64", "retrain"]
    assert "weights" not in title("weights_extreme", bare)


def test_the_change_that_cured_is_the_one_that_is_shown() -> None:
    source = {"kind": "operation", "layer": "model", "operation": "MatMul"}
    cured = replace(told(source=source), trial=Trial("rescale_weights", NONE, NONE), proven=True)

    found = remedies("weights_extreme", cured)[0]

    assert (found.id, found.proven) == ("rescale_weights", True)
    assert "float64" not in found.title + found.why + found.code


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.ones((2, 3)), "SimpleImputer"),
        (np.ones((2, 3, 4)), "training_rows.shape[-1]"),
        (np.ones((2, 3), np.int32), "np.isin"),
        (np.array([["a"], ["nan"]]), "np.char.lower"),
    ],
)
def test_missing_values_are_filled_as_the_input_allows(values: Any, expected: str) -> None:
    assert expected in code(remedies("input_missing", of_feature(told(tensors(x=values)))))


def test_ranges_are_by_position_and_say_the_names() -> None:
    nameless = of_feature(told())
    named = replace(nameless, features=[replace(one, name="pay\nimport os") for one in nameless.features])

    made = code(remedies("input_out_of_distribution", named))

    assert "rows[..., index]" in made
    assert "# 'pay\\nimport os'" in made


@pytest.mark.parametrize(
    ("rows", "dtype", "expected"),
    [
        (np.ones((2, 5)), "float32", "wanted, given = [3], rows.shape[1:]"),
        (np.ones((2, 3)), "float32", "raises on a row"),
        (np.ones((2, 3), np.int64), "int32", "raises on a row"),
        (np.full((2, 3), "xx"), "string", "raises on a row"),
        (np.full((2, 3), "xx"), "float32", "raises on a row"),
    ],
)
def test_rows_that_fit_and_are_refused_hold_wrong_values(rows: Any, dtype: str, expected: str) -> None:
    inputs = [{"name": "x", "dtype": dtype, "shape": [None, 3]}]

    assert expected in code(remedies("shape_or_type", told(tensors(inputs=rows), inputs=inputs)))


def test_advice_names_the_input_of_a_model_of_several() -> None:
    inputs = {"age": np.array([[1.0], [9.0]]), "word": np.array([[3, 40], [1, 2]])}
    diagnosed = replace(told(tensors(**inputs)), features=[responsible(name, top=5) for name in inputs])

    after = pasted(remedies("input_out_of_distribution", diagnosed), inputs=dict(inputs))["inputs"]

    assert after["age"].tolist() == [[1], [5]]
    assert after["word"].tolist() == [[3, 5], [1, 2]]


def test_ranges_by_position_are_those_of_the_input_that_is_named() -> None:
    inputs = {"age": np.ones((2, 1)), "pixels": np.array([[9.0, 1.0], [2.0, 1.0]])}
    diagnosed = replace(told(tensors(**inputs)), features=[responsible("pixels", top=5)])

    after = pasted(remedies("input_out_of_distribution", diagnosed), inputs=dict(inputs))["inputs"]

    assert after["pixels"].tolist() == [[5, 1], [2, 1]]


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_texts_without_a_word_get_one(shape: tuple[int, ...]) -> None:
    texts = np.array(["good day", "!!", ""], dtype="U20").reshape(shape)
    diagnosed = of_feature(told(tensors(x=texts)))

    after = pasted(remedies("mask_empty", diagnosed), texts=texts.copy())["texts"]

    assert after.ravel().tolist() == ["good day", "unknown", "unknown"]


def test_tokens_of_a_model_of_several_inputs_are_named() -> None:
    inputs = {"age": np.ones((2, 1)), "basket": np.array([[0, 0], [3, 0]])}
    diagnosed = replace(told(tensors(**inputs)), features=[responsible("basket")])

    after = pasted(remedies("mask_empty", diagnosed), inputs=inputs, unknown_token=1)["inputs"]

    assert after["basket"].tolist() == [[1, 0], [3, 0]]


def test_shapes_of_several_inputs_are_compared_by_name() -> None:
    known = [{"name": "a", "dtype": "float32", "shape": [None, 3]}, {"name": "b", "dtype": "float32", "shape": [None]}]

    advice = code(remedies("shape_or_type", told(tensors(a=np.ones((2, 3))), inputs=known)))

    assert "inputs[name].shape" in advice


def test_a_length_of_zero_becomes_one() -> None:
    inputs = {"length": np.array([0, 3]), "frames": np.ones((2, 3, 1))}
    diagnosed = of_feature(told(tensors(**inputs)))

    after = pasted(remedies("mask_empty", diagnosed), inputs=inputs)["inputs"]

    assert after["length"].tolist() == [1, 3]


@pytest.mark.parametrize("width", [2, 5])
def test_gaps_are_filled_next_to_infinities(width: int) -> None:
    """Of another row or the same: what an infinity is replaced with is another remedy's."""
    rows = np.ones((3, width))
    rows[0, 0] = rows[1, 1] = np.nan
    rows[1, 0] = rows[2, 1] = np.inf
    diagnosed = of_feature(told(tensors(x=rows)))

    after = pasted(remedies("input_missing", diagnosed), training_rows=np.full((4, width), 2.0), rows=rows)["rows"]

    assert after[:, :2].tolist() == [[2, 1], [np.inf, 2], [1, np.inf]]


@pytest.mark.parametrize(("cause", "bad"), [("input_missing", np.nan), ("input_infinite", np.inf)])
@pytest.mark.parametrize("shape", [(3,), (3, 2), (3, 4, 2)])
def test_each_of_several_inputs_is_filled_from_its_own_training_rows(
    cause: str, bad: float, shape: tuple[int, ...]
) -> None:
    inputs = {"user": np.ones(shape), "item": np.ones((3, 5))}
    inputs["user"][1] = inputs["item"][2, 0] = bad
    diagnosed = replace(told(tensors(**inputs)), features=[responsible(name) for name in inputs])
    training = {"user": np.full(shape, 2.0), "item": np.full((4, 5), 3.0)}
    given = {"top": np.ones(1), "bottom": np.ones(1), "x": np.ones(1), "training_inputs": training}

    after = pasted(remedies(cause, diagnosed), inputs=dict(inputs), **given)["inputs"]

    assert (after["user"][1] == 2).all()
    assert after["item"][2].tolist() == [3, 1, 1, 1, 1]


@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 3, 2)])
def test_infinities_become_means_of_the_finite_training_rows(shape: tuple[int, ...]) -> None:
    diagnosed = of_feature(told(tensors(x=np.ones(shape))))
    training, rows = np.full(shape, 2.0), np.ones(shape)
    training[0], rows[1] = np.inf, -np.inf
    given = {"top": np.ones(1), "bottom": np.zeros(1), "training_rows": training, "rows": rows}

    assert (pasted(remedies("input_infinite", diagnosed), **given)["rows"][1] == 2).all()


@pytest.mark.parametrize("shape", [(4,), (4, 3, 2)])
def test_gaps_become_means_of_the_training_rows(shape: tuple[int, ...]) -> None:
    diagnosed = of_feature(told(tensors(x=np.ones(shape))))
    rows = np.ones(shape)
    rows[1] = np.nan

    given = {"training_rows": np.full(shape, 2.0), "rows": rows}
    assert (pasted(remedies("input_missing", diagnosed), **given)["rows"][1] == 2).all()
