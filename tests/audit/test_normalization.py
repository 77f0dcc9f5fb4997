"""Stored statistics, each judged with the epsilon beside it."""

from nantrace.audit import stored_numbers
from nantrace.audit.audit_finding import Severity
from tests.audit.facts import facts, layer, reference, statistic


def test_a_variance_below_minus_epsilon_is_nan_and_one_above_hangs_by_it() -> None:
    layers = [layer("norm", "BatchNormalization", epsilon=0.001)]
    for lowest, outcome in ((-0.5, "the root of -0.499 is NaN"), (-0.0005, "only the epsilon of 0.001 keeps it")):
        told = [statistic("BatchNormalization", "moving_variance", negative=1, min=lowest)]
        (found,) = stored_numbers.impossible_statistics(facts(artifact={"layers": layers, "statistics": told}))
        assert (found.code, found.severity, found.layer) == (
            "normalization_negative_variance",
            Severity.ERROR,
            "norm",
        )
        assert outcome in found.message


def test_negative_means_are_ordinary() -> None:
    told = [statistic("BatchNormalization", "moving_mean", negative=4, min=-7.0)]
    assert not list(stored_numbers.impossible_statistics(facts(artifact={"statistics": told})))


def test_statistics_that_are_no_numbers() -> None:
    told = [statistic("Normalization", "mean", nonfinite=3, min=None)]
    (found,) = stored_numbers.impossible_statistics(facts(artifact={"statistics": told}))
    assert found.code == "normalization_nonfinite"
    assert "3 of 4 values of the mean of norm" in found.message


def test_a_dead_channel_of_a_batch_normalization_with_epsilon_is_ordinary() -> None:
    told = [statistic("BatchNormalization", "moving_variance", zero=1)]
    for epsilon, expected in ((0.001, []), (0, [("normalization_zero_variance", Severity.ERROR)])):
        layers = [layer("norm", "BatchNormalization", epsilon=epsilon)]
        found = list(stored_numbers.zero_variance(facts(artifact={"layers": layers, "statistics": told})))
        assert [(one.code, one.severity) for one in found] == expected


def test_a_normalization_adapted_on_a_constant_multiplies() -> None:
    told = [statistic("Normalization", "variance", zero=2)]
    (found,) = stored_numbers.zero_variance(
        facts(artifact={"layers": [layer("norm", "Normalization")], "statistics": told})
    )
    assert found.severity is Severity.WARNING
    assert "2 of 4 stored variances of norm are 0" in found.message
    assert "1e7" in found.message


def test_epsilon_zero_matters_where_each_row_has_its_own_variance() -> None:
    layers = [
        layer("bare", "LayerNormalization", epsilon=0),
        layer("usual", "LayerNormalization", epsilon=1e-12),
        layer("dense", "Dense", epsilon=0),
        layer("norm", "BatchNormalization", epsilon=0),
    ]
    told = [statistic("BatchNormalization", "moving_variance")]
    found = list(stored_numbers.zero_epsilon(facts(artifact={"layers": layers, "statistics": told})))
    assert [one.layer for one in found] == ["bare"]


def test_a_fresh_normalization_matters_where_the_reference_is_not_standardised() -> None:
    fresh = [statistic("Normalization", "mean", zero=4, layer="inner/norm")]
    fresh.append(statistic("Normalization", "variance", one=4, layer="inner/norm"))
    for known, severity in (
        (reference((0, 900)), Severity.WARNING),
        (reference((-3, 3)), Severity.INFO),
        (None, Severity.INFO),
    ):
        (found,) = stored_numbers.never_adapted(facts(artifact={"statistics": fresh}, reference=known))
        assert (found.code, found.severity) == ("normalization_not_adapted", severity)
        assert "model.get_layer('inner').get_layer('norm').adapt(rows)" in found.remedy
    adapted = [statistic("Normalization", "mean", zero=3), statistic("Normalization", "variance", one=4)]
    assert not list(stored_numbers.never_adapted(facts(artifact={"statistics": adapted})))
