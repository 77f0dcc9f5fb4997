"""Names come from files and callers: in code that people paste they are comments and literals, whatever they hold."""

import ast

import numpy as np
import pytest

from nantrace.diagnosis.finding import Finding
from nantrace.diagnosis.operations import safe_form
from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, linear, normal

BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
PAYLOAD = "break_in()"


def calls(code: str) -> set[str]:
    return {
        node.func.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and hasattr(node.func, "id")
    }


def check(findings: list[Finding]) -> None:
    assert findings
    for finding in findings:
        assert finding.title.isprintable()
        assert all("break_in" not in calls(remedy.code) for remedy in finding.remedies)


@pytest.mark.parametrize("line_break", BREAKS)
def test_features_in_another_unit(line_break: str) -> None:
    random = np.random.default_rng(5)
    reference, rows = normal(300), inside(40)
    reference[:, 0], reference[:, 2] = random.uniform(45, 120, 300), random.uniform(1.4, 2.1, 300)
    rows[:, 0], rows[:, 2] = 1000 * random.uniform(50, 110, 40), 100 * random.uniform(1.5, 2.0, 40)
    network = Network.of_features(3)
    network.run("Exp", network.dense("rate", "inputs", np.array([[0.2], [0.1], [5.0]])), layer="count")
    names = [f"{name}{line_break}{PAYLOAD}" for name in ("weight", "x", "height")]

    check(diagnosed(network, rows, reference, metadata={"features": names}))


@pytest.mark.parametrize("line_break", BREAKS)
def test_text_in_a_column(line_break: str) -> None:
    rows = inside(5, features=3).astype("U20")
    rows[3, 1] = f"?{line_break}{PAYLOAD}"
    names = [f"{name}{line_break}{PAYLOAD}" for name in "abc"]

    check(diagnosed(linear(3), rows, normal(50), metadata={"features": names}))


@pytest.mark.parametrize("line_break", BREAKS)
def test_a_missing_and_an_infinite_value(line_break: str) -> None:
    rows = inside(6)
    rows[1, 0], rows[4, 1] = np.nan, np.inf
    names = [f"{name}{line_break}{PAYLOAD}" for name in "abc"]

    check(diagnosed(linear(3), rows, normal(50), metadata={"features": names}))


@pytest.mark.parametrize("line_break", BREAKS)
def test_layers_with_several_places(line_break: str) -> None:
    places = [
        {"operation": operation, "layer": f"gate{line_break}{PAYLOAD}", "value": "NaN", "operands": [-1.0]}
        for operation in ("Log", "Sqrt")
    ]

    assert "break_in" not in calls(safe_form(places))
