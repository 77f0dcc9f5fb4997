"""The programs of the documentation, in the real servers, with a real model."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.client.recording_server import Recording
from tests.client.serving import post, server, snippet
from tests.operations.tutorial import save_tutorial_model

pytestmark = pytest.mark.tensorflow
UVICORN = ("uvicorn", "app:app", "--host=127.0.0.1", "--port=PORT", "--log-level=warning")
GUNICORN = ("gunicorn", "--workers=1", "--threads=4", "--bind=127.0.0.1:PORT", "app:app")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    save_tutorial_model(path)
    return path


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    (tmp_path / "model.keras").symlink_to(model)
    return tmp_path


def check_environment(environment: dict[str, object]) -> None:
    assert str(environment["tensorflow"]).startswith("2.")
    assert str(environment["keras"]).startswith("3.")
    assert (environment["device"], environment["precision"]) == ("CPU", "float32")
    assert isinstance(environment["onednn"], bool)


def test_fastapi(service: Recording, folder: Path) -> None:
    (folder / "app.py").write_text(snippet("fastapi.md"))
    with server(folder, service.url, *UVICORN) as url:
        good, text = post(f"{url}/predict", json.dumps({"rows": [[1, 2, 3]]}), X_Request_ID="req-good")
        bad, _ = post(f"{url}/predict", json.dumps({"rows": [[1, 2, None], [4, 5, 6]]}), X_Request_ID="req-bad")

    assert (good, bad) == (200, 500)
    assert len(json.loads(text)["answers"]) == 1
    (batch,) = service.batches  # sent when uvicorn ended
    assert batch.ids == ["req-bad/0"]
    np.testing.assert_array_equal(batch.arrays["inputs"], np.array([[1, 2, np.nan]], np.float32))
    assert np.isnan(batch.arrays["outputs"]).all()
    assert (service.counted("predictions"), service.counted("nonfinite")) == (3, 1)
    assert batch.fields["environment"]["rows_answered_5xx"] == 1
    check_environment(batch.fields["environment"])


def test_vertex_ai_container_with_flask(service: Recording, folder: Path) -> None:
    (folder / "app.py").write_text(snippet("vertex-ai-container.md"))
    routes = {"AIP_PREDICT_ROUTE": "/v1/predict", "GCE_METADATA_HOST": "127.0.0.1:9"}
    with server(folder, service.url, *GUNICORN, **routes) as url:
        good, _ = post(f"{url}/v1/predict", json.dumps({"instances": [[1, 2, 3]]}), traceparent="00-abc-01")
        bad, text = post(f"{url}/v1/predict", json.dumps({"instances": [[1, 2, None]]}), traceparent="00-def-01")

    assert (good, bad) == (200, 200)
    assert "NaN" in text
    (batch,) = service.batches
    assert batch.ids == ["00-def-01"]
    assert (service.counted("predictions"), service.counted("nonfinite")) == (2, 1)
    check_environment(batch.fields["environment"])
