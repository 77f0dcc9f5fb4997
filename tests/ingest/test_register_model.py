"""`POST /models`: what is registered, and what is refused."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from ingest.artifacts import materialise, materialise_reference
from ingest.models import Model, ModelVersion
from ingest.signals import version_registered
from tests.conftest import ApiClient
from tests.ingest.conftest import keras_file

H5 = b"\x89HDF\r\n\x1a\n" + bytes(100) + b"model_config" + bytes(100)


def register(client: ApiClient, artifact: bytes | None = None, /, **fields: Any) -> Any:
    form = {"name": "churn", "version": "7", "artifact": SimpleUploadedFile("m", artifact or keras_file())}
    return client.post("/models", form | fields)


def reference(content: bytes, name: str = "reference.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def files_of(project_id: int) -> list[str]:
    """What the storage keeps of a project."""
    found = []
    for kind in ("artifacts", "references"):
        folder = f"{project_id}/{kind}"
        if default_storage.exists(folder):
            found += default_storage.listdir(folder)[1]
    return found


def refused(answer: Any, status: int, field: str) -> str:
    assert answer.status_code == status, answer.content[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    message: str = error["message"]
    return message


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(*members: tarfile.TarInfo) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 3) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size if kind == tarfile.REGTYPE else 0, "/etc/passwd"
    return info


SAVED_MODEL = {"m/saved_model.pb": b"pb", "m/variables/variables.index": b"index", "m/assets/": b""}


def test_it_works(alice: ApiClient) -> None:
    metadata = {
        "features": ["age", "income"],
        "preprocessing": {"scaler": {"kind": "standard", "mean": [1, 2.5], "scale": [0.5, 1]}},
        "environment": {"tensorflow": "2.16.1"},
        "description": "who leaves",
    }
    heard: list[int] = []
    version_registered.connect(receiver := lambda version_id, **_: heard.append(version_id))
    try:
        answer = register(alice, metadata=json.dumps(metadata), reference=reference(b"age,income\n1,2\n3,\n"))
    finally:
        version_registered.disconnect(receiver)

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


def link_in_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("saved_model.pb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return packed.getvalue()


def huge_header_in_tar() -> bytes:
    """A pax header that says it is 1 GiB long: whoever believes it allocates that."""
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 2**30
    return gzip.compress(info.tobuf() + bytes(4096))


def huge_member_in_tar() -> bytes:
    info = tarfile.TarInfo("saved_model.pb")
    info.size = 2**40
    return gzip.compress(info.tobuf() + bytes(4096))


def backwards_tar() -> bytes:
    """A negative size leads the reader back to the same header, for ever."""
    info = tarfile.TarInfo("saved_model.pb")
    info.size = -1024
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(4096))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        pytest.param(lambda: b"garbage" * 1000, "no .keras, .h5 or packed", id="garbage"),
        pytest.param(lambda: H5[:50], "weights without a model", id="weights"),
        pytest.param(lambda: zipped({"readme": b""}), "without one saved_model.pb", id="another zip"),
        pytest.param(lambda: zipped({"config.json": b"{}"}), "without one saved_model.pb", id="half a model"),
        pytest.param(lambda: zipped({"a/b/saved_model.pb": b"x"}), "without one", id="too deep"),
        pytest.param(lambda: zipped({"../saved_model.pb": b"x"}), "unsafe name", id="zip leads out"),
        pytest.param(lambda: zipped({"/saved_model.pb": b"x"}), "unsafe name", id="zip absolute"),
        pytest.param(lambda: zipped({"a\\..\\saved_model.pb": b"x"}), "unsafe name", id="backslashes"),
        pytest.param(lambda: zipped({"saved_model.pb": b"", "a": b"", "a/b": b""}), "a folder", id="both"),
        pytest.param(link_in_zip, "link or a device", id="link in zip"),
        pytest.param(lambda: keras_file()[:-10], "end record", id="cut off"),
        pytest.param(lambda: tarred(member("../saved_model.pb")), "unsafe name", id="tar leads out"),
        pytest.param(lambda: tarred(member("/saved_model.pb")), "unsafe name", id="tar absolute"),
        pytest.param(lambda: tarred(member("a", tarfile.SYMTYPE)), "link, a device", id="symbolic link"),
        pytest.param(lambda: tarred(member("a", tarfile.LNKTYPE)), "link, a device", id="hard link"),
        pytest.param(lambda: tarred(member("a", tarfile.CHRTYPE)), "link, a device", id="device"),
        pytest.param(lambda: tarred(member("a"), member("a")), "twice", id="same name"),
        pytest.param(lambda: tarred(member("saved_model.pb"))[:-20], "no readable .tar.gz", id="cut off tar"),
        pytest.param(lambda: gzip.compress(b"x" * 5000), "no readable .tar.gz", id="gzip of no tar"),
        pytest.param(huge_header_in_tar, "more than 1 MiB", id="huge header"),
        pytest.param(huge_member_in_tar, "4 GiB", id="huge member"),
        pytest.param(backwards_tar, "", id="backwards"),
    ],
)
def test_files_that_are_no_models(alice: ApiClient, build: Callable[[], bytes], message: str) -> None:
    assert message in refused(register(alice, build()), 422, "artifact")

    assert not ModelVersion.objects.exists()
    assert files_of(alice.project.pk) == []


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
