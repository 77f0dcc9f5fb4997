"""Whether the web answers."""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

FIRST_POLL, LONGEST_POLL = 0.1, 2.0  # seconds
REMIND_SECONDS = 30.0
REQUEST = b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n"


async def ready(url: str, remind: Callable[[str], None]) -> None:
    """Returns once the service at `url` is ready; calls `remind` with the problem when that takes long."""
    pause, reminded = FIRST_POLL, time.monotonic()
    while problem := await _problem(url):
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, LONGEST_POLL)
        if time.monotonic() - reminded > REMIND_SECONDS:
            remind(problem)
            reminded = time.monotonic()


async def _problem(url: str) -> str:
    """Why the service is not ready, in its own words; "" when it is. No thread: Ctrl-C must not wait for it."""
    at = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
    except OSError as error:
        return str(error)
    try:
        writer.write(REQUEST)
        answer = (await reader.read()).decode(errors="replace")
    except OSError as error:
        return str(error)
    finally:
        writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    status = head.partition("\r\n")[0]
    return "" if " 200 " in status else f"{status}: {body}"
