"""One post, and what its answer means for the batch."""

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from nanwatch_client.configuration import Configuration
from nanwatch_client.packing import Parcel
from nanwatch_client.version import VERSION

TIMEOUT = 10.0
LONGEST_WAIT = 3600.0
# nothing is wrong with the batch: the key, the way or the service may be better later
LATER = (301, 302, 303, 307, 308, 401, 403, 407, 408, 425, 429)


class Outcome(Enum):
    DELIVERED = "delivered"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True)
class Answer:
    """`retry_after` in seconds where the service asked for a pause; `reason` is for the log."""

    outcome: Outcome
    reason: str = ""
    retry_after: float | None = None


class _NoRedirects(HTTPRedirectHandler):
    """The key goes to the host that was named, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def opener() -> OpenerDirector:
    """Speaks HTTP as the environment says (HTTPS_PROXY, NO_PROXY), with the machine's certificates."""
    return build_opener(_NoRedirects)


def post(parcel: Parcel, configuration: Configuration, through: OpenerDirector, timeout: float = TIMEOUT) -> Answer:
    """Posts it once; never raises for what a network or a server can do."""
    headers = {
        **parcel.headers,
        "Authorization": f"Bearer {configuration.api_key}",
        "User-Agent": f"nanwatch-client/{VERSION}",
    }
    url = f"{configuration.url}/api/v1/samples"
    request = Request(url, parcel.body, headers, method="POST")  # noqa: S310 - `configured` checked the scheme
    try:
        with through.open(request, timeout=timeout) as response:
            response.read(10_000)
            return Answer(Outcome.DELIVERED)
    except HTTPError as error:
        return _refusal(error)
    except Exception as error:  # noqa: BLE001 - sockets, TLS and http.client have a hundred ways to fail
        return Answer(Outcome.LATER, f"the service cannot be reached: {type(error).__name__}")


def _refusal(error: HTTPError) -> Answer:
    with error:
        reason = f"the service answered {error.code}{_detail(error)}"
    if error.code >= 500 or error.code in LATER:
        return Answer(Outcome.LATER, reason, _retry_after(error.headers.get("Retry-After")))
    return Answer(Outcome.REFUSED, reason)


def _detail(error: HTTPError) -> str:
    """What the problem document says (RFC 9457)."""
    try:
        detail = json.loads(error.read(10_000)).get("detail", "")
    except Exception:  # noqa: BLE001 - a proxy's page, or a connection that broke
        return ""
    return f": {detail}"[:500] if isinstance(detail, str) and detail else ""


def _retry_after(value: str | None) -> float | None:
    """Seconds or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(timezone.utc)).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None  # noqa: PLR0124 - NaN is no pause
