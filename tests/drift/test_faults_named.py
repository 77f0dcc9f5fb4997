"""Each fault is called by its name, in the features that it was done to."""

from typing import Any

import numpy as np
import pytest

from tests.drift.faults_rows import COUNTS, HEAVY, HUMPS, SKEWED, kinds, named, reference, rows, scaler, window

ALL = (0, 1, 2, 3)


def test_nothing_is_named_in_clean_rows() -> None:
    assert [named(reference(), rows(1000, seed)) for seed in range(10, 30)] == [[]] * 20


@pytest.mark.parametrize("registered", [True, False])
def test_raw_rows_of_a_model_of_standardised_ones(registered: bool) -> None:
    mean, scale, metadata = scaler()

    faults = named((reference() - mean) / scale, window(), metadata if registered else {})

    assert kinds(faults) == [("unscaled", ALL)]
    (fault,) = faults
    assert np.allclose(fault.lines, np.column_stack([scale, mean]), rtol=0.2)
    assert fault.confidence > 0.9


def test_raw_rows_of_a_model_of_min_maxed_ones() -> None:
    low, high = reference().min(axis=0), reference().max(axis=0)
    metadata = {"scaler": {"kind": "minmax", "min": low.tolist(), "max": high.tolist()}}

    assert kinds(named((reference() - low) / (high - low), window(), metadata)) == [("unscaled", ALL)]


@pytest.mark.parametrize("registered", [True, False])
def test_rows_scaled_twice(registered: bool) -> None:
    mean, scale, metadata = scaler()
    once, twice = (reference() - mean) / scale, ((window() - mean) / scale - mean) / scale

    assert kinds(named(once, twice, metadata if registered else {})) == [("scaled_twice", ALL)]


@pytest.mark.parametrize(("times", "kind"), [(1 / 16, "scaled_twice"), (16.0, "unscaled")])
def test_counts_from_zero_whose_min_max_scaler_is_not_registered(times: float, kind: str) -> None:
    """No growth, though a factor is all that changed: it is the same for all features, and a span."""
    random = np.random.default_rng(8)
    means = np.array([1.0, 4.0, 8.0, 12.0])
    known, sent = (np.minimum(random.poisson(means, (size, 4)), 16) / 16 for size in (800, 1000))
    known[0], known[1] = 0.0, 1.0

    assert kinds(named(known, sent * times)) == [(kind, ALL)]


def test_standardised_rows_of_a_model_that_scales_them_itself() -> None:
    mean, scale, _ = scaler()

    assert kinds(named(reference(), (window() - mean) / scale)) == [("scaled_twice", ALL)]


def test_a_scaler_that_was_left_out_for_one_feature() -> None:
    mean, scale, metadata = scaler()
    sent = (window() - mean) / scale
    sent[:, HUMPS] = window()[:, HUMPS]

    assert kinds(named((reference() - mean) / scale, sent, metadata)) == [("unscaled", (HUMPS,))]


def test_pixels_that_were_left_as_bytes() -> None:
    random = np.random.default_rng(5)
    known, sent = random.beta(0.5, 0.5, (2000, 9)), random.beta(0.5, 0.5, (500, 9)) * 255

    (fault,) = named(known, sent)

    assert (fault.kind, len(fault.features)) == ("unscaled", 9)
    assert "Pixels of 0..255 instead of 0..1" in fault.detail


@pytest.mark.parametrize("factor", [1000.0, 0.01, 60.0, 2.54, 0.45359237, 1.609344])
@pytest.mark.parametrize("feature", [SKEWED, HUMPS])
def test_another_unit(factor: float, feature: int) -> None:
    sent = window()
    sent[:, feature] *= factor

    (fault,) = named(reference(), sent)

    assert (fault.kind, fault.features) == ("unit_change", (feature,))
    assert fault.lines == ((factor, 0.0),)
    assert fault.factor == pytest.approx(factor, rel=0.15)


def test_fahrenheit() -> None:
    sent = window()
    sent[:, HUMPS] = sent[:, HUMPS] * 1.8 + 32

    (fault,) = named(reference(), sent)

    assert fault.kind == "unit_change"
    assert "Fahrenheit" in fault.detail


def test_a_unit_that_changed_before_the_registered_scaler() -> None:
    mean, scale, metadata = scaler()
    sent = window()
    sent[:, HUMPS] *= 1000

    (fault,) = named((reference() - mean) / scale, (sent - mean) / scale, metadata)

    assert (fault.kind, fault.features) == ("unit_change", (HUMPS,))
    assert fault.factor == pytest.approx(1000, rel=0.1)


