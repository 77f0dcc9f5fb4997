"""The pages that say where things lie name places that are there, and leave out none."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNNAMED = {"__init__.py", "apps.py", "migrations"}  # what every Django application has


def rooms_named(package: str) -> set[str]:
    """The first column of a package's table in the architecture."""
    text = (ROOT / "docs/architecture.md").read_text()
    section = text.split(f"### `{package}`", 1)[1].split("\n#", 1)[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row)}


def rooms_there(package: str) -> set[str]:
    """Folders with Python in them, and modules."""
    folders = {path.name for path in (ROOT / package).iterdir() if path.is_dir() and any(path.glob("*.py"))}
    return folders | {path.name for path in (ROOT / package).glob("*.py")} - UNNAMED - {"migrations"}


@pytest.mark.parametrize("package", ["nantrace", "ingest", "monitoring"])
def test_the_architecture_names_every_room(package: str) -> None:
    there = {room for room in rooms_there(package) if room not in UNNAMED}

    assert rooms_named(package) == there


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/extending.md", "CONTRIBUTING.md", "docs/library.md"])
def test_paths_of_a_page_are_there(page: str) -> None:
    text = (ROOT / page).read_text()
    named = re.findall(r"`((?:nantrace|ingest|monitoring|nanwatch|tests|docs)/[\w./-]+)`", text)

    assert [path for path in named if not (ROOT / path).exists()] == []
