"""Alarms on what can be counted."""

import numpy as np
import pytest

from nantrace.drift.alarms.integrity import IntegrityKind, integrity
from nantrace.drift.profile import Profile, take_profile
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.drift.alarms_traffic import Rows, clustered, independent, profile_of, tensors, window_of

REFERENCE = profile_of(independent(0, 10_000))


def broken(feature: int, hit: int, value: float, rows: int = 1000) -> Rows:
    values = independent(1, rows)
    values[:hit, feature] = value
    return values


def found(rows: Rows, profile: Profile = REFERENCE) -> list[tuple[IntegrityKind, int]]:
    return [(alarm.kind, alarm.feature.index) for alarm in integrity(profile, window_of(profile, rows))]


def test_it_works() -> None:
    (alarm,) = integrity(REFERENCE, window_of(REFERENCE, broken(2, 50, np.nan)))
    assert (alarm.kind, alarm.feature.side, alarm.feature.input, alarm.feature.index) == (
        IntegrityKind.NAN,
        "inputs",
        "inputs",
        2,
    )
    assert (alarm.cells, alarm.rate, alarm.reference_rate) == (50, 0.05, 0.0)
    assert alarm.bound < 1e-20


def test_clean_windows_are_silent() -> None:
    random = np.random.default_rng(2)
    assert not any(found(random.normal(size=(rows, 5))) for rows in (1, 2, 10, 100, 1000, 5000) for _ in range(40))


def test_a_single_infinity_alarms_where_there_never_was_one() -> None:
    assert found(broken(1, 1, np.inf, rows=20_000)) == [(IntegrityKind.INFINITE, 1)]


def test_a_number_that_overflowed_counts_as_infinite() -> None:
    values = independent(1, 1000)
    sent = np.zeros(values.shape, np.uint8)
    values[3, 4], sent[3, 4] = np.inf, Sent.OVERFLOW
    window = REFERENCE.count(Tensors.of(Tensor("inputs", values, sent)))
    assert [(alarm.kind, alarm.feature.index) for alarm in integrity(REFERENCE, window)] == [
        (IntegrityKind.INFINITE, 4)
    ]


def test_infinities_of_the_reference_are_usual() -> None:
    rows = independent(0, 10_000)
    rows[::100, 0] = np.inf
    assert found(broken(0, 10, np.inf), profile_of(rows)) == []


def test_missing_cells_are_told_from_nan() -> None:
    values = independent(1, 1000)
    sent = np.zeros(values.shape, np.uint8)
    values[:50, 0], sent[:50, 0] = np.nan, Sent.MISSING
    window = REFERENCE.count(Tensors.of(Tensor("inputs", values, sent)))
    assert [alarm.kind for alarm in integrity(REFERENCE, window)] == [IntegrityKind.MISSING]


def test_half_missing_is_usual_where_half_was_missing() -> None:
    rows = independent(0, 10_000)
    rows[np.random.default_rng(5).random(10_000) < 0.5, 3] = np.nan
    profile = profile_of(rows)
    assert found(broken(3, 520, np.nan), profile) == []
    assert found(broken(3, 700, np.nan), profile) == []  # without order, that may be an outage: see the ranks of `gaps`
    assert found(broken(3, 0, np.nan), profile) == []  # fewer than usual is nothing to alarm about


def test_outages_are_usual_where_the_reference_had_outages() -> None:
    rows = independent(0, 10_000)
    for start in range(0, 10_000, 1000):
        rows[start : start + 25, 0] = np.nan
    profile = profile_of(rows)
    shuffled = profile_of(np.random.default_rng(1).permutation(rows))
    outage = broken(0, 15, np.nan, rows=100)
    assert found(outage, profile) == []
    assert found(outage, shuffled) == []  # without order nothing shows that they come one by one
    assert found(broken(0, 100, np.nan, rows=100), shuffled) == [(IntegrityKind.NAN, 0)]


def test_new_extremes_are_few_in_clean_traffic_and_many_after_a_change_of_unit() -> None:
    assert found(broken(0, 3, 4.5)) == []
    assert (IntegrityKind.OUT_OF_RANGE, 0) in found(independent(1, 1000) * [1000, 1, 1, 1, 1])


def test_few_rows_far_away_alarm_where_few_rows_nearby_do_not() -> None:
    assert found(broken(0, 2, 5.0, rows=50)) == []
    assert found(broken(0, 2, 5000.0, rows=50)) == [(IntegrityKind.OUT_OF_RANGE, 0)]


def test_extremes_of_one_cluster_count_once() -> None:
    profile = profile_of(clustered(0, 10_000))
    hour = clustered(1, 50, length=50)
    hour[:, 0] += profile.tensors[0].moments.maximum[0] - np.median(hour[:, 0])
    assert found(hour, profile) == []
    hour[:, 0] += REFERENCE.tensors[0].moments.maximum[0] - np.median(hour[:, 0])
    assert found(hour, REFERENCE) == []  # as narrow as it is, whatever the reference's order shows
    assert found(hour + np.array([3000, 0, 0, 0, 0]) * independent(2, 50), REFERENCE) == [
        (IntegrityKind.OUT_OF_RANGE, 0)
    ]


