"""A client of the public API, made of the standard library and nothing of the service's own code."""

import json
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


class ApiError(Exception):
    """The service did not take a request; the text says why, in the service's own words."""


class Api:
    """Calls under `url`/api/v1 with a bearer key."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url.rstrip("/"), key

    def alive(self) -> bool:
        """Whether the service answers at all."""
        try:
            with urlopen(f"{self._url}/health/live", timeout=5) as response:  # noqa: S310 - our own service
                return bool(response.status == HTTPStatus.OK)
        except (URLError, TimeoutError, ConnectionError):
            return False

    def model_names(self) -> set[str]:
        """The names of all registered models."""
        names, url = set(), f"{self._url}/api/v1/models"
        while url:
            page = self._call(Request(url))  # noqa: S310 - our own service
            names |= {model["name"] for model in page["results"]}
            url = page["next"]
        return names

    def register(self, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> None:
        """Registers a model version; `files` maps a field to a file name and its content."""
        body, content_type = multipart(fields, files)
        self._post("models", body, content_type)

    def send_samples(self, batch: Mapping[str, Any]) -> None:
        """Posts a batch as serving code does: non-finite numbers are the bare tokens of json.dumps."""
        self._post("samples", json.dumps(batch).encode(), "application/json")

    def _post(self, path: str, body: bytes, content_type: str) -> None:
        request = Request(  # noqa: S310 - our own service
            f"{self._url}/api/v1/{path}", data=body, headers={"Content-Type": content_type}
        )
        self._call(request)

    def _call(self, request: Request) -> Any:
        request.add_header("Authorization", f"Bearer {self._key}")
        try:
            with urlopen(request, timeout=60) as response:  # noqa: S310 - our own service
                return json.load(response)
        except HTTPError as error:
            answer = error.read(2000).decode(errors="replace")
            raise ApiError(f"{request.get_method()} {request.selector} answered {error.code}: {answer}") from error
        except (URLError, TimeoutError, ConnectionError) as error:
            raise ApiError(f"{request.get_method()} {request.selector} got no answer: {error}") from error


def multipart(fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """A multipart/form-data body (RFC 7578) and its content type."""
    boundary = secrets.token_hex(16)
    parts = [(f'name="{name}"', "text/plain; charset=utf-8", value.encode()) for name, value in fields.items()]
    parts += [
        (f'name="{name}"; filename="{file_name}"', "application/octet-stream", content)
        for name, (file_name, content) in files.items()
    ]
    body = b""
    for disposition, kind, content in parts:
        head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {kind}\r\n\r\n"
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
