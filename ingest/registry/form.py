"""The form that registers a model: how much of it may be written to disk, and its fields."""

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from ingest.api.bodies import check_length, require_length
from ingest.formats.json.documents import decode_json_object
from ingest.limits import MAX_FILE_BYTES, MAX_FORM_BYTES
from ingest.registry.registration import Registration, Upload
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Refusal, UnusableFile

_TEXTS, _FILES = ("name", "version", "metadata"), ("artifact", "reference")
if TYPE_CHECKING:
    Files = MultiValueDict[str, UploadedFile[Any]]  # generic to type checkers alone


def bound_form(request: HttpRequest) -> None:
    """Must be called before the form is read; raises Refusal where it is too long or does not say how long it is."""
    require_length(request)
    check_length(request, "artifact", MAX_FORM_BYTES, "a model of this size is not taken")
    request.upload_handlers = [
        _QuotaUploadHandler(request),
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]


def registration_of(form: QueryDict, files: "Files") -> Registration:
    """The form's fields; raises Refusal naming the field that is missing, unknown or given twice."""
    for name in [*form, *files]:
        _check_field(name, len(form.getlist(name)) + len(files.getlist(name)))
    if "artifact" not in files:
        raise UnusableFile("artifact", "is missing; send the model file as a file of this name")
    metadata = form.get("metadata") or "{}"
    return Registration(
        name=form.get("name") or "",
        version=form.get("version") or "",
        artifact=_upload(files, "artifact"),
        reference=_upload(files, "reference") if "reference" in files else None,
        metadata=decode_json_object(metadata.encode(errors="surrogatepass"), "metadata"),
    )


def _check_field(name: str, times: int) -> None:
    if name not in (*_TEXTS, *_FILES):
        known = ", ".join((*_TEXTS, *_FILES))
        raise Refusal(name[:100], f"is not a field of a registration; the fields are {known}")
    if times > 1:
        raise Refusal(name, "is given twice")


def _upload(files: "Files", name: str) -> Upload:
    (file,) = files.getlist(name)
    return Upload(file, file.name or "")


class _QuotaUploadHandler(FileUploadHandler):
    """Stops the upload of a file as soon as it is too long; runs before the handlers that keep the file."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_FILE_BYTES:
            limit = readable_bytes(MAX_FILE_BYTES)
            raise UnusableFile(str(self.field_name)[:100], f"takes more than {limit}, which is the limit")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers have the file."""
