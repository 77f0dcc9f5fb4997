"""The registered scaler is applied and undone in one place, for the diagnosis and for drift."""

from typing import Any

import numpy as np
import pytest

from nantrace.mistakes.conversions import RegisteredScaler

TRAINED = np.array([[1.0, -5.0, 7.0], [2.0, 20.0, 7.0], [9.0, 3.0, 7.0]])  # the last feature never varies


def registered(**scaler: Any) -> RegisteredScaler | None:
    return RegisteredScaler.of({"preprocessing": {"scaler": scaler}}, 3)


def test_it_scales_as_scikit_learn_does() -> None:
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    standard, minmax = StandardScaler().fit(TRAINED), MinMaxScaler().fit(TRAINED)
    mine = registered(kind="standard", mean=TRAINED.mean(axis=0).tolist(), scale=TRAINED.std(axis=0).tolist())
    other = registered(kind="minmax", min=TRAINED.min(axis=0).tolist(), max=TRAINED.max(axis=0).tolist())

    for scaler, fitted in ((mine, standard), (other, minmax)):
        assert scaler is not None
        assert scaler.scaled(TRAINED) == pytest.approx(fitted.transform(TRAINED))
        assert scaler.raw(scaler.scaled(TRAINED)) == pytest.approx(TRAINED)


def test_numbers_that_are_not_finite_leave_their_feature_as_it_is() -> None:
    scaler = registered(kind="standard", mean=[0.0, np.nan, 1.0], scale=[np.inf, 2.0, 4.0])

    assert scaler is not None
    assert scaler.scaled(np.array([3.0, 3.0, 3.0])).tolist() == [3.0, 3.0, 0.5]


@pytest.mark.parametrize("scaler", [{}, {"kind": "robust"}, {"kind": "standard", "mean": [0.0] * 3}])
def test_what_is_no_scaler(scaler: dict[str, Any]) -> None:
    assert registered(**scaler) is None


def test_a_scaler_of_another_width_or_none_at_all() -> None:
    assert registered(kind="minmax", min=[0.0], max=[1.0]) is None
    assert RegisteredScaler.of({}, 3) is None
    assert RegisteredScaler.of({"preprocessing": None}, 3) is None
