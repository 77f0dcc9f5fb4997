"""What a profile says about its features."""

import numpy as np
import pytest

from nantrace.drift.columns import columns_of
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile, take_profile
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.drift.core_rows import named

RNG = np.random.default_rng(4)


def layout_of(*columns: object) -> TensorLayout:
    return take_profile(named(*columns)).tensors[0]


def test_moments() -> None:
    column = RNG.normal(10, 3, 999)

    moments = layout_of(column).moments

    assert (moments.minimum[0], moments.maximum[0]) == (column.min(), column.max())
    assert moments.mean[0] == pytest.approx(column.mean())
    assert moments.std[0] == pytest.approx(column.std())
    assert moments.median[0] == pytest.approx(np.median(column))


def test_continuous_features_have_bins_of_equal_mass() -> None:
    profile = take_profile(named(RNG.normal(size=20_000)))

    bins = profile.reference.tensors[0].bins[0]

    assert bins[0] == bins[-1] == 0
    assert bins.max() == 200
    assert not profile.tensors[0].category[0]


def test_values_that_repeat_stand_alone() -> None:
    column = np.where(RNG.random(5000) < 0.3, 0.0, RNG.normal(size=5000))
    profile = take_profile(named(column))
    layout = profile.tensors[0]

    atom = 1 + np.flatnonzero(layout.edges[0] == 0)

    assert layout.atoms[0, atom]
    assert profile.reference.tensors[0].bins[0, atom] == (column == 0).sum()


@pytest.mark.parametrize(
    ("column", "category"),
    [
        (RNG.integers(0, 40, 5000), True),
        (RNG.integers(0, 41, 50_000), False),
        (RNG.integers(0, 2, 200).astype(float), True),
        (RNG.integers(0, 20, 2000) / 10, True),
        (RNG.integers(0, 25, 9000) / 10, False),
        (RNG.random(200) < 0.5, True),
        (np.arange(30), False),
        (RNG.normal(size=300), False),
    ],
)
def test_categories(column: object, category: bool) -> None:
    assert layout_of(column).category[0] == category


def test_the_known_values_of_a_category() -> None:
    layout = layout_of(RNG.choice([1.0, 2.5, 7.0], 300))

    assert layout.edges[0][layout.atoms[0, 1:]].tolist() == [1.0, 2.5, 7.0]


def test_of_many_texts_the_frequent_ones_are_counted_one_by_one_and_all_are_known() -> None:
    rare = [f"rare {i}" for i in range(60)]
    profile = take_profile(Tensors.of(Tensor("inputs", np.array([*rare, *["b", "a"] * 30])[:, None])))
    known = Profile.from_bytes(profile.to_bytes()).tensors[0].texts[0]

    assert list(known.frequent) == ["a", "b"]
    assert (known.codes(np.array(rare)) < known.bins).all()
    assert (known.codes(np.array(["rare 60", "", "A"])) == known.bins).all()
    assert [known.label(code) for code in (1, 2, known.bins)] == [
        "b",
        "rarer texts of the reference, group 1",
        "another text",
    ]


def test_missing_texts_are_not_empty_texts() -> None:
    texts, sent = np.array([["a"], [""]] * 10), np.array([[0], [Sent.MISSING]] * 10, np.uint8)

    profile = take_profile(Tensors.of(Tensor("inputs", texts, sent)))

    assert list(profile.tensors[0].texts[0].frequent) == ["a"]
    assert profile.reference.tensors[0].missing[0] == 10


def test_channels_of_images_are_features() -> None:
    images = np.zeros((5, 20, 20, 3))
    images[..., 1] = 7

    columns = columns_of(Tensor("inputs", images))

    assert columns.values.shape == (5 * 64, 3)
    assert columns.values[0].tolist() == [0, 7, 0]
    assert columns.summary == "Watched are 64 of 400 positions of each row, evenly spaced."


def test_very_wide_tensors_are_watched_in_part() -> None:
    columns = columns_of(Tensor("inputs", np.arange(20_001.0)[None, :]))

    assert (columns.index[0], columns.index[-1], len(columns.index)) == (0, 20_000, 10_000)
    assert np.array_equal(columns.values[0], columns.index)
    assert columns.summary == "Watched are 10000 of 20001 features, evenly spaced."


def test_narrow_tensors_are_watched_wholly() -> None:
    assert columns_of(Tensor("inputs", np.zeros((2, 3)))).summary == ""


def test_identity_tells_bins_apart() -> None:
    one, same, other = (take_profile(named(column)) for column in (np.arange(9.0), np.arange(9.0), np.arange(10.0)))

    assert one.identity == same.identity != other.identity
