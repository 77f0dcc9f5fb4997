"""The optimised graph hides NaN behind a relu; the replay shows it."""

import numpy as np
import pytest

from tests.replay.conftest import Laboratory
from tests.replay.rows import rows_of

TUTORIAL = np.array([[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]])


@pytest.mark.parametrize("name", ["mlp.keras", "mlp.h5", "mlp"])
def test_it_works(laboratory: Laboratory, name: str) -> None:
    lab = laboratory(name)

    assert lab.replay(rows_of(features=TUTORIAL), "default").finite.tolist() == [True, True, True]
    for variant in ("unfused", "eager", "float64", "interpreted"):
        assert lab.replay(rows_of(features=TUTORIAL), variant).finite.tolist() == [False, True, False], variant


def test_the_hidden_answer_is_what_serving_gave(laboratory: Laboratory) -> None:
    (answers,) = laboratory("mlp.keras").replay(rows_of(features=TUTORIAL), "default").outputs.values()

    assert answers[0, 0] == answers[2, 0] == 0.0
    assert answers[1, 0] > 0
