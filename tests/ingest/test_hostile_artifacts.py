"""Model files that are none, or that would do harm where they are unpacked."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from ingest.models import ModelVersion
from tests.conftest import ApiClient
from tests.ingest.conftest import keras_file
from tests.ingest.refusals import refused
from tests.ingest.registering import H5, files_of, member, register, tarred, zipped


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
