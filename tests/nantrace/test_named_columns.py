"""Columns are matched by their names: through the function that all doors call, and through `nantrace.drift`."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nantrace
from nantrace.tensors.named_columns import MatchedColumns, WantedTensor, match_columns
from nantrace.tensors.tensor import Sent, Table, Tensor, Tensors

NAMES = ["years", "months", "north"]
NAN = float("nan")


def column(name: str, *cells: Any, sent: list[int] | None = None) -> Tensor:
    return Tensor(name, np.array(cells), None if sent is None else np.array(sent, np.uint8))


def by_name(**columns: list[Any]) -> Table:
    return Table(Tensors.of(*(column(name, *cells) for name, cells in columns.items())))


def matrix(names: list[str], *rows: list[float]) -> Table:
    return Table(Tensors.of(Tensor("inputs", np.array(rows))), {"inputs": names})


def values(found: MatchedColumns) -> dict[str, Any]:
    assert not found.missing
    return {tensor.name: tensor.values.tolist() for tensor in found.table.tensors}


FLAT = WantedTensor("input_layer", NAMES, 3, "numbers")


@given(st.permutations([*NAMES, "id", "at"]), st.booleans())
def test_the_order_of_columns_is_of_no_meaning(order: list[str], as_matrix: bool) -> None:
    cells = {"years": 40.0, "months": 12.5, "north": 1.0, "id": 7.0, "at": 9.0}
    row = [cells[name] for name in order]
    given_table = matrix(order, row) if as_matrix else by_name(**{name: [cells[name]] for name in order})

    found = match_columns(given_table, [FLAT])

    assert values(found) == {"inputs": [[40.0, 12.5, 1.0]]}
    assert sorted(found.left_out) == ["at", "id"]


def test_missing_columns_are_named() -> None:
    found = match_columns(by_name(years=[1], id=[2]), [FLAT])
    assert found.missing == ["months", "north"]
    assert found.lack("the model") == "has no column 'months', 'north', which the model has"
    assert not len(found.table.tensors)


def test_a_single_column_of_several_lacks_the_others() -> None:
    assert match_columns(by_name(years=[1, 2]), [FLAT]).missing == ["months", "north"]


def test_a_tensor_without_names_is_the_only_one() -> None:
    assert values(match_columns(Table(Tensors.of(Tensor("x", np.ones((1, 3))))), [FLAT])) == {"x": [[1, 1, 1]]}


def test_columns_that_nobody_names_have_an_order_in_a_table_only() -> None:
    nameless = WantedTensor("input_layer", width=2, kind="numbers")
    assert values(match_columns(matrix(["b", "a"], [1.0, 2.0]), [nameless])) == {"inputs": [[1, 2]]}
    found = match_columns(by_name(b=[1.0], a=[2.0]), [nameless])
    assert found.unordered
    assert "nothing says their order" in found.lack("the model")


def test_of_too_many_columns_that_nobody_names_those_of_numbers_are_taken() -> None:
    table = Table(
        Tensors.of(column("at", "2026-01-02"), column("b", 1.0), column("a", 2.0)),
        {"at": ["at"], "b": ["b"], "a": ["a"]},
    )
    found = match_columns(table, [WantedTensor("input_layer", width=2, kind="numbers")])
    assert values(found) == {"inputs": [[1, 2]]}
    assert found.left_out == ["at"]


def test_several_inputs() -> None:
    wanted = [
        WantedTensor("numbers", ["age", "income"], 2, "numbers"),
        WantedTensor("city", (), 1, "texts"),
        WantedTensor("image", (), None, "numbers"),
    ]
    image = Tensor("image", np.ones((1, 2, 2)))
    table = Table(
        Tensors.of(column("income", 5), image, column("id", 1), column("city", "Köln"), column("age", 4)),
    )
    found = match_columns(table, wanted)
    assert values(found) == {"numbers": [[4, 5]], "city": ["Köln"], "image": [[[1, 1], [1, 1]]]}
    assert found.left_out == ["id"]
    assert match_columns(by_name(age=[1], income=[2], city=["Ulm"]), wanted).missing == ["image"]


def test_a_matrix_with_names_is_cut_into_inputs() -> None:
    wanted = [WantedTensor("income", (), 1, "numbers"), WantedTensor("code", (), 1, "texts")]
    assert values(match_columns(matrix(["code", "age", "income"], [7.0, 30.0, 2.5]), wanted)) == {
        "income": [[2.5]],
        "code": [["7"]],
    }


def test_what_was_sent_goes_with_its_column() -> None:
    table = Table(
        Tensors.of(
            column("months", "12.5", "abc", "NA"),
            column("north", 1, 0, 0, sent=[0, 0, Sent.MISSING]),
            column("years", 1.5, 2.5, float("inf"), sent=[0, 0, Sent.OVERFLOW]),
        )
    )
    (tensor,) = match_columns(table, [FLAT]).table.tensors
    np.testing.assert_array_equal(tensor.values, [[1.5, 12.5, 1], [2.5, NAN, 0], [float("inf"), NAN, NAN]])
    assert tensor.sent is not None
    assert tensor.sent.tolist() == [[0, 0, 0], [0, Sent.TEXT, 0], [Sent.OVERFLOW, Sent.MISSING, Sent.MISSING]]
    assert tensor.texts == {4: "abc"}


def test_a_bad_cell_of_a_file_is_no_other_kind_of_column(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    known = pd.DataFrame(rng.normal(size=(500, 3)), columns=NAMES)
    seen = known.sample(200, random_state=1).astype(object)[NAMES[::-1]]
    seen.iloc[3, 1] = "abc"
    known.to_csv(tmp_path / "known.csv", index=False)
    seen.to_csv(tmp_path / "seen.csv")

    report = nantrace.drift(tmp_path / "known.csv", tmp_path / "seen.csv")

    rates = {one["name"]: one["missing_rate"] for one in report.to_dict()["features"]}
    assert rates == {"years": 0, "months": pytest.approx(1 / 200), "north": 0}
    assert "left out column 1" in report.notes[0]


def test_columns_that_were_exchanged_in_a_circle_are_named() -> None:
    rng = np.random.default_rng(0)
    known = pd.DataFrame({"age": rng.normal(40, 9, 3000), "pay": rng.gamma(2, 9e3, 3000), "rate": rng.beta(2, 5, 3000)})
    seen = known.sample(1000, random_state=1)
    turned = seen.rename(columns={"age": "pay", "pay": "rate", "rate": "age"})

    faults = {f["kind"] for one in nantrace.drift(known, turned).to_dict()["features"] for f in one["faults"]}

    assert faults == {"swapped"}
    assert not nantrace.drift(known, seen[["rate", "age", "pay"]]).found


@pytest.mark.parametrize("bad", ["abc", "?"])
def test_a_text_among_the_numbers_of_a_frame_or_of_lists_is_one_cell(bad: str) -> None:
    rng = np.random.default_rng(0)
    known = pd.DataFrame(rng.normal(size=(500, 3)), columns=NAMES)
    seen = known.sample(200, random_state=1).astype(object)
    seen.iloc[3, 1] = bad
    for current in (seen, seen.to_numpy().tolist()):
        reference = known if current is seen else known.to_numpy()
        report = nantrace.drift(reference, current, metadata={"features": NAMES})
        rates = {one["name"]: one["missing_rate"] for one in report.to_dict()["features"]}
        assert rates == {"years": 0, "months": pytest.approx(1 / 200), "north": 0}