@pytest.mark.parametrize("value", [-999.0, 1e20, -4711.5])
def test_a_sentinel(value: float) -> None:
    sent = window()
    sent[::50, HEAVY] = value

    (fault,) = named(reference(), sent)

    assert (fault.kind, fault.features, fault.values) == ("sentinel", (HEAVY,), (value,))
    assert fault.share == pytest.approx(0.02)


@pytest.mark.parametrize(("feature", "value"), [(SKEWED, 0.0), (SKEWED, -1.0), (HUMPS, 0.0)])
def test_an_ordinary_number_just_outside_the_range_is_a_sentinel_where_it_repeats(feature: int, value: float) -> None:
    sent = window()
    sent[::20, feature] = value

    (fault,) = named(reference(), sent)

    assert (fault.kind, fault.features, fault.values) == ("sentinel", (feature,), (value,))
    assert "far" not in fault.detail


def test_a_sentinel_behind_a_scaler_of_large_numbers() -> None:
    """What float32 keeps of -1 among salaries is -1.001."""
    random = np.random.default_rng(3)
    known, sent = (random.lognormal(11, 0.4, (size, 1)) for size in (4000, 1000))
    mean, scale = known.mean(axis=0), known.std(axis=0)
    sent[::20] = -1.0
    metadata = {"scaler": {"kind": "standard", "mean": mean.tolist(), "scale": scale.tolist()}}
    narrow, short = (((one - mean) / scale).astype(np.float32) for one in (known, sent))

    (fault,) = named(narrow, short, metadata)

    assert fault.kind == "sentinel"


def test_a_sentinel_that_was_scaled_is_told_as_it_was() -> None:
    mean, scale, metadata = scaler()
    sent = window()
    sent[::50, HUMPS] = -999.0

    (fault,) = named((reference() - mean) / scale, (sent - mean) / scale, metadata)

    assert fault.kind == "sentinel"
    assert "-999 before scaling" in fault.detail


@pytest.mark.parametrize("meaning", ["the mean", "the median"])
def test_gaps_that_were_filled(meaning: str) -> None:
    sent = window()
    fill = reference()[:, HUMPS].mean() if meaning == "the mean" else np.median(reference()[:, HUMPS])
    sent[::5, HUMPS] = fill

    (fault,) = named(reference(), sent)

    assert (fault.kind, fault.features) == ("default_fill", (HUMPS,))
    assert meaning in fault.detail
    assert fault.values == (fill,)


def test_gaps_that_were_filled_with_0_behind_the_scaler() -> None:
    mean, scale, metadata = scaler()
    sent = (window() - mean) / scale
    sent[::4, HEAVY] = 0.0

    (fault,) = named((reference() - mean) / scale, sent, metadata)

    assert (fault.kind, fault.features, fault.values) == ("default_fill", (HEAVY,), (0.0,))


@pytest.mark.parametrize("registered", [True, False])
def test_two_features_that_were_exchanged(registered: bool) -> None:
    mean, scale, metadata = scaler()
    sent = window()[:, [SKEWED, HEAVY, COUNTS, HUMPS]]
    known = (reference() - mean) / scale if registered else reference()

    (fault,) = named(known, (sent - mean) / scale if registered else sent, metadata if registered else {})

    assert (fault.kind, fault.features) == ("swapped", (HUMPS, HEAVY))


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("turned", [[HEAVY, SKEWED, HUMPS], [HUMPS, HEAVY, SKEWED]], ids=["one way", "the other way"])
def test_three_features_that_were_exchanged_in_a_circle(turned: list[int], registered: bool) -> None:
    mean, scale, metadata = scaler()
    sent = window()
    sent[:, [SKEWED, HUMPS, HEAVY]] = sent[:, turned]
    known = (reference() - mean) / scale if registered else reference()
    rows = (sent - mean) / scale if registered else sent

    (fault,) = named(known, rows, metadata if registered else {})

    assert (fault.kind, fault.features) == ("swapped", tuple(sorted([SKEWED, HUMPS, HEAVY])))
    exchanged: dict[str, Any] = {"rows": sent.copy()}
    exec(fault.remedy.code.splitlines()[0], exchanged)  # noqa: S102 - the code that a person pastes
    np.testing.assert_array_equal(exchanged["rows"], window())


