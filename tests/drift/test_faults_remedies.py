"""The code of a remedy can be pasted, and puts the rows where they belong."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nantrace.drift.faults import Fault
from tests.drift.faults_rows import HEAVY, HUMPS, SKEWED, named, reference, scaler, window

MEAN, SCALE, METADATA = scaler()


def pasted(fault: Fault, rows: Any) -> Any:
    """The rows after a person pasted the code; `scaler` and `imputer` are theirs, fitted on the training rows."""
    theirs = {
        "rows": rows.copy(),
        "np": np,
        "other": 0,
        "scaler": SimpleNamespace(transform=lambda x: (x - MEAN) / SCALE, inverse_transform=lambda x: x * SCALE + MEAN),
        "imputer": SimpleNamespace(transform=lambda x: np.where(np.isnan(x), MEAN, x)),
    }
    exec(fault.remedy.code.split("\n# or select")[0], theirs)  # noqa: S102
    return theirs["rows"]


def in_another_unit(rows: Any) -> None:
    rows[:, SKEWED] *= 1000


def turned(rows: Any) -> None:
    rows[:, SKEWED] *= -1


def exchanged(rows: Any) -> None:
    rows[:, [HUMPS, HEAVY]] = rows[:, [HEAVY, HUMPS]]


@pytest.mark.parametrize("fault", [in_another_unit, turned, exchanged])
def test_undoing_gives_the_rows_back(fault: Callable[[Any], None]) -> None:
    sent = window()
    fault(sent)

    (found,) = named(reference(), sent)

    assert found.remedy.title
    assert np.allclose(pasted(found, sent), window())


def test_scaling_is_made_up_for() -> None:
    known, right = (reference() - MEAN) / SCALE, (window() - MEAN) / SCALE
    (unscaled,) = named(known, window(), METADATA)
    (twice,) = named(known, (right - MEAN) / SCALE, METADATA)

    assert np.allclose(pasted(unscaled, window()), right)
    assert np.allclose(pasted(twice, (right - MEAN) / SCALE), right)


def test_a_sentinel_becomes_missing_and_is_imputed() -> None:
    sent = window()
    sent[::50, HEAVY] = -999.0
    (fault,) = named(reference(), sent)

    assert pasted(fault, sent)[::50, HEAVY] == pytest.approx(MEAN[HEAVY])
    assert fault.detail.startswith("-999 stands in 20 cells (2.0%)")


def test_details_are_sentences_with_the_figures() -> None:
    sent = window()
    sent[:, SKEWED] *= 1000
    sent[:, HUMPS] = np.minimum(sent[:, HUMPS], 48)

    details = {fault.kind: fault.detail for fault in named(reference(), sent)}

    assert details["unit_change"].startswith("The values are multiplied by 1000: another unit")
    assert "none is above it" in details["clipped"]
    assert all(one[0].isupper() or one[0].isdigit() for one in details.values())
    assert all(one.endswith(".") for one in details.values())
