"""The reference of the diagnosis and the profile of drift say the same of the same cells."""

import numpy as np
import pytest
from hypothesis import example, given

from nantrace.drift.profile import take_profile
from nantrace.drift.statistics import measure
from nantrace.drift.take_reference import take_reference
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.drift.core_rows import named, tensors


@given(tensors())
@example(named(np.full(40, 1e200), np.array([-1e308, 1e308] * 20)))
@example(named(np.arange(40.0) % 3, np.arange(40.0) % 3 + 0.5))
def test_columns_of_numbers(rows: Tensors) -> None:
    reference, profile = take_reference(rows).inputs["inputs"], take_profile(rows)
    layout, window = profile.tensors[0], profile.reference.tensors[0]
    statistics = measure(profile, profile.reference)[0]

    for i, feature in enumerate(reference.features):
        known = layout.moments
        if feature.min is not None:
            mine = (feature.min, feature.max, feature.mean, feature.std, feature.median)
            assert mine == tuple(one[i] for one in (known.minimum, known.maximum, known.mean, known.std, known.median))
        assert (feature.min is None) == (window.finite[i] == 0)
        assert feature.missing_rate == pytest.approx(float(statistics["missing"][i]))
        if layout.category[i] and feature.distinct is not None:
            assert feature.distinct == layout.edges[i][layout.atoms[i, 1:]].tolist()


def test_columns_of_texts() -> None:
    texts = np.array([["red"], ["blue"], ["red"], [""]] * 10)
    sent = np.where(texts == "", Sent.MISSING, Sent.VALUE).astype(np.uint8)
    rows = Tensors.of(Tensor("inputs", texts, sent))

    (feature,) = take_reference(rows).inputs["inputs"].features
    profile = take_profile(rows)

    assert feature.distinct == profile.tensors[0].texts[0].frequent == ["blue", "red"]
    assert feature.missing_rate == measure(profile, profile.reference)[0]["missing"][0] == 0.25


def test_a_rare_value_is_listed_wherever_it_stands() -> None:
    column = np.zeros(20_000)
    column[-1] = 7.0

    (feature,) = take_reference(named(column)).inputs["inputs"].features

    assert feature.distinct == [0.0, 7.0]


def test_whole_numbers_have_one_vocabulary_for_all_positions() -> None:
    reference = take_reference(Tensors.of(Tensor("ids", np.array([[2, 4, 4], [8, 4, 0]]))))

    (feature,) = reference.inputs["ids"].features

    assert (feature.min, feature.max, feature.distinct) == (0.0, 8.0, [0.0, 2.0, 4.0, 8.0])
