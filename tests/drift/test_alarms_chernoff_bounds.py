"""Bounds on what chance does."""

from math import comb, exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.alarms.chernoff_bounds import divergence, novelty_evidence, rate_evidence

sizes = st.integers(1, 60)
rates = st.floats(0.01, 0.99)


def binomial_tail(k: int, n: int, p: float) -> float:
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


@given(sizes, rates, st.floats(0, 1))
def test_the_divergence_bounds_the_binomial_tail(n: int, p: float, where: float) -> None:
    k = round(n * (p + where * (1 - p)))
    if k / n >= p:
        assert binomial_tail(k, n, p) <= exp(-n * float(divergence(np.array(k / n), np.array(p)))) * (1 + 1e-9)


@given(sizes, sizes, st.data())
def test_new_extremes_are_no_likelier_than_told(n: int, known: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    exact = comb(n, k) / comb(n + known, k)
    nats = float(novelty_evidence(np.array(float(k)), np.array(float(n)), np.array(float(known))))
    assert exact <= exp(-nats) * (1 + 1e-9)


def test_equal_rates_are_no_evidence_and_different_ones_are() -> None:
    assert float(rate_evidence(np.array(5.0), np.array(100.0), np.array(50.0), np.array(1000.0))) == pytest.approx(0)
    assert float(rate_evidence(np.array(50.0), np.array(1000.0), np.array(0.0), np.array(10_000.0))) > 100


def test_a_side_without_cells_is_no_evidence() -> None:
    none = np.array(0.0)
    assert float(rate_evidence(none, none, none, np.array(9.0))) == 0
    assert float(rate_evidence(np.array(3.0), np.array(3.0), none, none)) == 0


def test_distance_makes_one_new_extreme_rarer() -> None:
    one, n, known = np.array(1.0), np.array(10.0), np.array(990.0)
    near, far = (float(novelty_evidence(one, n, known, away)) for away in (0.0, 999.0))
    assert exp(-near) == pytest.approx(0.01)
    assert exp(-far) == pytest.approx(0.01 / 1000)
