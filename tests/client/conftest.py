"""A service that records, and a client that is new for every test."""

from collections.abc import Callable, Iterator
from typing import Any

import nanwatch_client
import pytest
from nanwatch_client import client as client_module
from nanwatch_client import sender

from tests.client.recording_server import KEY, Recording, recording_server

Start = Callable[..., None]


@pytest.fixture
def service() -> Iterator[Recording]:
    with recording_server() as recording:
        yield recording


@pytest.fixture
def start(service: Recording) -> Iterator[Start]:
    """Starts a client of the service: `init` with other arguments."""

    def init(**arguments: Any) -> None:
        nanwatch_client.init(**{"url": service.url, "api_key": KEY, "sample_rate": 1.0, **arguments})

    yield init
    client = client_module.current_client()
    if client is not None:
        client.close()
    client_module._client = None


@pytest.fixture(autouse=True)
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait as long as production does."""
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.05)
