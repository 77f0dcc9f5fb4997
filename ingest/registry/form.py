"""The multipart form of `POST /models`."""

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework.request import Request

from ingest.api.bodies import check_length, require_length
from ingest.formats.json.documents import decode_json_object
from ingest.limits import MAX_FORM_BYTES
from ingest.registry.registration import Registration, Upload
from ingest.registry.uploads import limit_uploads
from nantrace.tensors.refusals import Refusal, UnusableFile

_TEXTS, _FILES = ("name", "version", "metadata"), ("artifact", "reference")


def read_registration(request: Request) -> Registration:
    """The form's fields; raises Refusal naming the field that is missing, unknown or given twice."""
    require_length(request._request)
    check_length(request._request, "artifact", MAX_FORM_BYTES, "a model of this size is not taken")
    limit_uploads(request._request)
    form = cast("QueryDict", request.data)
    files = request.FILES
    for name in [*form, *files]:
        _check_field(name, len(form.getlist(name)))
    artifact = files.get("artifact")
    if artifact is None:
        raise UnusableFile("artifact", "is missing; send the model file as a file of this name")
    metadata = form.get("metadata") or "{}"
    return Registration(
        name=form.get("name") or "",
        version=form.get("version") or "",
        artifact=_upload(artifact),
        reference=_upload(files["reference"]) if "reference" in files else None,
        metadata=decode_json_object(metadata.encode(errors="surrogatepass"), "metadata"),
    )


def _check_field(name: str, times: int) -> None:
    if name not in (*_TEXTS, *_FILES):
        known = ", ".join((*_TEXTS, *_FILES))
        raise Refusal(name[:100], f"is not a field of a registration; the fields are {known}")
    if times > 1:
        raise Refusal(name, "is given twice")


def _upload(file: "UploadedFile[Any]") -> Upload:
    return Upload(file, file.name or "")
