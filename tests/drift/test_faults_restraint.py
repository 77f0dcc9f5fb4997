"""What is not said: of few rows, of rows that resemble each other, of inputs that nobody can judge."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from nantrace.drift.faults import name_faults
from nantrace.drift.profile import take_profile
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.drift.faults_rows import COUNTS, HEAVY, HUMPS, SKEWED, kinds, named, reference, rows, window

NASTY = [0.0, 1.0, -999.0, 5e-324, 1e-30, 1e300, -1e300, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("seed", range(20))
def test_of_20_clean_rows_nothing_is_said(seed: int) -> None:
    assert named(reference(), rows(20, seed)) == []


def test_of_20_rows_little_is_said_but_where_all_lie_outside() -> None:
    """Or where they lie on no other grid than that of the unit."""
    near, far = rows(20, 3), rows(20, 3)
    near[:, HUMPS] *= 2.54
    far[:, HUMPS] *= 1000

    assert [(one.kind, one.features) for one in named(reference(), near)] == [("unit_change", (HUMPS,))]
    assert named(reference(), near.round(2)) == []
    assert [(one.kind, one.features) for one in named(reference(), far) if one.confidence >= 0.3] == [
        ("unit_change", (HUMPS,))
    ]


def test_rows_of_one_hour_may_resemble_each_other() -> None:
    """Each day has a level of its own; a window within one day is far from the reference, and clean."""
    random = np.random.default_rng(1)
    levels = random.normal(50, 10, 60)
    known = (levels[:, None] + random.normal(0, 3, (60, 100))).reshape(-1, 1)
    windows = [level + random.normal(0, 3, (200, 1)) for level in random.normal(50, 10, 40)]

    assert sum(bool(named(known, one)) for one in windows) <= 2


def test_rows_that_stand_there_several_times_hold_no_sentinels() -> None:
    """Oversampled rows repeat all of their values, also those just beyond the training data."""
    known = np.sort(rows(120, 1)[:, [HUMPS]], axis=0)
    sent = window(60)[:, [HUMPS]]
    sent[7] = known[-1] + 0.2 * np.ptp(known)

    assert named(known.repeat(5, axis=0), sent.repeat(5, axis=0)) == []


def test_what_rounding_makes_of_small_numbers_is_no_sentinel() -> None:
    random = np.random.default_rng(5)
    known, sent = (random.lognormal(1.7, 1.2, (size, 1)) for size in (4000, 1000))

    assert "sentinel" not in {fault.kind for fault in named(known, sent.round())}


def test_a_sensor_that_saturates_just_outside_the_range_sends_no_sentinels() -> None:
    random = np.random.default_rng(6)
    known, sent = (np.cos(random.uniform(0.05, np.pi - 0.05, (size, 1))) for size in (4000, 1000))

    assert "sentinel" not in {fault.kind for fault in named(known, np.maximum(sent - 0.02, -1.0))}


def test_missing_cells_are_not_the_values_that_stand_for_them() -> None:
    values = window()
    values[::4, HUMPS] = 0.0
    sent = np.zeros(values.shape, np.uint8)
    sent[::4, HUMPS] = Sent.MISSING
    profile = take_profile(Tensors.of(Tensor("inputs", reference())))

    assert name_faults(profile, Tensors.of(Tensor("inputs", values, sent))) == []


def test_features_are_places_on_the_last_axis() -> None:
    known, sent = reference().reshape(1000, 4, 4), window().reshape(250, 4, 4)
    broken = sent.copy()
    broken[..., HUMPS] *= -1

    assert named(known, sent) == []
    assert kinds(named(known, broken)) == [("sign_flip", (HUMPS,))]


@pytest.mark.parametrize(
    "sent",
    [
        np.zeros((0, 4)),
        np.full((50, 4), np.nan),
        np.full((50, 4), np.inf),
        np.full((1, 4), 5.0),
        np.zeros((50, 3)),
        np.full((50, 4), "red"),
    ],
    ids=["no rows", "NaN", "infinite", "one row", "another width", "text"],
)
def test_of_rows_that_nobody_can_judge_nothing_is_said(sent: Any) -> None:
    assert named(reference(), sent) == []


def test_whole_numbers_and_flags_are_judged_like_other_numbers() -> None:
    """Counts are whole anyway; the other features were measured more finely."""
    rounded = named(reference(), window().astype(np.int32))
    stuck = named(reference(), np.ones((50, 4), bool))

    assert kinds(rounded) == [("rounded", (SKEWED,)), ("rounded", (HUMPS,)), ("rounded", (HEAVY,))]
    assert sorted(kinds(stuck)) == [("constant", (place,)) for place in range(4)]
    assert all(0 < fault.confidence <= 1 for fault in [*rounded, *stuck])


@pytest.mark.parametrize("known", [np.zeros((0, 4)), np.full((40, 4), np.nan), np.eye(4)])
@pytest.mark.parametrize(
    "sent", [window(), np.full((40, 4), np.nan), window() * 1e300], ids=["usual", "NaN", "far away"]
)
def test_against_a_reference_that_knows_next_to_nothing_nothing_is_said(known: Any, sent: Any) -> None:
    assert named(known, sent) == []


def test_of_a_constant_only_other_whole_numbers_are_new_categories() -> None:
    faults = named(np.ones((40, 4)), window())

    assert kinds(faults) == [("unseen_category", (COUNTS,))]
    assert faults[0].confidence == 1


@pytest.mark.parametrize(
    "scaler",
    [
        {},
        {"kind": "robust"},
        {"kind": "standard", "mean": [0.0], "scale": [1.0]},
        {"kind": "standard", "mean": [0.0] * 4},
        {"kind": "standard", "mean": [0.0] * 4, "scale": [0.0, 1.0, np.inf, np.nan]},
        {"kind": "minmax", "min": [1.0] * 4, "max": [1.0] * 4},
    ],
)
def test_a_scaler_that_cannot_be_used_is_none(scaler: dict[str, Any]) -> None:
    assert named(reference(), window(), {"scaler": scaler}) == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_numbers_are_answered_without_a_warning(data: st.DataObject) -> None:
    numbers = st.floats(-1e300, 1e300) | st.sampled_from(NASTY) | st.integers(-5, 5).map(float)

    def some(least: int) -> Any:
        size = data.draw(st.integers(least, 60))
        return data.draw(arrays_of.arrays(np.float64, (size, 2), elements=numbers))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        faults = named(some(1), some(0))

    for fault in faults:
        assert 0 < fault.confidence <= 1
        assert np.isfinite([value for value in fault.values if isinstance(value, float)]).all()
        assert np.isfinite(fault.lines).all()


def test_many_features_are_one_fault() -> None:
    random = np.random.default_rng(1)
    known, sent = random.gamma(2, 3, (600, 300)), random.gamma(2, 3, (400, 300)) * 1000

    faults = named(known, sent)

    assert len(faults) <= 2
    assert len(faults[0].features) >= 295


def test_more_features_than_are_searched_share_one_unit() -> None:
    random = np.random.default_rng(1)
    known, sent = random.gamma(2, 3, (400, 700)), random.gamma(2, 3, (300, 700)) * 60

    faults = named(known, sent)

    assert faults[0].kind == "unit_change"
    assert len(faults[0].features) > 600


def test_one_value_in_a_feature_of_zeros_is_read_by_the_others() -> None:
    """Rain: mostly none. Another unit leaves the zeros where they are, and changes few cells."""
    random = np.random.default_rng(1)
    rain = np.where(random.random(5000) < 0.9, 0, random.gamma(2, 3, 5000))[:, None]

    (fault,) = named(rain[1000:], rain[:1000] * 25.4)

    assert fault.kind in ("unit_change", "shift")
    assert fault.features == (0,)


def test_new_values_of_a_feature_of_zeros_are_no_fault() -> None:
    """A pixel in the corner: two kinds of ink in training, a third in traffic."""
    known, sent = np.zeros((800, 1)), np.zeros((1000, 1))
    known[5], sent[[3, 7, 11], 0] = 8.0, [1.0, 1.0, 3.0]

    assert named(known, sent) == []


def test_a_zero_that_comes_more_rarely_is_no_unit() -> None:
    """What is not zero is as large as it was: nothing has that median of 0 for a scale."""
    random = np.random.default_rng(15)
    known, sent = (
        np.where(random.random((count, 1)) < share, 0.0, random.lognormal(3, 1, (count, 1))).round(2)
        for count, share in ((5000, 0.95), (1000, 0.7))
    )

    assert [fault.kind for fault in named(known, sent)] == []
