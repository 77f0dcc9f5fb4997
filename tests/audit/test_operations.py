"""Operations with a limited domain: what bounds, and rows that were run, prove about them."""

from typing import Any

import pytest

from nantrace.audit import failures, possible_failures
from nantrace.audit.artifact_facts import ProbeRows, Seen
from nantrace.audit.audit_finding import Severity
from nantrace.audit.possible_failures import exponent_limit, leaves_domain
from tests.audit.facts import facts, layer, operation

ANY = (None, None)


@pytest.mark.parametrize(
    ("kind", "inside", "outside"),
    [
        ("Log", [(1e-7, None)], [(0.0, 1.0)]),
        ("Log1p", [(-0.5, None)], [(-1.0, 1.0)]),
        ("Sqrt", [(0.0, None)], [(-0.1, None)]),
        ("Rsqrt", [(1e-3, 2.0)], [(0.0, 2.0)]),
        ("RealDiv", [ANY, (0.1, None)], [ANY, (-1.0, 1.0)]),
        ("RealDiv", [ANY, (None, -0.1)], [(1.0, 1.0), (0.0, 1.0)]),
        ("Reciprocal", [(1.0, 2.0)], [(0.0, 2.0)]),
        ("Acos", [(-1.0000001, 1.0)], [(-1.0, 1.1)]),
        ("Atanh", [(-0.9, 0.9)], [(-0.9, 1.0)]),
        ("Acosh", [(1.0, None)], [(0.5, 2.0)]),
        ("Pow", [ANY, (2.0, 2.0)], [(-1.0, 1.0), (0.5, 0.5)]),
        ("Pow", [(0.0, 1.0), (0.5, 0.5)], [(0.0, 1.0), (-1.0, -1.0)]),
        ("Exp", [ANY], None),
    ],
)
def test_where_an_operation_is_defined(kind: str, inside: Any, outside: Any) -> None:
    assert not leaves_domain(kind, operation(kind, *inside)["operands"])
    assert outside is None or leaves_domain(kind, operation(kind, *outside)["operands"])


@pytest.mark.parametrize(
    ("kind", "dtype", "limit"),
    [("Exp", "float32", 88.72), ("Exp", "float16", 11.09), ("Cosh", "float32", 89.42), ("Exp", "float64", 709.78)],
)
def test_where_an_exponential_overflows(kind: str, dtype: str, limit: float) -> None:
    assert exponent_limit(kind, dtype) == pytest.approx(limit, abs=0.01)


@pytest.mark.parametrize("kind", ["Sigmoid", "Tanh", "Softmax"])
def test_what_never_overflows_has_no_limit(kind: str) -> None:
    assert exponent_limit(kind, "float32") is None
    unbounded = facts(bounded=[operation(kind, ANY)])
    assert not list(possible_failures.exponents_near_overflow(unbounded))
    assert not list(possible_failures.unguarded_operations(unbounded))


def seen(rows: ProbeRows, **told: Any) -> Seen:
    return Seen(rows, 40, **told)


def reached(kind: str, low: float, high: float) -> list[dict[str, Any]]:
    return [{"name": f"model/head/{kind}", "operands": [{"min": low, "max": high, "least": 0.0}]}]


@pytest.mark.parametrize(
    ("top", "expected"),
    [(60.0, "exponent_unbounded"), (75.0, "exponent_near_overflow"), (None, "exponent_unbounded")],
)
def test_an_exponent_is_near_when_a_quarter_more_overflows(top: float | None, expected: str) -> None:
    runs = [] if top is None else [seen(ProbeRows.REFERENCE, reached=reached("Exp", -2.0, top))]
    (found,) = possible_failures.exponents_near_overflow(facts(bounded=[operation("Exp", ANY)], seen=runs))
    assert found.code == expected
    assert found.severity is (Severity.WARNING if expected == "exponent_near_overflow" else Severity.INFO)


def test_a_bounded_exponent_is_no_finding() -> None:
    assert not list(possible_failures.exponents_near_overflow(facts(bounded=[operation("Exp", (None, 0.0))])))


def test_what_training_rows_reach_stands_beside_a_bound() -> None:
    runs = [seen(ProbeRows.REFERENCE, reached=reached("Log", 0.25, 8.0))]
    (found,) = possible_failures.unguarded_operations(facts(bounded=[operation("Log", (-3.0, 9.0))], seen=runs))
    assert found.severity is Severity.INFO
    assert "inputs from -3 to 9" in found.message
    assert "On rows of the reference it gets 0.25 to 8" in found.message


def test_a_normalisation_layer_answers_for_its_own_operations() -> None:
    bounded = [operation("Rsqrt", ANY, layer="block/norm")]
    layers = [layer("block", "Functional"), layer("block/norm", "LayerNormalization", epsilon=0.001)]
    assert not list(possible_failures.unguarded_operations(facts(artifact={"layers": layers}, bounded=bounded)))
    assert list(possible_failures.unguarded_operations(facts(bounded=bounded)))


def test_a_fault_among_constants_needs_no_row() -> None:
    bounded = [operation("Sqrt", (-2.0, 4.0), constant=True)]
    (found,) = possible_failures.constant_operations(facts(bounded=bounded))
    assert (found.code, found.severity) == ("undefined_constant", Severity.WARNING)
    assert not list(possible_failures.unguarded_operations(facts(bounded=bounded)))