def test_a_turned_sign() -> None:
    sent = window()
    sent[:, SKEWED] *= -1

    assert kinds(named(reference(), sent)) == [("sign_flip", (SKEWED,))]


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("feature", [SKEWED, HUMPS, COUNTS])
def test_clipping(upper: bool, feature: int) -> None:
    bound = np.quantile(reference()[:, feature], 0.85 if upper else 0.15)
    sent = window()
    sent[:, feature] = np.clip(sent[:, feature], *(None, bound) if upper else (bound, None))

    (fault,) = named(reference(), sent)

    assert (fault.kind, fault.features) == ("clipped", (feature,))
    assert fault.values == (bound,)
    assert ("above" if upper else "below") in fault.detail


@pytest.mark.parametrize("value", [0.0, 45.0, 1e6])
def test_a_constant(value: float) -> None:
    sent = window()
    sent[:, HUMPS] = value

    assert kinds(named(reference(), sent)) == [("constant", (HUMPS,))]


def test_a_feature_that_was_always_constant_is_none() -> None:
    known, sent = reference(), window()
    known[:, COUNTS] = sent[:, COUNTS] = 3

    assert named(known, sent) == []


def test_an_unknown_code() -> None:
    codes = np.random.default_rng(3).integers(1, 6, 3000)
    sent = codes[:600].copy()
    sent[::20] = 7

    (fault,) = named(codes[600:, None], sent[:, None])

    assert (fault.kind, fault.values) == ("unseen_category", (7.0,))


def test_an_unknown_text() -> None:
    texts = np.random.default_rng(3).choice(["red", "green", "blue"], 3000)
    sent = texts[:300].astype("U8")
    sent[::30] = "mauve"

    (fault,) = named(texts[300:, None], sent[:, None])

    assert (fault.kind, fault.values, fault.share) == ("unseen_category", ("mauve",), 1 / 30)


def test_rounding() -> None:
    sent = window()
    sent[:, HUMPS] = np.round(sent[:, HUMPS])

    assert kinds(named(reference(), sent)) == [("rounded", (HUMPS,))]


def test_rounding_before_a_scaler_that_nobody_registered() -> None:
    mean, scale, _ = scaler()
    sent = window()
    sent[:, HUMPS] = np.round(sent[:, HUMPS])

    assert kinds(named((reference() - mean) / scale, (sent - mean) / scale)) == [("rounded", (HUMPS,))]


def test_three_features_that_were_exchanged_before_a_scaler_that_nobody_registered() -> None:
    mean, scale, _ = scaler()
    sent = window()[:, [HUMPS, HEAVY, COUNTS, SKEWED]]

    faults = named((reference() - mean) / scale, (sent - mean) / scale)

    assert kinds(faults) == [("swapped", (SKEWED, HUMPS, HEAVY))]


def test_a_shift_is_no_known_mistake() -> None:
    sent = window()
    sent[:, HUMPS] += 1.3 * reference()[:, HUMPS].std()

    (fault,) = named(reference(), sent)

    assert (fault.kind, fault.features) == ("shift", (HUMPS,))
    assert "1.3 standard deviations higher" in fault.detail
    assert "no known mistake explains it" in fault.detail


@pytest.mark.parametrize("factor", [1.37, 0.42])
def test_a_factor_of_no_unit_is_a_shift(factor: float) -> None:
    sent = window()
    sent[:, HUMPS] *= factor

    assert kinds(named(reference(), sent)) == [("shift", (HUMPS,))]


@pytest.mark.parametrize("away", [-0.8, 0.8, 2.0])
@pytest.mark.parametrize("feature", [SKEWED, HUMPS, HEAVY])
def test_a_shift_behind_a_scaler_that_nobody_registered_is_no_unit(feature: int, away: float) -> None:
    mean, scale, _ = scaler()
    sent = (window() - mean) / scale
    sent[:, feature] += away

    assert kinds(named((reference() - mean) / scale, sent)) == [("shift", (feature,))]


@pytest.mark.parametrize("law", ["uniform", "beta"])
def test_fractions_instead_of_percent_are_another_unit(law: str) -> None:
    random = np.random.default_rng(4)
    known, sent = (
        (random.uniform(0, 1, (size, 1)) if law == "uniform" else random.beta(2, 5, (size, 1))) for size in (4000, 1000)
    )

    (fault,) = named(known * 100, sent)

    assert (fault.kind, fault.lines) == ("unit_change", ((0.01, 0.0),))


def test_kelvin() -> None:
    random = np.random.default_rng(4)

    (fault,) = named(random.normal(15, 8, (4000, 1)), random.normal(15, 8, (1000, 1)) + 273.15)

    assert (fault.kind, fault.lines) == ("unit_change", ((1.0, 273.15),))
    assert fault.factor is None


