"""From a registered version to its audit in the API and on its page."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ingest.models import ModelVersion
from monitoring.versions.profiling import profile_version
from tests.conftest import ApiClient

pytestmark = pytest.mark.tensorflow


def registered(client: ApiClient, models: Path, name: str, **files: bytes) -> Any:
    """The document of a version once a worker has profiled it."""
    posted = {key: SimpleUploadedFile(f"{key}.npz", content) for key, content in files.items()}
    artifact = SimpleUploadedFile("model.keras", (models / f"{name}.keras").read_bytes())
    assert client.post("/models", {"name": name, "version": "1", "artifact": artifact, **posted}).status_code == 201
    profile_version(ModelVersion.objects.get(model__name=name).pk)
    return client.get(f"/models/{name}/versions/1").json()


def test_findings_are_in_the_api_and_on_the_page(alice: ApiClient, models: Path, replayer: object) -> None:  # noqa: ARG001
    audit = registered(alice, models, "sick")["audit"]
    assert audit["state"] == "findings"
    assert {"weights_nonfinite", "softmax_of_one"} <= {one["code"] for one in audit["findings"]}
    assert all(set(one) == {"code", "severity", "layer", "message", "remedy"} for one in audit["findings"])
    member = User.objects.create_user("ada")
    alice.project.members.add(member)
    browser = Client()
    browser.force_login(member)
    page = browser.get("/models/sick/versions/1").content.decode()
    assert "it answers 1 whatever comes in" in page
    assert "severity-error" in page


def test_information_alone_passes(alice: ApiClient, models: Path, replayer: object) -> None:  # noqa: ARG001
    audit = registered(alice, models, "exponential")["audit"]
    assert audit["state"] == "passed"
    assert [one["severity"] for one in audit["findings"]] == ["info"]


def test_a_file_that_does_not_load_is_refused(alice: ApiClient, models: Path, tmp_path: Path, replayer: object) -> None:  # noqa: ARG001
    whole = (models / "mlp.keras").read_bytes()
    (tmp_path / "sawn.keras").write_bytes(whole.replace(b'"Sequential"', b'"Sequentiel"'))
    audit = registered(alice, tmp_path, "sawn")["audit"]
    assert audit["state"] == "refused"
    assert audit["findings"][0]["code"] == "model_refused"
