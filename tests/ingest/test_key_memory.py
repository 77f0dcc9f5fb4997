"""Keys are looked up at most every two seconds, and never later than that."""

import time

import pytest
from django.utils import timezone

from ingest.api import keys
from ingest.models import ApiKey
from tests.conftest import ApiClient


def status(client: ApiClient) -> int:
    """403 is a key that is known and lacks the scope, 401 one that is not."""
    answer: int = client.post("/samples", b"", content_type="text/plain").status_code
    return answer


def test_a_key_revoked_in_this_process_is_unknown_at_once(bob: ApiClient) -> None:
    assert status(bob) == 403

    for key in ApiKey.objects.all():
        key.revoked_at = timezone.now()
        key.save()

    assert status(bob) == 401


def test_a_key_revoked_elsewhere_is_unknown_soon(bob: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(bob) == 403
    ApiKey.objects.update(revoked_at=timezone.now())  # no signal, as from another process
    assert status(bob) == 403

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + keys.REVOKED_WITHIN)

    assert status(bob) == 401


def test_a_deleted_key(bob: ApiClient) -> None:
    assert status(bob) == 403

    ApiKey.objects.all().delete()

    assert status(bob) == 401
