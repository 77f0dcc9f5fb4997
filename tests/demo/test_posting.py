"""The demo fills a running service through the public API, once."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pytest_django.live_server_helper import LiveServer

from ingest.models import ApiKey, Batch, Model, ModelVersion, Project, Scope
from monitoring.demo.__main__ import MODELS, fill, main, post_model
from monitoring.demo.api import Api, ApiError
from nantrace.tensors.framing import unpack_tensors

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def project(transactional_db: None) -> Project:  # noqa: ARG001 - the live server sees committed rows only
    return Project.objects.create(name="demo")


@pytest.fixture
def api(live_server: LiveServer, project: Project) -> Api:
    _, secret = ApiKey.issue(project, "demo", list(Scope.values))
    return Api(live_server.url, secret)


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A folder as the trainer leaves it, with a model file that nobody will load."""
    for version, hours in [("1", [3.5, 2.5]), ("2", [0.5])]:
        folder = tmp_path / "thermometer" / version
        folder.mkdir(parents=True)
        (folder / "model.keras").write_bytes(_keras_file(version))
        np.savez(folder / "reference.npz", inputs=np.ones((4, 2), "float32"))
        (folder / "metadata.json").write_text(json.dumps({"features": ["indoors", "outdoors"]}))
        batches = [
            {
                "hours_ago": hours_ago,
                "inputs": [[20.0, float("nan")], [21.0, 5.0]],
                "outputs": [[float("inf")], [1.0]],
                "ids": ["a", "b"],
                "environment": {"device": "CPU"},
            }
            for hours_ago in hours
        ]
        (folder / "batches.json").write_text(json.dumps(batches))
    return tmp_path / "thermometer"


def test_versions_are_registered_and_their_day_is_posted(api: Api, trained: Path) -> None:
    assert post_model(api, trained, NOW) == 6

    first, second = ModelVersion.objects.order_by("version")
    assert (first.model.name, first.version, second.version) == ("thermometer", "1", "2")
    assert first.metadata["features"] == ["indoors", "outdoors"]
    assert first.reference_path
    observed = [batch.observed_at for batch in Batch.objects.filter(version=first).order_by("observed_at")]
    assert observed == [NOW - timedelta(hours=3.5), NOW - timedelta(hours=2.5)]
    batch = Batch.objects.get(version=second)
    assert (batch.rows, batch.row_ids, batch.environment) == (2, ["a", "b"], {"device": "CPU"})
    assert batch.payload is not None
    groups = unpack_tensors(batch.payload)
    np.testing.assert_array_equal(groups["inputs"].by_name["inputs"].values, [[20, np.nan], [21, 5]])
    np.testing.assert_array_equal(groups["outputs"].by_name["outputs"].values, [[np.inf], [1]])


def test_models_that_are_there_are_left_alone(api: Api, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for name in MODELS:
        Model.objects.create(project=project, name=name)

    fill(api)

    assert "here already" in capsys.readouterr().out
    assert not ModelVersion.objects.exists()


def test_names_are_read_from_every_page(api: Api, project: Project) -> None:
    names = {f"model-{number}" for number in range(250)}
    Model.objects.bulk_create(Model(project=project, name=name) for name in names)

    assert api.model_names() == names


def test_a_refusal_is_told_in_the_words_of_the_service(api: Api) -> None:
    with pytest.raises(ApiError, match=r"POST /api/v1/samples answered 4\d\d.*no-such-model"):
        api.send_samples({"model": "no-such-model", "version": "1", "inputs": [[1.0]]})


def test_a_wrong_key_ends_it_with_one_line(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NANWATCH_DEMO_URL", live_server.url)
    monkeypatch.setenv("NANWATCH_DEMO_KEY", "nw_wrong")

    assert main() == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "answered 401" in line
    assert "nw_wrong" not in line


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("NANWATCH_DEMO_URL", raising=False)

    assert main() == 2
    assert "NANWATCH_DEMO_URL is not set" in capsys.readouterr().out


def _keras_file(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps({"module": "keras", "class_name": content}))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
    return file.getvalue()
