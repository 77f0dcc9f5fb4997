"""An npz may carry bytes that are no text as base64: numpy's own bytes lose what is NUL at the end."""

import io
import json
from base64 import b64encode
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.tensor import Sent
from tests.conftest import ApiClient

pytestmark = pytest.mark.usefixtures("churn")

IMAGE = b64encode(b"\x89PNG and a NUL at the end\0")


def post(client: ApiClient, named: Any, inputs: Any) -> Any:
    body = io.BytesIO()
    np.savez(body, inputs=inputs)
    header = json.dumps({"model": "churn", "version": "7", "base64": named})
    return client.post(
        "/samples", body.getvalue(), content_type="application/x-npz", headers={"X-NaNWatch-Batch": header}
    )


def test_it_works(alice: ApiClient) -> None:
    answer = post(alice, ["inputs"], np.array([[IMAGE], [b64encode("größer".encode())]]))

    assert answer.status_code == 202, answer.content
    tensor = unpack_tensors(bytes(Batch.objects.get().payload or b""))["inputs"].by_name["inputs"]
    assert tensor.values.tolist() == [[IMAGE.decode()], ["größer"]]
    assert tensor.sent is not None
    assert tensor.sent.tolist() == [[Sent.BYTES], [Sent.VALUE]]


@pytest.mark.parametrize(
    ("named", "inputs", "field"),
    [
        ("inputs", [[IMAGE]], "base64"),
        (["outputs"], [[IMAGE]], "base64"),
        ([1], [[IMAGE]], "base64"),
        (["inputs"], [[1.5]], "inputs"),
        (["inputs"], [["no base64"]], "inputs"),
    ],
)
def test_what_is_wrong_is_named(alice: ApiClient, named: Any, inputs: Any, field: str) -> None:
    answer = post(alice, named, inputs)

    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["field"] == field
