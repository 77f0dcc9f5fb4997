"""Two files and no history."""

import numpy as np
import pytest

from nantrace.drift.alarms.effects import serial_effects
from nantrace.drift.alarms.integrity import IntegrityKind
from nantrace.drift.alarms.two_samples import Decision, compare
from tests.drift.alarms_traffic import Rows, clustered, independent, profile_of, tensors, window_of

REAL = {"breast_cancer": {}, "diabetes": {"scaled": False}, "digits": {}, "wine": {}}  # of scikit-learn


def real_rows(name: str) -> Rows:
    from sklearn import datasets  # seconds, which a run without these tests does not pay

    rows: Rows = getattr(datasets, f"load_{name}")(**REAL[name]).data
    return rows


def decided(reference: Rows, current: Rows) -> Decision:
    return compare(profile_of(reference), tensors(current))


def test_it_works() -> None:
    current = independent(1, 1000, 20)
    current[:, 7] += 1
    decision = decided(independent(0, 1000, 20), current)
    assert decision.alarm
    assert [(one.feature.index, one.feature.input) for one in decision.moved] == [(7, "inputs")]
    assert decision.moved[0].distance == pytest.approx(0.38, abs=0.06)
    assert decision.moved[0].bound < 1e-6
    assert decision.window.rows == 1000


@pytest.mark.parametrize("contiguous", [False, True])
@pytest.mark.parametrize("name", sorted(REAL))
def test_clean_rows_of_real_data_are_silent(name: str, contiguous: bool) -> None:
    """A part of the rows against the others; a contiguous part against the others in their order."""
    random, rows = np.random.default_rng(0), real_rows(name)
    size = min(len(rows) // 4, 200)
    alarms = 0
    for _ in range(20):
        start = random.integers(0, len(rows) - size)
        part = np.arange(start, start + size) if contiguous else random.permutation(len(rows))[:size]
        reference = np.delete(np.arange(len(rows)), part)
        alarms += decided(rows[reference if contiguous else random.permutation(reference)], rows[part]).alarm
    assert alarms <= 1


def test_fifty_clean_rows_are_silent() -> None:
    pairs = [(independent(seed, 1000, 4), independent(seed + 1, 50, 4)) for seed in range(0, 100, 2)]
    assert sum(decided(*pair).alarm for pair in pairs) <= 1


@pytest.mark.parametrize("reference_shuffled", [False, True])
def test_clusters_are_no_drift(reference_shuffled: bool) -> None:
    alarms = 0
    for seed in range(20):
        reference = clustered(seed, 10_000, 4)
        if reference_shuffled:
            reference = np.random.default_rng(seed).permutation(reference)
        alarms += decided(reference, clustered(100 + seed, 2000, 4)).alarm
    assert alarms <= 1


def test_clusters_do_not_hide_a_large_shift() -> None:
    current = clustered(1, 2000, 4)
    current[:, 2] += 2
    assert [one.feature.index for one in decided(clustered(0, 20_000, 4), current).moved] == [2]


def test_a_clustered_file_is_two_groups_at_most_where_nothing_shows_longer_segments() -> None:
    rows = clustered(0, 2000)
    profile = profile_of(np.random.default_rng(0).permutation(rows))
    segments = [window_of(profile, part) for part in np.array_split(rows, 32)]
    (known,), (supposed,) = serial_effects(segments), serial_effects(segments, growing=True)
    assert (supposed.shape >= known.shape).all()
    assert (2000 / supposed.shape <= 2.1).all()


def test_narrow_rows_are_a_stretch_where_the_reference_was_shuffled() -> None:
    """An hour of features that follow the clock, of a file whose rows were shuffled: everywhere and nowhere."""
    random = np.random.default_rng(0)
    reference, hour = random.normal(size=(5000, 4)), random.normal(size=(400, 4))
    hour[:, :2] = 0.8 + hour[:, :2] / 10
    hour[:, 2:] += 0.5
    assert not decided(reference, hour).alarm
    hour[:, [0, 3]] = random.normal(size=(400, 2))  # a single narrow feature may be a fault
    assert [one.feature.index for one in decided(reference, hour).moved] == [1, 2]


def test_what_all_features_show_together_is_a_stretch_and_what_few_show_is_drift() -> None:
    reference, current = independent(0, 5000, 8), independent(1, 400, 8)
    assert not decided(reference, current + 0.4).alarm
    current[:, :3] += 0.4
    assert sorted(one.feature.index for one in decided(reference, current).moved) == [0, 1, 2]


def test_rows_as_wide_as_a_sorted_reference_are_none_of_its_stretches() -> None:
    rows = independent(0, 6000, 1)
    reference, current = np.sort(rows[:5000], axis=0), rows[5000:]
    assert not decided(reference, current).alarm
    assert decided(reference, current + 0.5).moved


@pytest.mark.parametrize("order", ["clustered", "shuffled", "sorted"])
def test_a_feature_that_is_stuck_is_seen_in_few_rows_whatever_the_order(order: str) -> None:
    """0 lies inside the reference, which holds no value twice."""
    rows = clustered(0, 10_000)
    reference = {"clustered": rows, "shuffled": np.random.default_rng(0).permutation(rows), "sorted": np.sort(rows, 0)}
    hour = clustered(1, 24, length=24)
    hour[:, 2] = 0.0
    assert [one.feature.index for one in decided(reference[order], hour).moved] == [2]


def test_a_value_that_hours_share_is_no_stuck_feature() -> None:
    """The reference holds each value fifty times, one hour after the other."""
    temperature = np.repeat(np.random.default_rng(0).normal(size=(400, 1)), 50, axis=0)
    noise = independent(1, 20_000, 2)
    rows = np.column_stack([temperature, noise])
    for reference in (rows[:19_950], np.random.default_rng(1).permutation(rows[:19_950])):
        assert not decided(reference, rows[19_950:19_990]).alarm


def test_a_shuffled_reference_hides_no_shift_of_independent_rows() -> None:
    assert decided(independent(0, 5000), independent(1, 300) + np.array([0, 0.7, 0, 0, 0])).moved


def test_a_fault_that_begins_halfway_is_seen() -> None:
    current = independent(1, 1000)
    current[500:, 2] += 2
    assert [one.feature.index for one in decided(independent(0, 5000), current).moved] == [2]


def test_an_outage_is_seen() -> None:
    current = independent(1, 1000)
    current[:60, 2] = np.nan
    decision = decided(independent(0, 5000), current)
    assert [(one.kind, one.feature.index) for one in decision.integrity] == [(IntegrityKind.NAN, 2)]
    assert not decision.moved


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 255, 256])
def test_any_number_of_rows_is_answered(rows: int) -> None:
    assert not decided(independent(0, 1000), independent(1, rows)).alarm
    assert not decided(independent(1, rows), independent(0, 30)).alarm