def group(kind: str, value: str, rows: list[int], **others: Any) -> dict[str, Any]:
    place = {"kind": "operation", "name": "model/head/x", "layer": "head", "operation": kind, "value": value}
    known = {"inputs": [{"min": -1.0, "max": 2.0}], "operands": [], "normalises": False}
    return {"rows": rows, "sources": [{**place, **known, **others}], "birth": None, "swallowed_by": None}


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("Log", "NaN", "undefined_operation"),
        ("Exp", "Infinity", "activation_overflow"),
        ("MatMul", "Infinity", "weights_extreme"),
    ],
)
def test_the_code_of_a_failure_is_that_of_an_incident(kind: str, value: str, code: str) -> None:
    runs = [
        seen(ProbeRows.REFERENCE, groups=[group(kind, value, [1, 2])]),
        seen(ProbeRows.RANGE, groups=[group(kind, value, [3])]),
    ]
    (found,) = failures.failing_rows(facts(seen=runs))
    assert (found.code, found.severity, found.layer) == (code, Severity.ERROR, "head")
    assert f"answers {value} for 2 of 40 rows of the reference; its inputs are -1 to 2" in found.message


def test_made_up_rows_prove_overflow_and_no_domain() -> None:
    groups = [group("Log", "NaN", [1]), group("MatMul", "NaN", [2]), group("Conv2D", "Infinity", [3])]
    found = list(failures.failing_rows(facts(seen=[seen(ProbeRows.UNIT, groups=groups)])))
    assert [(one.code, one.severity) for one in found] == [("weights_extreme", Severity.WARNING)]


def test_what_float32_cures_is_a_matter_of_precision() -> None:
    run = seen(ProbeRows.REFERENCE, groups=[group("Exp", "Infinity", [1])], cured_by_float32=frozenset({1, 2}))
    (found,) = failures.failing_rows(facts(seen=[run]))
    assert found.code == "precision_overflow"
    assert "float32" in found.remedy


@pytest.mark.parametrize(("size", "expected"), [(2.0, "No weight is large"), (1e9, "far too large")])
def test_weights_are_called_large_where_they_are(size: float, expected: str) -> None:
    run = seen(ProbeRows.REFERENCE, groups=[group("MatMul", "Infinity", [1])])
    known = facts({"weights": [{"min": -size, "max": size}]}, seen=[run])
    (found,) = failures.failing_rows(known)
    assert expected in found.remedy


@pytest.mark.parametrize(
    ("dtype", "value", "code"),
    [
        ("float16", "-Infinity", "precision_overflow"),
        ("float32", "-Infinity", "constant_nonfinite"),
        ("float16", "NaN", "constant_nonfinite"),
    ],
)
def test_a_constant_that_float16_rounded(dtype: str, value: str, code: str) -> None:
    constant = {"kind": "constant", "name": "mask/Const", "layer": "mask", "value": value, "dtype": dtype}
    group = {"rows": [0, 1], "sources": [constant], "swallowed_by": None}
    (found,) = failures.constants(facts(seen=[Seen(ProbeRows.REFERENCE, 4, groups=[group])]))
    assert (found.code, found.layer) == (code, "mask")


def test_made_up_rows_do_not_prove_that_a_mask_bars_everything() -> None:
    constant = {"kind": "constant", "name": "mask/Const", "layer": "mask", "value": "-Infinity", "dtype": "float32"}
    group = {"rows": [0, 1], "sources": [constant], "swallowed_by": None}
    assert not list(failures.constants(facts(seen=[Seen(ProbeRows.UNIT, 4, groups=[group])])))


def test_a_swallowed_value_is_told_as_a_wrong_answer() -> None:
    hidden = {**group("Log", "NaN", [1]), "swallowed_by": {"operation": "Relu", "layer": "head", "name": "x"}}
    (found,) = failures.failing_rows(facts(seen=[seen(ProbeRows.REFERENCE, groups=[hidden])]))
    assert "Relu swallows it, and the answer is finite and wrong" in found.message


def magnitude(name: str, largest: float, dtype: str = "float16", limit: float = 65504.0) -> dict[str, Any]:
    return {"layer": name, "dtype": dtype, "largest": largest, "limit": limit}


@pytest.mark.parametrize(
    ("rows", "severity"),
    [(ProbeRows.REFERENCE, Severity.WARNING), (ProbeRows.UNIT, Severity.WARNING), (ProbeRows.RANGE, Severity.INFO)],
)
def test_the_first_layer_without_headroom_is_told(rows: ProbeRows, severity: Severity) -> None:
    sizes = [magnitude("calm", 6000.0), magnitude("loud", 13000.0), magnitude("after", 20000.0)]
    (found,) = possible_failures.little_headroom(facts(seen=[seen(rows, magnitudes=sizes)]))
    assert (found.layer, found.severity) == ("loud", severity)
    assert "reaches 1.3e+04" in found.message
    assert "0.7 decades below 6.55e+04, the maximum of float16 (1 more after it)" in found.message


def test_a_layer_that_overflows_is_told_as_a_failure_only() -> None:
    run = seen(ProbeRows.REFERENCE, magnitudes=[magnitude("head", 65000.0)], groups=[group("MatMul", "Infinity", [1])])
    assert not list(possible_failures.little_headroom(facts(seen=[run])))


def test_zeros_have_all_the_headroom() -> None:
    assert not list(
        possible_failures.little_headroom(facts(seen=[seen(ProbeRows.REFERENCE, magnitudes=[magnitude("zero", 0.0)])]))
    )
