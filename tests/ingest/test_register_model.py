"""`POST /models`: what is registered, and what is refused."""

import io
import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from ingest.models import Model, ModelVersion
from ingest.signals import version_registered
from monitoring.versions.artifacts import materialise, materialise_reference
from tests.conftest import ApiClient
from tests.ingest.conftest import keras_file
from tests.ingest.refusals import refused
from tests.ingest.registering import H5, files_of, member, register, tarred, zipped


def reference(content: bytes, name: str = "reference.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


SAVED_MODEL = {"m/saved_model.pb": b"pb", "m/variables/variables.index": b"index", "m/assets/": b""}


def test_it_works(alice: ApiClient) -> None:
    metadata = {
        "features": ["age", "income"],
        "preprocessing": {"scaler": {"kind": "standard", "mean": [1, 2.5], "scale": [0.5, 1]}},
        "environment": {"tensorflow": "2.16.1"},
        "description": "who leaves",
    }
    rows = reference(b"age,income\n1,2\n3,\n")

    answer = register(alice, metadata=json.dumps(metadata), reference=rows)

    assert answer.status_code == 201, answer.content
    assert answer.json()["audit"] == {"state": "pending", "findings": []}
    version = ModelVersion.objects.get()
    assert (version.model.name, version.version, version.model.project) == ("churn", "7", alice.project)
    assert version.metadata == metadata
    assert version.artifact_format == "keras"


def test_what_is_stored_comes_back(alice: ApiClient, tmp_path: Path) -> None:
    register(alice, reference=reference(b"a\n1\n"))
    version = ModelVersion.objects.get()

    assert materialise(version, tmp_path).read_bytes() == keras_file()
    assert materialise_reference(version, tmp_path).name == "reference.csv"


@pytest.mark.parametrize(
    ("artifact", "kind", "files"),
    [
        (H5, "h5", {"model.h5"}),
        (zipped(SAVED_MODEL), "savedmodel.zip", {"saved_model.pb", "variables/variables.index"}),
        (zipped({"saved_model.pb": b"pb"}), "savedmodel.zip", {"saved_model.pb"}),
        (
            tarred(member("./m", tarfile.DIRTYPE), member("./m/saved_model.pb"), member("./m/variables/x")),
            "savedmodel.tar.gz",
            {"saved_model.pb", "variables/x"},
        ),
    ],
    ids=["h5", "folder in zip", "zip", "tar.gz"],
)
def test_formats(alice: ApiClient, artifact: bytes, kind: str, files: set[str], tmp_path: Path) -> None:
    assert register(alice, artifact).status_code == 201
    version = ModelVersion.objects.get()

    made = materialise(version, tmp_path)

    assert version.artifact_format == kind
    folder = made if made.is_dir() else made.parent
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == files


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "a/b"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "."}, "name"),
        ({"version": "1 2"}, "version"),
        ({"version": "1\n"}, "version"),
        ({"artifact": "text"}, "artifact"),
        ({"owner": "me"}, "owner"),
        ({"name": ["a", "b"]}, "name"),
        ({"metadata": '{"features": [1]}'}, "metadata.features"),
        ({"metadata": '{"features": {"a": ["x", "x"]}}'}, "metadata.features.a"),
        ({"metadata": '{"colour": 1}'}, "metadata.colour"),
        (
            {"metadata": '{"preprocessing": {"scaler": {"kind": 1}}}'},
            "metadata.preprocessing.scaler.kind",
        ),
        (
            {"metadata": '{"preprocessing": {"scaler": {"kind": "standard", "mean": [NaN], "scale": [1]}}}'},
            "metadata.preprocessing.scaler.mean",
        ),
        (
            {"metadata": '{"preprocessing": {"scaler": {"kind": "minmax", "min": [1], "max": [1, 2]}}}'},
            "metadata.preprocessing.scaler.max",
        ),
        ({"metadata": '{"description": 1}'}, "metadata.description"),
        ({"metadata": '{"environment": {"a": "\\u0000"}}'}, "metadata.environment.a"),
        ({"reference": reference(b"garbage", "r.npz")}, "reference"),
        ({"reference": reference(b"garbage", "r.parquet")}, "reference"),
        ({"reference": reference(b"a,b\n1\n", "r.csv")}, "reference"),
        ({"reference": reference(b"", "r.csv")}, "reference"),
        ({"reference": reference(b"a\n1\n", "r.xlsx")}, "reference"),
    ],
)
def test_wrong_fields(alice: ApiClient, fields: dict[str, Any], field: str) -> None:
    refused(register(alice, **fields), 422, field)

    assert not Model.objects.exists()
    assert files_of(alice.project.pk) == []


def test_a_reference_that_would_be_unpickled_is_refused_by_its_array(alice: ApiClient) -> None:
    packed = io.BytesIO()
    np.savez(packed, age=np.array([None]))

    message = refused(register(alice, reference=reference(packed.getvalue(), "r.npz")), 422, "reference")

    assert "'age'" in message
    assert "Python objects" in message


def test_metadata_that_is_no_json(alice: ApiClient) -> None:
    refused(register(alice, metadata="{"), 400, "metadata")


def test_the_same_again_is_the_same_version(alice: ApiClient) -> None:
    first = register(alice, metadata='{"description": "a"}')

    again = register(alice)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(files_of(alice.project.pk)) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"artifact": SimpleUploadedFile("m", H5)}, "artifact"),
        ({"reference": reference(b"a\n2\n")}, "reference"),
        ({"metadata": '{"description": "b"}'}, "metadata"),
    ],
)
def test_a_taken_name_is_a_conflict(alice: ApiClient, fields: dict[str, Any], field: str) -> None:
    register(alice, reference=reference(b"a\n1\n"), metadata='{"description": "a"}')

    assert "another version" in refused(register(alice, **fields), 409, field)

    assert ModelVersion.objects.get().artifact_format == "keras"


@pytest.mark.django_db(transaction=True)
def test_workers_hear_of_a_version_after_its_commit(alice: ApiClient) -> None:
    heard: list[tuple[int, bool]] = []

    def receiver(version_id: int, **_: Any) -> None:
        heard.append((version_id, connection.in_atomic_block))

    version_registered.connect(receiver)
    try:
        register(alice)
        register(alice)
    finally:
        version_registered.disconnect(receiver)

    assert heard == [(ModelVersion.objects.get().pk, False)]


@pytest.mark.django_db(transaction=True)
def test_racing_registrations_make_one_version(alice: ApiClient) -> None:
    start = Barrier(4)

    def one(_: int) -> int:
        start.wait()
        try:
            status: int = register(alice).status_code
            return status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(one, range(4)))

    assert statuses == [200, 200, 200, 201]
    assert [version.artifact_path for version in ModelVersion.objects.all()] == [
        f"{alice.project.pk}/artifacts/{name}" for name in files_of(alice.project.pk)
    ]


def test_strangers_have_names_of_their_own(alice: ApiClient, charlie: ApiClient) -> None:
    assert register(alice).status_code == 201

    assert register(charlie, H5).status_code == 201


def test_a_key_that_only_reads_registers_nothing(bob: ApiClient) -> None:
    assert register(bob).status_code == 403
    assert not Model.objects.exists()


def test_a_form_without_a_length_is_refused(alice: ApiClient) -> None:
    answer = alice.post("/models", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="")

    refused(answer, 411, "Content-Length")
