"""The counterfactuals of a batch are rows of one batch: a remedy more costs rows, not a forward pass more."""

import numpy as np
import pytest

from nantrace.diagnosis import trials
from nantrace.diagnosis.diagnose import diagnose
from tests.diagnosis.laboratory import NumpyLaboratory, make_case
from tests.diagnosis.networks import inside, linear, normal

RAW = {"preprocessing": {"scaler": {"kind": "standard", "mean": [5, 6, 7], "scale": [1e38, 1e38, 1e38]}}}


def replays(lab: NumpyLaboratory) -> list[int]:
    """Rows of every unfused replay behind that of the batch, and that of the one failing row of finite values alone."""
    asked = [rows for variant, rows in lab.asked if variant == "unfused"]
    assert asked[:2] == [20, 1]
    return asked[2:]


def failing_in_many_ways() -> NumpyLaboratory:
    """A missing cell, an infinity and an outlier: imputed, replaced, clipped, and scaled back in several ways."""
    rows = inside(20)
    rows[3, 0], rows[7, 1], rows[11, 2] = np.nan, np.inf, 1e39
    lab = NumpyLaboratory(linear())
    found = diagnose(make_case(lab, rows, normal(100), metadata=RAW), lab)
    assert {one.cause for one in found} == {"input_missing", "input_infinite", "input_out_of_distribution"}
    return lab


def test_it_works() -> None:
    assert len(replays(failing_in_many_ways())) == 1


def test_copies_that_are_too_many_for_one_pass_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "PASS_CELLS", 3)

    split, whole = replays(failing_in_many_ways()), sum(replays(failing_in_many_ways()))

    assert len(split) > 1
    assert sum(split) == whole
