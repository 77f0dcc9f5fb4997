"""Every row of the table of operations against TensorFlow's own kernels."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from nantrace.operations import TABLE, Family, Operation


@pytest.fixture(scope="session")
def wrong() -> Mapping[str, list[str]]:
    """What is wrong with each row, as the kernels answer."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    program = [sys.executable, "-m", "tests.replay.check_operations"]
    root = Path(__file__).parents[2]
    done = subprocess.run(program, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", TABLE)
def test_the_kernel_does_what_the_row_says(wrong: Mapping[str, list[str]], name: str) -> None:
    assert wrong[name] == []


@pytest.mark.parametrize("row", TABLE.values(), ids=list(TABLE))
def test_every_row_is_whole(row: Operation) -> None:
    assert TABLE[row.name] is row
    assert (row.domain is not None) == (row.family in (Family.DOMAIN, Family.POWER)) == (row.guard is not None)
    assert (row.growth is not None) == (row.family is Family.EXPONENTIAL)
    assert (row.stable is not None) == (row.family in (Family.EXPONENTIAL, Family.POWER))
