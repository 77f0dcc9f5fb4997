"""What a feature is called, in every room."""

from typing import Any

from nantrace.feature import FeatureNames

AGE = ["age", "income"]


def test_a_bare_list_names_the_columns_of_the_only_input_whatever_that_is_called() -> None:
    names = FeatureNames.of({"features": AGE}, ["serving_default"])

    assert [names.name("serving_default", i, only=False) for i in range(3)] == ["age", "income", "serving_default[2]"]


def test_of_several_inputs_a_bare_list_names_none() -> None:
    assert FeatureNames.of({"features": AGE}, ["left", "right"]).name("left", 0, only=False) == "left[0]"


def test_a_list_for_each_input() -> None:
    names = FeatureNames.of({"features": {"left": AGE, "right": []}}, ["left", "right"])

    assert (names.name("left", 1, only=False), names.name("right", 1, only=False)) == ("income", "right[1]")


def test_the_only_feature_of_a_tensor_that_nobody_named_is_called_like_it() -> None:
    unnamed: list[dict[str, Any]] = [{}, {"features": None}, {"features": {}}]
    for metadata in unnamed:
        assert FeatureNames.of(metadata, ["tokens"]).name("tokens", 0, only=True) == "tokens"
    assert FeatureNames.of({"features": ["word"]}, ["tokens"]).name("tokens", 0, only=True) == "word"
