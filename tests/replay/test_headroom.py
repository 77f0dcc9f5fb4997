"""How far training rows took the layers, which later rows are compared with."""

import json

import numpy as np

from nantrace.laboratory.examine_batch import PostedRows, reference_of
from tests.examined import examine
from tests.replay.conftest import Laboratory
from tests.replay.rows import rows_of


def symptoms(laboratory: Laboratory, training: list[float], row: float) -> list[str]:
    """Of a row of eight equal numbers, which half.keras sums in float16."""
    lab, rows = laboratory("half.keras"), rows_of(numbers=np.full((1, 8), row))
    known = reference_of(lab.replayer, lab.artifact, rows_of(numbers=np.repeat(training, 8).reshape(-1, 8)))
    json.dumps(known.activations, allow_nan=False)
    return [one.symptom for one in examine(lab.replayer, lab.artifact, PostedRows(rows), known, {})]


def test_further_than_training_went(laboratory: Laboratory) -> None:
    assert symptoms(laboratory, [1.0, np.nan], 2e3) == ["near_overflow"]


def test_training_rows_that_overflowed_went_furthest(laboratory: Laboratory) -> None:
    assert symptoms(laboratory, [1.0, 3e4], 2e3) == []
