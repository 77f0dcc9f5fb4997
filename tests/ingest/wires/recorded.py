"""What serving stacks send, from the `fixtures` of each wire, and what became of it."""

import json
from pathlib import Path
from typing import Any

from ingest.models import Batch
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.tensor import Tensors
from tests.conftest import ApiClient


def fixture(name: str) -> Path:
    """The file of `folder of the wire/name of the file`."""
    wire, _, file = name.partition("/")
    return Path(__file__).parent / wire / "fixtures" / file


def recorded(name: str) -> bytes:
    return fixture(name).read_bytes()


def headers_of(name: str) -> dict[str, str]:
    headers: dict[str, str] = json.loads(fixture(name).with_suffix(".headers.json").read_text())
    return headers


def post_event(
    client: ApiClient,
    name: str,
    changed: dict[str, str] | None = None,
    *,
    body: bytes | None = None,
    url: str = "",
) -> Any:
    """Posts a recorded CloudEvent, with changed headers or another body where given."""
    headers = headers_of(f"kserve/{name}") | (changed or {})
    kind = headers.pop("Content-Type")
    body = recorded(f"kserve/{name}") if body is None else body
    return client.post(f"/samples/kserve{url or '?version=7'}", body, content_type=kind, headers=headers)


def groups_of(batch: Batch) -> dict[str, Tensors]:
    return unpack_tensors(bytes(batch.payload or b""))
