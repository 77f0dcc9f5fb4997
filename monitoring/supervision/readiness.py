"""Whether the web answers."""

import asyncio
import http.client
import time
from collections.abc import Callable
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

FIRST_POLL, LONGEST_POLL = 0.1, 2.0  # seconds
REMIND_SECONDS = 30.0


def problem_of(url: str) -> str:
    """Why the service at `url` is not ready, in its own words; "" when it is."""
    try:
        with urlopen(f"{url}/health/ready", timeout=5):  # noqa: S310 - an http URL of our own
            return ""
    except HTTPError as error:
        return f"{error.code}: {error.read(500).decode(errors='replace')}"
    except (URLError, http.client.HTTPException, OSError) as error:
        return str(error)


async def ready(url: str, remind: Callable[[str], None]) -> None:
    """Returns once the service is ready; calls `remind` with the problem when that takes long."""
    pause, reminded = FIRST_POLL, time.monotonic()
    while problem := await asyncio.to_thread(problem_of, url):
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, LONGEST_POLL)
        if time.monotonic() - reminded > REMIND_SECONDS:
            remind(problem)
            reminded = time.monotonic()
