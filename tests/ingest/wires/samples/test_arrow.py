"""`application/vnd.apache.arrow.stream` bodies as serving code, and as attackers, send them."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ingest.formats.arrow import decode_arrow_body
from ingest.models import Batch, ModelVersion
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Sent, Tensor
from tests.conftest import ApiClient
from tests.ingest.refusals import refused
from tests.ingest.wires.samples.arrow_streams import FIELDS, column, column_of, stream, stream_of

ARROW = "application/vnd.apache.arrow.stream"
ROWS = np.array([[1.5, np.nan], [-0.0, np.inf]])


def decoded(columns: dict[str, Any], **options: Any) -> dict[str, Tensor]:
    """The tensors by the names of their columns."""
    inputs = decode_arrow_body(stream(columns, **options), None).inputs
    return {f"inputs.{one.name}".removesuffix(".inputs"): one for one in inputs}


def post(client: ApiClient, body: bytes, **headers: str) -> Any:
    return client.post("/samples", body, content_type=ARROW, headers=headers)


def test_it_works(alice: ApiClient, churn: ModelVersion) -> None:
    body = stream({"inputs": column(ROWS), "outputs": column(np.array([[0.5], [np.nan]], np.float32))})

    answer = post(alice, body)

    assert answer.status_code == 202, answer.content
    batch = Batch.objects.get()
    assert batch.version == churn
    assert answer.json() == {"batch": batch.pk, "rows": 2, "nonfinite_rows": 2}
    groups = unpack_tensors(bytes(batch.payload or b""))
    np.testing.assert_array_equal(groups["inputs"].by_name["inputs"].values, ROWS)
    assert groups["outputs"].by_name["outputs"].values.dtype == np.float32


@pytest.mark.usefixtures("churn")
def test_the_fields_may_stand_in_the_header(alice: ApiClient) -> None:
    body = stream({"inputs": column(ROWS)}, fields=None)

    answer = post(alice, body, **{"X-NaNWatch-Batch": json.dumps({**FIELDS, "ids": ["a", "b"]})})

    assert answer.status_code == 202, answer.content
    assert Batch.objects.get().row_ids == ["a", "b"]


def test_nulls_are_missing_at_every_level() -> None:
    nested = pa.array([[[1, None], [3, 4]], None, [None, [7, 8]]], pa.list_(pa.list_(pa.int32(), 2), 2))
    texts = pa.array(["Kiel", None, ""])
    flags = pa.array([True, None, False])

    found = decoded({"inputs.grid": nested, "inputs.city": texts, "inputs.flag": flags})

    missing = found["inputs.grid"].missing()
    assert missing.astype(int).tolist() == [[[0, 1], [0, 0]], [[1, 1], [1, 1]], [[1, 1], [0, 0]]]
    assert found["inputs.grid"].values.tolist() == [[[1, 0], [3, 4]], [[0, 0], [0, 0]], [[0, 0], [7, 8]]]
    assert found["inputs.grid"].values.dtype == np.int32
    assert found["inputs.city"].values.tolist() == ["Kiel", "", ""]
    assert found["inputs.city"].missing().tolist() == [False, True, False]
    assert found["inputs.flag"].values.tolist() == [True, False, False]


def test_fixed_shape_tensors_in_their_logical_order() -> None:
    kind = pa.fixed_shape_tensor(pa.float32(), [2, 3], permutation=[1, 0])
    lying = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    storage = pa.FixedSizeListArray.from_arrays(pa.array(lying.ravel()), 6)

    found = decoded({"inputs": pa.ExtensionArray.from_storage(kind, storage)})

    np.testing.assert_array_equal(found["inputs"].values, lying.transpose(0, 2, 1))


def test_several_record_batches_are_one_batch() -> None:
    parts = [pa.array(["a", "bb"]), pa.array([], pa.string()), pa.array(["ccc"])]
    words = pa.chunked_array([part.dictionary_encode() for part in parts])
    numbers = pa.chunked_array([pa.array([1.0, None]), pa.array([], pa.float64()), pa.array([3.0])])

    found = decoded({"inputs.word": words, "inputs.number": numbers}, emit_dictionary_deltas=True)

    assert found["inputs.word"].values.tolist() == ["a", "bb", "ccc"]
    np.testing.assert_array_equal(found["inputs.number"].values, [1.0, np.nan, 3.0])


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_compressed_streams(compression: str) -> None:
    values = np.repeat(ROWS, 500, axis=0)

    found = decoded({"inputs": column(values)}, compression=compression)

    assert found["inputs"].values.tobytes() == values.tobytes()


def bomb(compression: str) -> bytes:
    """A few KiB that unpack to 80 MB."""
    return stream({"inputs": pa.array(np.zeros(10_000_000))}, compression=compression)


def declared_too_large() -> bytes:
    """A compressed buffer that says that it unpacks to 4 EiB."""
    body = bytearray(stream({"inputs": pa.array(np.zeros(1000))}, compression="zstd"))
    at = body.index((8000).to_bytes(8, "little"), body.index(b"inputs"))
    while bytes(body[at + 8 : at + 12]) != b"\x28\xb5\x2f\xfd":  # the magic number of zstd
        at = body.index((8000).to_bytes(8, "little"), at + 1)
    body[at : at + 8] = (1 << 62).to_bytes(8, "little")
    return bytes(body)


def longer_than_its_buffers() -> bytes:
    """1,000 rows claimed of a buffer that holds 10."""
    body = stream({"inputs": pa.array(np.arange(10.0))})
    return body.replace((10).to_bytes(8, "little"), (1000).to_bytes(8, "little"))


def texts_beyond_their_buffer() -> bytes:
    return stream({"inputs": pa.array(["abcd", "ef"])}).replace(
        np.array([0, 4, 6], "<i4").tobytes(), np.array([0, 4, 1 << 30], "<i4").tobytes()
    )


def index_beyond_the_dictionary() -> bytes:
    codes = np.arange(48, dtype=np.int16)
    words = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([str(code) for code in codes]))
    return stream({"inputs": words}).replace(codes.tobytes(), np.full(48, 3000, "<i2").tobytes())


def a_long_text_in_every_row() -> bytes:
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(50_000, np.int32)), pa.array(["x" * 10_000]))
    return stream({"inputs": words})


def many_words() -> bytes:
    words = pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([""] * 1_000_001))
    return stream({"inputs": words})


def deeply_nested() -> bytes:
    array = pa.array([1.0])
    for _ in range(40):
        array = pa.FixedSizeListArray.from_arrays(array, 1)
    return stream({"inputs": array})


def many_batches() -> bytes:
    table = pa.table({"inputs": pa.chunked_array([pa.array([1.0])] * 1100)})
    return stream_of(table.replace_schema_metadata({"nanwatch": json.dumps(FIELDS)}))


def huge_lists_of_nothing() -> bytes:
    """Lists of 2**30 numbers in a stream that holds none of them."""
    body = stream({"inputs": column(np.zeros((3, 77)))})
    return body.replace((77).to_bytes(4, "little"), (1 << 30).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("build", "status", "field", "message"),
    [
        pytest.param(lambda: bomb("lz4"), 413, "body", "64", id="lz4 bomb"),
        pytest.param(lambda: bomb("zstd"), 413, "body", "64", id="zstd bomb"),
        pytest.param(declared_too_large, 413, "body", "EiB|TiB", id="4 EiB declared"),
        pytest.param(longer_than_its_buffers, 400, "body", "Arrow stream", id="short buffers"),
        pytest.param(texts_beyond_their_buffer, 400, "body", "Arrow stream", id="text offsets"),
        pytest.param(index_beyond_the_dictionary, 400, "inputs|body", "", id="dictionary index"),
        pytest.param(a_long_text_in_every_row, 413, "inputs", "64", id="repeated text"),
        pytest.param(many_words, 413, "inputs", "1,000,000", id="many words"),
        pytest.param(deeply_nested, 413, "inputs", "more than 8 axes", id="deep"),
        pytest.param(many_batches, 413, "body", "1,000", id="many batches"),
        pytest.param(huge_lists_of_nothing, 400, "body", "Arrow stream", id="huge lists"),
        pytest.param(
            lambda: stream({"inputs": pa.array([[1.0], [1.0, 2.0]])}), 422, "inputs", "such as 1 and 2", id="ragged"
        ),
        pytest.param(lambda: b"ARROW1\0\0" + bytes(64), 400, "body", "pyarrow.ipc.new_stream", id="file"),
        pytest.param(lambda: stream({"inputs": pa.array([{"a": 1}])}), 422, "inputs", "struct", id="struct"),
        pytest.param(lambda: stream({"inputs": pa.array([], pa.float64())}), 422, "inputs", "no rows", id="no rows"),
        pytest.param(lambda: stream(dict.fromkeys(["inputs", "x"], pa.array([1.0]))), 422, "body", "'x'", id="unknown"),
        pytest.param(lambda: stream({"outputs": pa.array([1.0])}), 422, "inputs", "missing", id="outputs only"),
        pytest.param(
            lambda: stream({f"inputs.{n}": pa.array([1.0]) for n in range(2001)}), 413, "body", "2000", id="many"
        ),
        pytest.param(
            lambda: stream_of(pa.Table.from_arrays([pa.array([1.0])] * 2, ["inputs", "inputs"])),
            422,
            "body",
            "same name",
            id="twice",
        ),
        pytest.param(lambda: stream({"inputs": pa.array([1.0])}, fields=None), 422, "X-NaNWatch-Batch", "", id="bare"),
        pytest.param(lambda: stream({"inputs": pa.array([1.0])})[:-8], 400, "body", "end marker", id="cut off"),
        pytest.param(lambda: b"\xff\xff\xff\xff\0\0\0\0", 400, "body", "Arrow stream", id="nothing"),
        pytest.param(lambda: b"x" * 1_000_000 + b"\xff\xff\xff\xff\0\0\0\0", 400, "body", "Arrow", id="garbage"),
    ],
)
def test_hostile_streams(alice: ApiClient, build: Callable[[], bytes], status: int, field: str, message: str) -> None:
    answer = post(alice, build())

    (error,) = answer.json()["errors"]
    assert error["field"] in field.split("|")
    assert any(part in refused(answer, status, error["field"]) for part in message.split("|"))


def test_bad_utf8_is_refused() -> None:
    body = stream({"inputs": pa.array(["abcd"])}).replace(b"abcd", b"ab\xff\xfe")

    with pytest.raises(Refusal, match=r"UTF-8|text"):
        decode_arrow_body(body, None)


def test_columns_as_tensors_know_what_was_missing() -> None:
    sent = np.array([[Sent.MISSING, Sent.VALUE]], np.uint8)
    tensor = Tensor("inputs", np.array([[np.nan, np.nan]]), sent)

    found = decoded({"inputs": column_of(tensor)})

    assert np.isnan(found["inputs"].values).all()
    assert found["inputs"].missing().tolist() == [[True, False]]


AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "values", "sent"),
    [
        (pa.nulls(2), [math.nan] * 2, [Sent.MISSING] * 2),
        (pa.array([Decimal("1.5"), None]), [1.5, math.nan], [Sent.VALUE, Sent.MISSING]),
        (pa.array([7.0, None, 7.0]).dictionary_encode(), [7, math.nan, 7], [0, 1, 0]),
        (pa.array([AT]), ["2026-01-02 03:04:05.000000Z"], None),
        (pa.array([AT.date(), None]), ["2026-01-02", ""], [Sent.VALUE, Sent.MISSING]),
        (pa.array(["x"], pa.string_view()), ["x"], None),
        (pa.array([[1.0, None], [2.0, 3.0]]), [[1, math.nan], [2, 3]], [[0, 1], [0, 0]]),
        (pa.array([[[1], [2]]], pa.large_list(pa.list_(pa.int64()))), [[[1], [2]]], None),
        (pa.array([b"\x89P\0", b"text", None]), ["iVAA", "text", ""], [Sent.BYTES, Sent.VALUE, Sent.MISSING]),
        (pa.array([[b"\x89P\0"]], pa.list_(pa.large_binary(), 1)), [["iVAA"]], [[Sent.BYTES]]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_columns_as_frames_have_them(cells: Any, values: Any, sent: Any) -> None:
    tensor = decoded({"inputs": cells})["inputs"]

    np.testing.assert_array_equal(tensor.values, np.array(values))
    assert (None if tensor.sent is None else tensor.sent.tolist()) == sent