def test_another_law_is_no_mistake() -> None:
    """Around where the reference is, and of another shape: nobody knows a transform for that."""
    random = np.random.default_rng(4)

    faults = named(
        random.normal(0, 1, (4000, 1)) + 9, 9 + random.choice([-1, 1], (1000, 1)) + random.normal(0, 0.1, (1000, 1))
    )

    assert faults == []


def test_features_of_one_fault_are_told_in_order() -> None:
    sent = window()
    sent[:, [SKEWED, HUMPS, HEAVY]] *= [60.0, 60.0, 60.0]

    (fault,) = named(reference(), sent)

    assert fault.features == (SKEWED, HUMPS, HEAVY)
    assert fault.index == SKEWED
    assert len(fault.lines) == 3


def test_several_faults_are_told_apart() -> None:
    sent = window()
    sent[:, SKEWED] *= 1000
    sent[::50, HEAVY] = -999.0
    sent[:, HUMPS] = 20.0

    assert set(kinds(named(reference(), sent))) == {
        ("unit_change", (SKEWED,)),
        ("sentinel", (HEAVY,)),
        ("constant", (HUMPS,)),
    }


def test_a_feature_of_zeros_is_scaled_twice_like_the_others() -> None:
    mean, scale, _ = scaler()
    known, sent = np.column_stack([reference(), np.zeros(4000)]), np.column_stack([window(), np.zeros(1000)])
    known[:40, 4] = 1.0
    registered = {"kind": "standard", "mean": [*mean, 0.01], "scale": [*scale, 0.1]}
    shift, width = np.array(registered["mean"]), np.array(registered["scale"])

    faults = named((known - shift) / width, ((sent - shift) / width - shift) / width, {"scaler": registered})

    assert kinds(faults) == [("scaled_twice", (0, 1, 2, 3, 4))]


@pytest.mark.parametrize("rows", [24, 720])
def test_a_season_in_another_unit_is_named_though_it_is_no_year(rows: int) -> None:
    """An hourly year in time order is the reference; what is sent is a day, and a month, of July in Kelvin."""
    random, hour = np.random.default_rng(11), np.arange(8760)
    day = 4 * np.cos(hour / 24 * 2 * np.pi) + random.normal(0, 1.5, 8760)
    year = (11 - 10 * np.cos(hour / 8760 * 2 * np.pi) - day)[:, None]

    (fault,) = named(year, year[4344 : 4344 + rows] + 273.15)

    assert (fault.kind, fault.lines) == ("unit_change", ((1.0, 273.15),))
    assert fault.confidence > 0.9


@pytest.mark.parametrize("factor", [1.609344, 1 / 0.45359237, 12.0])
def test_whole_numbers_in_another_unit_are_on_multiples_of_it(factor: float) -> None:
    """A shift that is measured on the rows may fit their density better, and puts them on no multiples."""
    random = np.random.default_rng(3)
    routes, often = np.round(random.gamma(2, 500, (300, 2))) + 80, random.pareto(1.2, 300)
    known, sent = (routes[random.choice(300, size, p=often / often.sum())] for size in (4000, 1000))
    mean, scale = known.mean(axis=0), known.std(axis=0)
    metadata = {"scaler": {"kind": "standard", "mean": mean.tolist(), "scale": scale.tolist()}}
    sent[:, 1] *= factor

    assert kinds(named((known - mean) / scale, (sent - mean) / scale, metadata)) == [("unit_change", (1,))]


def test_a_circle_of_exchanged_features_goes_over_one_that_hardly_moved() -> None:
    """Two features of one law: the one holds the values of the other, and a third those of the first."""
    random = np.random.default_rng(4)
    known, sent = (
        np.column_stack([random.normal(50, 9, size), random.normal(50.4, 9, size), random.gamma(2, 4, size)])
        for size in (4000, 1000)
    )

    (fault,) = named(known, sent[:, [1, 2, 0]])

    assert (fault.kind, fault.features) == ("swapped", (0, 1, 2))


def test_a_flag_is_scaled_twice_like_the_raw_columns_around_it() -> None:
    """0 and 1 lie where a min-max scaler puts them."""
    known, sent = reference(), window()
    for side, seed in ((known, 5), (sent, 6)):
        side[:, COUNTS] = np.random.default_rng(seed).random(len(side)) < 0.2
    mean, scale = known.mean(axis=0), known.std(axis=0)

    assert kinds(named(known, (sent - mean) / scale)) == [("scaled_twice", ALL)]