def test_a_small_difference_of_very_many_rows_is_no_drift() -> None:
    assert not decided(independent(0, 60_000, 1), independent(1, 60_000, 1) + 0.05).alarm


@pytest.mark.parametrize("levels", [3, 40, 41, 300, 900, 5000])
@pytest.mark.parametrize("law", ["uniform", "Zipf"])
def test_clean_texts_of_any_number_of_levels_are_silent(levels: int, law: str) -> None:
    """Zipf's law (1949): the k-th most frequent level comes 1 / k times as often as the first."""
    weights = 1.0 / np.arange(1, levels + 1) if law == "Zipf" else np.ones(levels)
    names = np.array([f"z{level:05d}" for level in range(levels)])
    alarms = 0
    for seed in range(20):
        rows = np.random.default_rng(seed).choice(names, (6000, 1), p=weights / weights.sum())
        alarms += decided(rows[:5000], rows[5000:]).alarm
    assert alarms <= 1


@pytest.mark.parametrize("levels", [3, 40, 300, 900])
def test_a_new_text_in_a_twentieth_of_the_rows_is_seen(levels: int) -> None:
    names = np.array([f"z{level:05d}" for level in range(levels)])
    for seed in range(10):
        random = np.random.default_rng(seed)
        current = random.choice(names, (2000, 1))
        current[random.random(2000) < 0.05] = "new"
        kinds = [one.kind for one in decided(random.choice(names, (5000, 1)), current).integrity]
        assert IntegrityKind.UNSEEN_CATEGORY in kinds


def test_a_new_text_is_seen_next_to_a_reference_sorted_by_text() -> None:
    names, random = np.array([f"z{level:05d}" for level in range(300)]), np.random.default_rng(0)
    current = random.choice(names, (2000, 1))
    assert not decided(np.sort(random.choice(names, (5000, 1)), axis=0), current).alarm
    current[random.random(2000) < 0.05] = "new"
    kinds = [one.kind for one in decided(np.sort(random.choice(names, (5000, 1)), axis=0), current).integrity]
    assert kinds == [IntegrityKind.UNSEEN_CATEGORY]


def test_texts_are_compared() -> None:
    random = np.random.default_rng(0)
    names = ["red", "green", "blue"]
    reference = random.choice(names, (2000, 2))
    assert not decided(reference, random.choice(names, (500, 2))).alarm
    current = np.column_stack([random.choice(names, 500), random.choice(names, 500, p=[0.8, 0.1, 0.1])])
    assert [one.feature.index for one in decided(reference, current).moved] == [1]


@pytest.mark.parametrize("order", ["clustered", "shuffled", "sorted"])
def test_rows_denser_than_any_place_of_the_reference_are_no_stretch_of_it(order: str) -> None:
    """Thousandths lie where the reference holds values, two hundred of them where it holds one or two."""
    rows = clustered(0, 10_000)
    reference = {"clustered": rows, "shuffled": np.random.default_rng(0).permutation(rows), "sorted": np.sort(rows, 0)}
    hour = clustered(1, 200, length=200)
    hour[:, 2] /= 1000
    assert [one.feature.index for one in decided(reference[order], hour).moved] == [2]


@pytest.mark.parametrize("sort", [False, True])
def test_rows_between_the_numbers_of_the_reference_are_no_stretch_of_it(sort: bool) -> None:
    """Degrees as whole numbers, and twenty-four rows in Fahrenheit that lie within what all of them reach."""
    rows = np.round(clustered(0, 10_000) * 60 + 20)
    reference = rows[np.argsort(rows[:, 2])] if sort else rows
    hour = np.round(clustered(1, 24, length=24) * 60 + 20)
    hour[:, 2] = hour[:, 2] * 1.8 + 32
    assert 2 in [one.feature.index for one in decided(reference, hour).moved]


def test_a_mostly_empty_feature_that_is_stuck_is_seen_next_to_a_reference_sorted_by_it() -> None:
    reference, current = independent(0, 5000), independent(3, 500)
    reference[:, 2] = np.where(reference[:, 2] < 0, 0.0, reference[:, 2])
    current[:, 2] = 0.0
    assert [one.feature.index for one in decided(reference[np.argsort(reference[:, 2])], current).moved] == [2]
