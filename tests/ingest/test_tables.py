"""Files of rows: references, and the rows of the command line."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from nantrace.tensors.refusals import Refusal
from nantrace.tensors.table_files import read_named_table, read_table
from nantrace.tensors.tensor import Sent, Tensor

NAN, INF = float("nan"), float("inf")
VALUE, MISSING, OVERFLOW, TEXT = (int(code) for code in (Sent.VALUE, Sent.MISSING, Sent.OVERFLOW, Sent.TEXT))


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def npz(**arrays: Any) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


def only(path: Path, field: str = "reference") -> Tensor:
    (tensor,) = read_table(path, field)
    return tensor


def test_csv_of_numbers_is_one_tensor(tmp_path: Path) -> None:
    path = write(tmp_path, "rows.csv", b"age,income,flag\n1,,true\n2,NaN,false\n3,-inf,true\n4,1e999,true\n")

    table = read_named_table(path, "reference")

    (tensor,) = table.tensors
    assert table.columns == {"inputs": ["age", "income", "flag"]}
    np.testing.assert_array_equal(tensor.values, [[1, NAN, 1], [2, NAN, 0], [3, -INF, 1], [4, INF, 1]], strict=False)
    assert tensor.sent is not None
    assert tensor.sent[:, 1].tolist() == [MISSING, VALUE, VALUE, OVERFLOW]


def test_csv_with_text_is_a_tensor_per_column(tmp_path: Path) -> None:
    path = write(tmp_path, "rows.csv", "age,city,at\n1,Köln,2026-01-02\nNA,NA,2026-01-03\n3,,2026-01-04\n".encode())

    tensors = read_table(path, "reference").by_name

    assert tensors["city"].values.tolist() == [["Köln"], ["NA"], [""]]
    assert tensors["city"].missing().tolist() == [[False], [False], [True]]
    np.testing.assert_array_equal(tensors["age"].values, [[1], [NAN], [3]])
    assert tensors["age"].missing().tolist() == [[False], [True], [False]]
    assert tensors["at"].values.tolist() == [["2026-01-02"], ["2026-01-03"], ["2026-01-04"]]


def test_csv_without_a_header_loses_no_row(tmp_path: Path) -> None:
    table = read_named_table(write(tmp_path, "rows.csv", b"1,2\n3,4\n"), "reference")

    (tensor,) = table.tensors
    assert tensor.values.tolist() == [[1, 2], [3, 4]]
    assert table.columns == {}


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    columns = {
        "a": pa.array([1, None, 3]),
        "b": pa.array([0.5, NAN, None], pa.float32()),
        "c": [True, False, True],
    }
    parquet.write_table(pa.table(columns), path)

    tensor = only(path)

    np.testing.assert_array_equal(tensor.values, [[1, 0.5, 1], [NAN, NAN, 0], [3, NAN, 1]])
    assert tensor.missing().tolist() == [[False] * 3, [True, False, False], [False, True, False]]


def test_parquet_with_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"word": ["x", None, "Köln"], "id": [1, 2, 2**62 + 1]}), path)

    tensors = read_table(path, "reference").by_name

    assert tensors["word"].values.tolist() == [["x"], [""], ["Köln"]]
    assert tensors["word"].missing().tolist() == [[False], [True], [False]]
    assert tensors["id"].values.tolist() == [[1], [2], [2**62 + 1]]


@pytest.mark.parametrize(("field", "name"), [("reference", "inputs"), ("outputs", "outputs")])
def test_nameless_arrays_get_the_name_of_the_field(tmp_path: Path, field: str, name: str) -> None:
    array = np.arange(6.0).reshape(3, 2)
    np.save(tmp_path / "rows.npy", array)
    np.savez(tmp_path / "rows.npz", array)

    for suffix in ("npy", "npz"):
        tensor = only(tmp_path / f"rows.{suffix}", field)
        assert tensor.name == name
        np.testing.assert_array_equal(tensor.values, array)


def test_npz_keeps_names_and_order(tmp_path: Path) -> None:
    path = write(tmp_path, "rows.npz", npz(age=np.zeros((2, 1)), word=np.array(["a", "b"])))

    assert list(read_table(path, "reference").by_name) == ["age", "word"]


def test_fortran_order_is_read_as_it_was_meant(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))

    tensor = only(write(tmp_path, "rows.npz", npz(inputs=array)))

    np.testing.assert_array_equal(tensor.values, array)
    assert tensor.values.flags.c_contiguous


def nested_parquet() -> bytes:
    packed = io.BytesIO()
    parquet.write_table(pa.table({"a": [[1], [2]]}), packed)
    return packed.getvalue()


def repeated_text() -> bytes:
    """A megabyte of file, 10 GB of text (37 GB as a `U` array)."""
    packed = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(np.zeros(10_000, np.int32), ["x" * 1_000_000])
    parquet.write_table(pa.table({"a": column}), packed, store_schema=False)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("rows.txt", b"1", "the types are .npz", id="type"),
        pytest.param("rows.csv", b"", "it holds no line", id="empty"),
        pytest.param("rows.csv", b"a,b\n", "no rows", id="header only"),
        pytest.param("rows.csv", b"a,b\n1\n", "Expected 2 columns", id="ragged"),
        pytest.param("rows.csv", b"a,a\n1,2\n", "two columns named 'a'", id="same name"),
        pytest.param("rows.csv", b"\xff\xfe\x00", "no readable CSV", id="no text"),
        pytest.param("rows.parquet", b"PAR1garbagePAR1", "no readable Parquet", id="garbage"),
        pytest.param("rows.parquet", nested_parquet(), "column 'a' has type list", id="nested"),
        pytest.param("rows.parquet", repeated_text(), "the limit is 2 GiB", id="repeated"),
        pytest.param("rows.npz", npz(age=np.array([None])), "array 'age' is an array", id="objects"),
        pytest.param("rows.npz", npz(a=np.zeros(2), b=np.zeros(3)), "3 rows", id="unequal"),
        pytest.param("rows.npz", b"", "no zip archive", id="no npz"),
        pytest.param("rows.npy", b"\x93NUMPY", "header", id="no npy"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(Refusal, match="reference") as refusal:
        read_table(write(tmp_path, name, content), "reference")

    assert refusal.value.field.startswith("reference")
    assert message in str(refusal.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No such file"):
        read_table(tmp_path / "none.csv", "inputs")
