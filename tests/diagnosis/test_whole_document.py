"""The whole document of a diagnosis, byte by byte: pages, scripts and stored incidents read it.

All numbers are exact in binary, so that every machine computes the same ones. After a change that is meant, write the
file again with `python -m tests.diagnosis.test_whole_document`.
"""

import json
from pathlib import Path

import numpy as np

from tests.diagnosis.laboratory import SOFTWARE, diagnosed
from tests.diagnosis.network import Network

DOCUMENT = Path(__file__).with_name("whole_document.json")


def document() -> str:
    """A missing value, two faults in one row, a logarithm of 0, and a row that only serving answered with NaN."""
    network = Network.of_features(3)
    total = network.dense("score", "inputs", np.array([[1.0], [2.0], [0.5]]))
    network.run("Log", total, layer="odds")
    training = np.array([[0.0, 0.0, 0.0], [4.0, 4.0, 4.0], [2.0, 2.0, 2.0], [2.0, 2.0, 2.0]])
    rows = np.tile([1.0, 2.0, 4.0], (8, 1))
    rows[1, 1] = np.nan
    rows[3, :2] = np.inf, np.nan
    rows[5] = 0.0
    served = np.ones((8, 1))
    served[6] = np.nan
    findings = diagnosed(
        network,
        rows,
        training,
        served=served,
        metadata={"features": ["age", "income", "tenure"]},
        environment={**SOFTWARE, "tensorflow": "2.16.1"},
    )
    return json.dumps([finding.report() for finding in findings], indent=1, allow_nan=False) + "\n"


def test_it_is_what_it_was() -> None:
    assert document() == DOCUMENT.read_text()


if __name__ == "__main__":
    DOCUMENT.write_text(document())
