"""The cases that are known to fail: `known_failures.toml`, a table a case, with the failing checks and the reason."""

import tomllib
from pathlib import Path

KNOWN = Path(__file__).with_name("known_failures.toml")


def known_failures() -> dict[str, list[str]]:
    """Failing checks by the name of the case."""
    tables = tomllib.loads(KNOWN.read_text())
    assert all(table["why"] for table in tables.values())
    return {name: table["failing"] for name, table in tables.items()}
