"""Each committed case is diagnosed as its truth says, or fails exactly as the list of known failures says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cases.runner.confusion import matrix, stated_matrix
from tests.cases.runner.known_failures import known_failures
from tests.cases.runner.run_cases import Result, case_names, run_cases, untrue_remedies

pytestmark = pytest.mark.tensorflow

Results = Mapping[str, Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    """Of all cases: one builder, one replayer."""
    return run_cases(case_names(), folder)


@pytest.mark.parametrize("name", case_names())
def test_case(results: Results, name: str) -> None:
    result = results[name]
    assert result.failing == known_failures().get(name, []), result


def test_remedies_do_what_is_said_of_them(results: Results, folder: Path) -> None:
    """The code of every remedy is pasted and run."""
    assert untrue_remedies(list(results), folder) == {}


def test_known_failures_are_cases() -> None:
    assert set(known_failures()) <= set(case_names())


def test_page_of_numbers_states_the_confusion_matrix(results: Results) -> None:
    """`python -m tests.cases.runner` writes it."""
    assert stated_matrix() == matrix(results.values())
