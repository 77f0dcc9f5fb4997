"""The client and the real service: what one sends the other takes, counts and answers."""

import math
from base64 import b64decode
from typing import Any

import nanwatch_client
import numpy as np
import pandas as pd
import pytest
from pytest_django.live_server_helper import LiveServer

from ingest.models import ApiKey, Batch, Model, ModelVersion, Project, Scope
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.tensor import Sent
from tests.client.conftest import Start

IMAGE, EXAMPLE = b"\x89PNG\r\n\x1a\n", b"\x0a\x03could be a text, but for its end\0"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def churn(project: Project) -> ModelVersion:
    model = Model.objects.create(project=project, name="churn")
    return ModelVersion.objects.create(
        model=model, version="7", artifact_format="keras", artifact_path="churn", artifact_bytes=1
    )


@pytest.fixture
def connected(live_server: LiveServer, project: Project, start: Start) -> Start:
    _, secret = ApiKey.issue(project, "serving", [Scope.INGEST.value])

    def init(**arguments: object) -> None:
        start(url=live_server.url, api_key=secret, **arguments)

    return init


@pytest.mark.usefixtures("churn")
def test_it_works(connected: Start) -> None:
    connected(sample_rate=0)
    for number in range(300):
        row = {"age": 41.0, "kind": "größer", "wide": np.full(30, math.nan if number % 3 == 0 else 1.0, np.float32)}
        nanwatch_client.log(row, [0.5], model="churn", version="7", id=f"req-{number}")

    assert nanwatch_client.flush(60)
    batch = Batch.objects.get()
    assert (batch.rows, batch.nonfinite_rows) == (100, 100)
    assert batch.counts is not None
    assert {name: batch.counts[name] for name in ("predictions", "nonfinite", "dropped")} == {
        "predictions": 300,
        "nonfinite": 100,
        "dropped": 0,
    }
    assert set(batch.row_ids) == {f"req-{number}" for number in range(0, 300, 3)}
    assert batch.environment["numpy"] == np.__version__
    inputs = unpack_tensors(bytes(batch.payload or b""))["inputs"]
    assert {tensor.name: tensor.values.shape for tensor in inputs} == {"age": (100,), "kind": (100,), "wide": (100, 30)}


@pytest.mark.usefixtures("churn")
def test_counts_alone(connected: Start) -> None:
    connected(sample_rate=0)
    nanwatch_client.log([1.0], 0.5, model="churn", version="7")

    assert nanwatch_client.flush(60)
    batch = Batch.objects.get()
    assert batch.counts is not None
    assert (batch.rows, batch.counts["predictions"]) == (0, 1)


def test_a_model_that_is_not_registered(connected: Start, caplog: pytest.LogCaptureFixture) -> None:
    connected()
    nanwatch_client.log([1.0], 0.5, model="churn", version="7")

    assert not nanwatch_client.flush(60)
    assert not Batch.objects.exists()
    assert "'churn' is not registered in this project; register it with POST /api/v1/models" in caplog.text


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    "cells", [[IMAGE, b"a text"], [EXAMPLE] * 2, np.array([IMAGE] * 2, object), pd.Series([EXAMPLE] * 2)]
)
def test_bytes_that_are_no_text_arrive_as_they_are(connected: Start, cells: Any) -> None:
    connected()
    for one in cells:
        nanwatch_client.log({"image": one, "cost": math.nan}, 0.5, model="churn", version="7")
    nanwatch_client.log({"image": cells, "cost": [math.nan] * 2}, [[0.5]] * 2, model="churn", version="7")

    assert nanwatch_client.flush(60)
    assert [stored(batch) for batch in Batch.objects.order_by("received_at")] == [list(cells)] * 2


def stored(batch: Batch) -> list[bytes]:
    image = unpack_tensors(bytes(batch.payload or b""))["inputs"].by_name["image"]
    codes = np.zeros(2) if image.sent is None else image.sent.ravel()
    cells = zip(image.values.ravel().tolist(), codes.tolist(), strict=True)
    return [b64decode(text) if code == Sent.BYTES else text.encode() for text, code in cells]
