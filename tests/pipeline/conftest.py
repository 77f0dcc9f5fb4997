"""Models in the registry, posted through the API; no worker runs, each test does a worker's turn itself."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from ingest.models import ModelVersion
from monitoring.versions import artifacts
from nantrace.replay.replayer import Replayer
from tests.conftest import ApiClient
from tests.replay.conftest import sandboxed
from tests.replay.models import build_models

Register = Callable[..., ModelVersion]
Post = Callable[..., str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.tensorflow)


@pytest.fixture(scope="package")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    saved = ("signatures", "answers_20_mb", "eats", "remembers")
    folder = build_models(tmp_path_factory.mktemp("models"), "mlp.keras", "nested.keras", "lambda.keras", *saved)
    for name in saved:
        shutil.make_archive(str(folder / name), "zip", folder / name)
    return folder


@pytest.fixture(scope="package", autouse=True)
def replayer() -> Iterator[Replayer]:
    """The replayer that the pipeline shares among the threads of a worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.NANWATCH_SANDBOX", sandboxed())
        artifacts.shared_replayer.cache_clear()
        started = artifacts.shared_replayer()
        yield started
    started.close()
    artifacts.shared_replayer.cache_clear()


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    """A storage of each test's own: rolled-back projects leave their numbers to the next test's."""
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "location": tmp_path / "storage"}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}


@pytest.fixture
def register(alice: ApiClient, model_files: Path) -> Register:
    """Posts a model file; its version, which nobody has looked at yet."""

    def post(file: str = "mlp.keras", **fields: Any) -> ModelVersion:
        artifact = SimpleUploadedFile(file, (model_files / file).read_bytes())
        answer = alice.post("/models", {"name": "tutorial", "version": "1", "artifact": artifact, **fields})
        assert answer.status_code == 201, answer.content
        return ModelVersion.objects.get(model__project=alice.project)

    return post


@pytest.fixture
def post(alice: ApiClient) -> Post:
    """Posts rows; the id of their batch."""

    def send(inputs: Any, **fields: Any) -> str:
        body = {"model": "tutorial", "version": "1", "inputs": inputs, **fields}
        answer = alice.post("/samples", json.dumps(body), content_type="application/json")
        assert answer.status_code == 202, answer.content
        return str(answer.json()["batch"])

    return send
