"""What SQLite's write-ahead log holds reaches the database file without a caller who waits for it."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from ingest.sqlite import EVERY_BYTES
from tests.conftest import ApiClient
from tests.operations.running import wait_until

FIELDS = json.dumps({"model": "churn", "version": "7"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("churn")
def test_the_log_is_copied_as_it_grows(alice: ApiClient) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL does so by itself")
    database = Path(connection.settings_dict["NAME"])
    file = io.BytesIO()
    np.savez(file, inputs=np.random.default_rng(0).normal(size=(1000, 256)))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint=0")  # no commit of ours does it
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = database.stat().st_mtime_ns  # its size may stay: other tests leave free pages behind

    for _ in range(EVERY_BYTES // len(file.getvalue()) + 2):
        headers = {"X-NaNWatch-Batch": FIELDS}
        assert alice.post("/samples", file.getvalue(), "application/x-npz", headers=headers).status_code == 202

    wait_until(lambda: database.stat().st_mtime_ns > before)
    connection.close()  # with its setting
