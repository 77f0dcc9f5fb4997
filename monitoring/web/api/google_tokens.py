"""Tokens that Google signs for the pushes of Pub/Sub: whose they are, and for what they were made.

https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import APIException, AuthenticationFailed

if TYPE_CHECKING:
    from google.auth.transport.requests import Request

CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"
ISSUERS = ("accounts.google.com", "https://accounts.google.com")


class CertificatesAway(APIException):
    """Google's certificates cannot be had right now: Pub/Sub sends the message again."""

    status_code = 503
    default_detail = "The certificates of Google cannot be fetched, so that the token is not checked; send it again."


def verified_account(token: str, audience: str) -> str:
    """The service account that the token is of; raises AuthenticationFailed, or CertificatesAway.

    Signature, time and audience are checked by google-auth, the issuer here as in OpenID Connect Core 1.0, 3.1.3.7.
    """
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.oauth2 import id_token

    try:
        claims: Any = id_token.verify_token(token, _transport(), audience=audience, certs_url=CERTIFICATES)
    except TransportError as error:
        raise CertificatesAway from error
    except (GoogleAuthError, ValueError) as error:
        raise AuthenticationFailed("The token is not one that Google signed for this address.") from error
    if claims.get("iss") not in ISSUERS or claims.get("email_verified") is not True:
        raise AuthenticationFailed("The token is not of a verified service account.")
    return str(claims.get("email", ""))


@cache
def _transport() -> "Request":
    """Google's certificates change daily: they are kept as long as their answer says, and fetched from nowhere else."""
    import requests
    from cachecontrol import CacheControl
    from google.auth.transport.requests import Request

    return Request(session=CacheControl(requests.Session()))
