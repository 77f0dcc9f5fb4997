"""Settings of channels are stored encrypted, with a key derived from Django's secret key, which no table holds.

Fernet is AES-128 in CBC mode with HMAC-SHA256 (https://github.com/fernet/spec); the key comes from HKDF (RFC 5869).
"""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnreadableSettingsError(Exception):
    """They were encrypted under another secret key."""


def seal(plain: Mapping[str, str]) -> str:
    """As text for a column."""
    return _fernet().encrypt(json.dumps(dict(plain)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """What `seal` was given. Raises UnreadableSettingsError."""
    try:
        plain: dict[str, str] = json.loads(_fernet().decrypt(sealed.encode()))
    except InvalidToken:
        raise UnreadableSettingsError from None
    return plain


def _fernet() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"nanwatch alert channels").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
