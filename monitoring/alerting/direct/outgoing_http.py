"""HTTP to an address that a user has given: its name is resolved once, checked, and connected to at that address.

Private, loopback and link-local addresses are refused, unless the operator allows them. Redirects are not followed, and
neither proxies nor passwords of this machine's environment are used. Of the answer only its status is read.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import NewConnectionError

from monitoring.alerting.direct import NotDelivered
from monitoring.alerting.direct.deadline import deadline

TIMEOUT = (5.0, 10.0)  # seconds to connect, and between two pieces of the answer
DEADLINE = 20.0  # seconds for all of it


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Raises NotDelivered: an answer other than 2xx, no answer, an address that is not allowed."""
    try:
        with (
            _session() as session,
            deadline(session, DEADLINE),
            session.post(url, data=body, headers=dict(headers), stream=True) as answer,
        ):
            status = answer.status_code
    except InvalidIPAddress:
        raise NotDelivered(
            "its address is private, which NANWATCH_ALERT_ADDRESSES=public does not allow (docs/operations.md)"
        ) from None
    except requests.ConnectTimeout:
        raise NotDelivered("no connection within 5 seconds") from None
    except requests.Timeout:
        raise NotDelivered("no answer within 10 seconds", may_have_arrived=True) from None
    except requests.exceptions.SSLError:
        raise NotDelivered("its TLS certificate is not valid") from None
    except (requests.RequestException, OSError, ValueError) as error:  # their texts quote the URL
        reason = f"it cannot be reached ({type(error).__name__})"
        raise NotDelivered(reason, may_have_arrived=not _never_connected(error)) from None
    if 300 <= status < 400:
        raise NotDelivered(f"it answered {status}, and redirects are not followed: set the address it leads to")
    if not 200 <= status < 300:
        raise NotDelivered(f"it answered {status}")


def _never_connected(error: Exception) -> bool:
    """What broke off later may have been read."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(cause, NewConnectionError)


@contextmanager
def one_of_several(number: int) -> Iterator[None]:
    """For a message of several posts: where a later one is refused, those before it have arrived."""
    try:
        yield
    except NotDelivered as error:
        raise NotDelivered(str(error), may_have_arrived=error.may_have_arrived or number > 0) from None


def _session() -> HTTPSession:
    public_only = settings.NANWATCH_ALERT_ADDRESSES == "public"
    session = HTTPSession(
        Config(
            ip_filter_enable=public_only,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=TIMEOUT,
            user_agent_override="NaNWatch",
        )
    )
    session.trust_env = False
    return session


def origin(url: str) -> str:
    """`https://hooks.example.com`: what of an address is no secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"
