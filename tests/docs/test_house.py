"""The rules of the house that no linter knows."""

from pathlib import Path

import pytest

from benchmarks.house import Module, classes_named_twice, read_modules

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return read_modules()


def test_no_class_name_stands_twice(modules: list[Module]) -> None:
    assert classes_named_twice(modules) == {}


def test_no_module_is_longer_than_300_lines(modules: list[Module]) -> None:
    assert {module.path: module.lines for module in modules if module.lines > 300} == {}


def test_nothing_is_loose_in_monitoring() -> None:
    assert {path.name for path in (ROOT / "monitoring").glob("*.py")} == {
        *("__init__.py", "apps.py", "pipeline.py", "tasks.py")
    }
