"""Probabilities of what was done to features, alone and together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nantrace.mistakes.candidates import Hypothesis, Source, nothing
from nantrace.mistakes.known_feature import KnownFeature, Observed
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.line import Line
from nantrace.mistakes.posterior import Explained, together

TENFOLD = Hypothesis("unit_change", Line(10.0, 0.0), 0.1, "", "", Source.SIGN)
SHIFTED = Hypothesis("shift", Line(1.0, 5.0), 0.1, "", "", Source.UNKNOWN)


def feature(number: int, factor: float, cells: int = 400) -> Feature:
    """A log-normal column, of which the rows are `factor` times as large."""
    random = np.random.default_rng(number)
    known, seen = np.sort(random.lognormal(0, 1, 4000)), np.sort(random.lognormal(0, 1, cells)) * factor
    points = np.quantile(known, np.linspace(0, 1, 101))
    reference = KnownFeature(
        points=points,
        below=np.linspace(0, 1, 101),
        atoms=np.zeros(100, bool),
        up=np.zeros(101, bool),
        low=float(known[0]),
        high=float(known[-1]),
        mean=float(known.mean()),
        std=float(known.std()),
        median=float(np.median(known)),
        cells=4000,
    )
    return Feature(number, reference, Observed(seen))


def explained(number: int, factor: float, cells: int = 400) -> Explained:
    return Explained.by(feature(number, factor, cells), [nothing(), TENFOLD, SHIFTED])


@settings(max_examples=50, deadline=None)
@given(factor=st.floats(0.01, 100), cells=st.integers(1, 500))
def test_probabilities_of_one_feature_sum_to_1(factor: float, cells: int) -> None:
    one = explained(1, factor, cells)

    assert sum(one.posterior.values()) == pytest.approx(1.0)
    assert sum(one.kinds.values()) == pytest.approx(1.0)
    assert one.confidence == max(one.kinds.values())


@pytest.mark.parametrize(("factor", "kind"), [(1.0, ""), (10.0, "unit_change")])
def test_the_likeliest_is_what_was_done(factor: float, kind: str) -> None:
    one = explained(1, factor)

    assert one.best.kind == kind
    assert one.confidence > 0.99


def test_few_rows_are_less_sure() -> None:
    assert explained(1, 10.0, cells=2).confidence < explained(1, 10.0, cells=400).confidence


def test_what_explains_the_others_is_likelier_here_as_well() -> None:
    doubtful = explained(1, 4.0, cells=2)
    (alone,) = together([doubtful])
    among_others, *_ = together([doubtful, *(explained(number, 10.0) for number in range(2, 10))])
    among_clean, *_ = together([doubtful, *(explained(number, 1.0) for number in range(2, 10))])

    assert among_others.kinds["unit_change"] > alone.kinds["unit_change"] > among_clean.kinds["unit_change"]