@pytest.mark.parametrize("rows", [20, 50, 2000])
@pytest.mark.parametrize("order", ["clustered", "shuffled", "sorted"])
def test_rows_that_the_reference_does_not_hold_alarm_however_it_varies(rows: int, order: str) -> None:
    reference = clustered(0, 10_000)
    if order == "shuffled":
        reference = np.random.default_rng(0).permutation(reference)
    if order == "sorted":
        reference = np.sort(reference, axis=0)
    hour = clustered(1, rows)
    hour[:, 3] += 1.1 * (reference[:, 3].max() - hour[:, 3].min())
    assert (IntegrityKind.OUT_OF_RANGE, 3) in found(hour, profile_of(reference))


def test_fewer_rows_outside_are_too_few() -> None:
    hour = clustered(1, 19, length=19)
    hour[:, 3] += REFERENCE.tensors[0].moments.maximum[3] - hour[:, 3].min() + 0.01
    assert found(hour, profile_of(clustered(0, 10_000))) == []


@pytest.mark.parametrize("order", ["shuffled", "sorted"])
def test_a_thousandfold_of_what_is_mostly_zero_alarms_whatever_the_order(order: str) -> None:
    """95% of the cells are zero and stay it."""
    random = np.random.default_rng(0)
    rows = np.where(random.random((6000, 2)) < 0.93, 0.0, random.lognormal(3, 1, (6000, 2)))
    reference = np.sort(rows[:5000], axis=0) if order == "sorted" else rows[:5000]
    assert found(rows[5000:], profile_of(reference)) == []
    assert (IntegrityKind.OUT_OF_RANGE, 1) in found(rows[5000:] * [1, 1000], profile_of(reference))


@pytest.mark.parametrize("rows", [20, 1000])
def test_nothing_but_unknown_texts_alarms_where_the_reference_was_sorted_by_them(rows: int) -> None:
    names = np.sort(np.random.default_rng(0).choice([f"z{level:02d}" for level in range(30)], (5000, 1)), axis=0)
    assert (IntegrityKind.UNSEEN_CATEGORY, 0) in found(np.full((rows, 1), "new"), profile_of(names))


def test_gaps_of_one_in_a_hundred_excuse_no_forty() -> None:
    reference = independent(0, 4000)
    reference[np.random.default_rng(1).random(4000) < 0.01, 2] = np.nan
    hour = independent(2, 200)
    hour[np.random.default_rng(3).random(200) < 0.4, 2] = np.nan
    assert (IntegrityKind.NAN, 2) in found(hour, profile_of(reference))


@pytest.mark.parametrize("dtype", [str, int])
def test_an_unseen_category_alarms_when_it_keeps_coming(dtype: type) -> None:
    random = np.random.default_rng(0)
    rows: Rows = random.integers(0, 5, (10_000, 2)).astype(dtype)
    profile = profile_of(rows)
    window: Rows = random.integers(0, 5, (1000, 2)).astype(dtype)
    assert found(window, profile) == []
    window[:20, 1] = 9
    assert found(window, profile) == [(IntegrityKind.UNSEEN_CATEGORY, 1)]
    window[:19, 1] = 0
    assert found(window, profile) == []  # one row may be a rare category


def test_categories_too_many_to_keep_are_usual() -> None:
    random = np.random.default_rng(0)
    profile = profile_of(random.integers(0, 500, (10_000, 1)).astype(str))
    assert found(random.integers(0, 500, (1000, 1)).astype(str), profile) == []


def test_rows_that_do_not_fit_alarm_as_a_whole_tensor() -> None:
    window = REFERENCE.count(tensors(np.array([["a"] * 5] * 3)))
    (alarm,) = integrity(REFERENCE, window)
    assert (alarm.kind, alarm.feature.index, alarm.cells, alarm.rate) == (IntegrityKind.TYPE, -1, 3, 1.0)


@pytest.mark.parametrize(
    "reference", [np.full((500, 2), np.nan), np.ones((500, 2)), np.zeros((0, 2)), np.zeros((1, 2))]
)
def test_degenerate_references_and_windows_are_answered(reference: Rows) -> None:
    profile = profile_of(reference)
    for rows in (reference, np.zeros((0, 2)), np.full((5, 2), np.nan), np.full((5, 2), -1e300)):
        for alarm in integrity(profile, window_of(profile, rows)):
            assert 0 <= alarm.bound <= 1
            assert 0 <= alarm.rate <= 1
    assert integrity(profile, profile.empty_window()) == []


def test_both_sides_are_watched() -> None:
    inputs, outputs = tensors(independent(0, 5000)), Tensors.of(Tensor("score", independent(1, 5000, 1)))
    profile = take_profile(inputs, outputs)
    answered = Tensors.of(Tensor("score", np.full((100, 1), np.nan)))
    (alarm,) = integrity(profile, profile.count(tensors(independent(2, 100)), answered))
    assert (alarm.feature.side, alarm.feature.input, alarm.kind) == ("outputs", "score", IntegrityKind.NAN)
