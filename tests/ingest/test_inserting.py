"""A batch is stored by a statement of the service's own, column by column as Django would have stored it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from ingest.batches.store import insert
from ingest.models import Batch, BatchState, ModelVersion
from tests.conftest import ApiClient

FULL = {
    "payload": bytes(range(256)) * 40,
    "unanswered": True,
    "payload_bytes": 2**31 - 1,
    "row_ids": ["plain", "Zürich 🦆", 'a "quote" \\ and a \n'],
    "environment": {"tensorflow": "2.21.0", "onednn": True, "deep": {"list": [1, 2.5, None]}},
    "counts": {"predictions": 10**12, "since": "2026-01-02T03:04:05+00:00"},
    "observed_at": datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "state": BatchState.QUARANTINED,
    "attempts": 3,
    "interruptions": 2,
    "quarantined_by": "nantrace 0.1.0",
    "claim": "token",
    "claimed_until": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    "replayed_at": datetime(2026, 1, 2, tzinfo=UTC),
    "failure": "it hangs: «größer als erlaubt»",
}
BARE = {"payload": None, "counts": None, "observed_at": timezone.now()}


def columns(batch: Batch) -> dict[str, Any]:
    """The raw values of the row, without those that no two batches share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ingest_batch WHERE id = %s", [batch.pk])
        names = [str(column[0]) for column in cursor.description]
        (row,) = cursor.fetchall()
    values = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    return {name: value for name, value in zip(names, values, strict=True) if name not in ("id", "received_at")}


@pytest.mark.parametrize("given", [FULL, BARE])
def test_every_column_is_as_django_stores_it(alice: ApiClient, churn: ModelVersion, given: dict[str, Any]) -> None:
    fields = {
        "project": alice.project,
        "version": churn,
        "rows": 3,
        "nonfinite_rows": 1,
        "body_sha256": "0" * 64,
        **given,
    }
    saved, inserted = Batch(**fields), Batch(**fields)

    saved.save(force_insert=True)
    insert(inserted)

    assert columns(inserted) == columns(saved)
    found = Batch.objects.get(pk=inserted.pk)
    assert abs(found.received_at - timezone.now()) < timedelta(minutes=5)
