"""Limits what a multipart form may write to disk."""

from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest

from ingest.limits import MAX_FILE_BYTES
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import UnusableFile


class QuotaUploadHandler(FileUploadHandler):
    """Stops the upload of a file as soon as it is too long; runs before the handlers that keep the file."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_FILE_BYTES:
            limit = readable_bytes(MAX_FILE_BYTES)
            raise UnusableFile(str(self.field_name)[:100], f"takes more than {limit}, which is the limit")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers have the file."""


def limit_uploads(request: HttpRequest) -> None:
    """Must be called before the form is read."""
    request.upload_handlers = [
        QuotaUploadHandler(request),
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]
