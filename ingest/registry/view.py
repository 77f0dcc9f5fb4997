"""`POST /models`: the multipart form, how much of it may be written to disk, and the answer."""

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, QueryDict
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.bodies import check_length, require_length
from ingest.api.keys import project_of
from ingest.api.openapi import TEXT, problems
from ingest.formats.json.documents import decode_json_object
from ingest.limits import MAX_FILE_BYTES, MAX_FORM_BYTES
from ingest.models import ModelVersion, Scope
from ingest.registry.register import register_model
from ingest.registry.registration import Registration, Upload
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Refusal, UnusableFile

_TEXTS, _FILES = ("name", "version", "metadata"), ("artifact", "reference")
_VERSION = {
    "type": "object",
    "properties": {
        "model": TEXT,
        "version": TEXT,
        "artifact": {"type": "object"},
        "metadata": {"type": "object"},
        "registered_at": {"type": "string", "format": "date-time"},
        "audit": {
            "type": "object",
            "properties": {"state": TEXT, "findings": {"type": "array", "items": {"type": "object"}}},
        },
    },
}
_FILE = {"type": "string", "format": "binary"}
_REGISTRATION = {
    "type": "object",
    "required": ["name", "version", "artifact"],
    "properties": {
        "name": TEXT,
        "version": TEXT,
        "artifact": {**_FILE, "description": ".keras, .h5, or a SavedModel as .zip or .tar.gz"},
        "reference": {**_FILE, "description": "Training inputs as .npz, .csv or .parquet"},
        "metadata": {**TEXT, "description": "JSON: features, preprocessing, environment, description"},
    },
}
_POST_MODELS: dict[str, Any] = {
    "tags": ["models"],
    "operation_id": "register_model",
    "request": {"multipart/form-data": _REGISTRATION},
    "responses": {
        201: OpenApiResponse(_VERSION, "Stored; a worker audits it."),
        200: OpenApiResponse(_VERSION, "The very same version was registered before."),
        **problems(
            s409="Name and version belong to another artifact.",
            s422="A field is wrong, the file is no model, or a limit is exceeded.",
        ),
    },
}


class RegisterModel(APIView):
    """Registers versions. The read API extends this view with `get`, and `represent` with what it knows."""

    required_scopes = {"POST": Scope.MODELS}
    parser_classes = (MultiPartParser,)

    @extend_schema(**_POST_MODELS)
    def post(self, request: Request) -> Response:
        """Stores a model file; a worker audits it afterwards."""
        version, is_new = register_model(project_of(request), read_registration(request))
        return Response(self.represent(version), status=201 if is_new else 200)

    def represent(self, version: ModelVersion) -> dict[str, Any]:
        """The version as the API shows it, before a worker has looked at it."""
        return {
            "model": version.model.name,
            "version": version.version,
            "artifact": {
                "format": version.artifact_format,
                "bytes": version.artifact_bytes,
                "sha256": version.artifact_sha256,
            },
            "metadata": version.metadata,
            "registered_at": version.created_at,
            "audit": {"state": "pending", "findings": []},
        }


def read_registration(request: Request) -> Registration:
    """The form's fields; raises Refusal naming the field that is missing, unknown or given twice."""
    require_length(request._request)
    check_length(request._request, "artifact", MAX_FORM_BYTES, "a model of this size is not taken")
    _limit_uploads(request._request)
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


def _limit_uploads(request: HttpRequest) -> None:
    """Must be called before the form is read."""
    request.upload_handlers = [
        _QuotaUploadHandler(request),
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]


class _QuotaUploadHandler(FileUploadHandler):
    """Stops the upload of a file as soon as it is too long; runs before the handlers that keep the file."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_FILE_BYTES:
            limit = readable_bytes(MAX_FILE_BYTES)
            raise UnusableFile(str(self.field_name)[:100], f"takes more than {limit}, which is the limit")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers have the file."""
