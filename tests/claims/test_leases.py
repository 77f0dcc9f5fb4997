"""A batch is claimed by one worker at a time, finished once, and comes back when its worker dies."""

import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from ingest.models import Batch, BatchState, ModelVersion
from monitoring.models import AuditState, VersionProfile
from monitoring.queue import claims
from tests.claims.conftest import Wait
from tests.incidents.builders import make_batch
from tests.subprocesses import environment

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, NO_TIME = timedelta(minutes=1), timedelta(0)


def claim(version: ModelVersion, lease: timedelta = MINUTE) -> Batch:
    batch = claims.claim_next(version.pk, lease)
    assert batch is not None
    return batch


def let_pauses_pass() -> None:
    Batch.objects.filter(state=BatchState.PENDING).update(claimed_until=None)


def test_the_oldest_batch_is_claimed_first_and_only_once(profiled: ModelVersion, waiting: Wait) -> None:
    older, newer = waiting(), waiting()
    assert [claim(profiled).pk, claim(profiled).pk] == [older.pk, newer.pk]
    assert claims.claim_next(profiled.pk, MINUTE) is None


def test_other_versions_batches_are_left_alone(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    assert claims.claim_next(profiled.pk + 1, MINUTE) is None


def test_rows_wait_until_their_version_is_profiled(version: ModelVersion, waiting: Wait) -> None:
    batch = waiting()
    assert claims.claim_next(version.pk) is None
    VersionProfile.objects.create(version=version, audit_state=AuditState.PASSED)
    assert (claim(version).pk, claims.claim_next(version.pk)) == (batch.pk, None)


def test_counts_need_no_profile(version: ModelVersion, waiting: Wait) -> None:
    waiting()
    counts = make_batch(version, state=BatchState.PENDING, rows=0, nonfinite_rows=0, payload=None)
    assert (claim(version).pk, claims.claim_next(version.pk)) == (counts.pk, None)


def test_no_batch_goes_to_two_of_many_threads(profiled: ModelVersion, waiting: Wait) -> None:
    batches = [waiting() for _ in range(24)]
    taken: Counter[str] = Counter()
    start = threading.Barrier(6)

    def work() -> None:
        connection.ensure_connection()
        start.wait()
        try:
            while (batch := claims.claim_next(profiled.pk, MINUTE)) is not None:
                taken[batch.pk] += 1
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(start.parties)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert taken == Counter(batch.pk for batch in batches)


def test_a_batch_finished_by_another_worker_counts_once(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    slow = claim(profiled, NO_TIME)
    quick = claim(profiled)
    assert slow.pk == quick.pk
    assert not claims.finish(slow, BatchState.REPLAYED, keep_payload=False)
    assert claims.finish(quick, BatchState.REPLAYED, keep_payload=False)
    assert not claims.finish(quick, BatchState.REPLAYED, keep_payload=False)


def test_a_lease_that_ran_out_unnoticed_still_finishes(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    assert claims.finish(claim(profiled, NO_TIME), BatchState.REPLAYED, keep_payload=True)


@pytest.mark.parametrize("kept", [True, False])
def test_healthy_rows_are_dropped_and_failing_ones_kept(profiled: ModelVersion, waiting: Wait, kept: bool) -> None:
    batch = waiting()
    claims.finish(claim(profiled), BatchState.REPLAYED, keep_payload=kept)
    batch.refresh_from_db()
    assert (batch.state, batch.claim, batch.claimed_until) == (BatchState.REPLAYED, "", None)
    assert batch.replayed_at is not None
    assert (batch.payload is not None) == kept


def test_a_renewed_lease_holds(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    batch = claim(profiled, NO_TIME)
    assert claims.lease_of(batch).renew(MINUTE)
    assert claims.claim_next(profiled.pk, MINUTE) is None


def test_a_lost_lease_cannot_be_renewed(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    slow = claim(profiled, NO_TIME)
    claim(profiled, MINUTE)
    assert not claims.lease_of(slow).renew(MINUTE)
    assert not claims.give_back(slow, "too late")


def test_a_failed_attempt_is_made_again_after_a_pause(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    claims.give_back(claim(profiled), "the replayer ran out of memory")
    assert claims.claim_next(profiled.pk, MINUTE) is None
    let_pauses_pass()
    assert claim(profiled).failure == "the replayer ran out of memory"


def test_the_third_failed_attempt_quarantines_visibly(profiled: ModelVersion, waiting: Wait) -> None:
    batch = waiting()
    for attempt in range(claims.MAX_ATTEMPTS):
        let_pauses_pass()
        assert claims.give_back(claim(profiled), f"failure {attempt + 1}")
    batch.refresh_from_db()
    assert (batch.state, batch.failure) == (BatchState.QUARANTINED, "failure 3")
    assert batch.payload is not None
    assert claims.claim_next(profiled.pk, MINUTE) is None


def test_workers_that_die_cost_no_attempt(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    for _ in range(claims.MAX_ATTEMPTS):
        claim(profiled, NO_TIME)
    held = claim(profiled)
    assert (held.attempts, held.interruptions) == (0, claims.MAX_ATTEMPTS + 1)
    assert claims.give_back(held, "the replayer ran out of memory")
    let_pauses_pass()
    again = claim(profiled)
    assert (again.attempts, again.interruptions) == (1, 1), "what ends is not in a row any more"


def test_ten_workers_that_die_in_a_row_quarantine_too(profiled: ModelVersion, waiting: Wait) -> None:
    batch = waiting()
    for _ in range(claims.MAX_INTERRUPTIONS):
        claim(profiled, NO_TIME)
    assert claims.claim_next(profiled.pk, MINUTE) is None
    batch.refresh_from_db()
    assert (batch.state, batch.failure) == (BatchState.QUARANTINED, claims.CRASHED)


def test_a_running_last_claim_is_not_quarantined(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    for lease in [NO_TIME] * (claims.MAX_INTERRUPTIONS - 1) + [MINUTE]:
        running = claim(profiled, lease)
    assert claims.quarantine_crashed() == 0
    assert claims.finish(running, BatchState.REPLAYED, keep_payload=False)


def test_what_is_not_its_own_fault_costs_no_attempt(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    for _ in range(claims.MAX_INTERRUPTIONS + 1):
        assert claims.postpone(claim(profiled), "the process that starts replays ended")
        let_pauses_pass()
    assert claim(profiled).attempts == 0


CLAIM_AND_DIE = """
import os, signal, sys
from datetime import timedelta
import django
django.setup()
from monitoring.queue import claims
print(claims.claim_next(int(sys.argv[1]), timedelta(seconds=1)).pk, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_workers_batch_comes_back_after_its_lease(profiled: ModelVersion, waiting: Wait) -> None:
    batch = waiting()
    died = subprocess.run(
        [sys.executable, "-c", CLAIM_AND_DIE, str(profiled.pk)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (died.stdout.strip(), died.returncode) == (batch.pk, -9), died.stderr
    again: Any = None
    while again is None:
        time.sleep(0.1)
        again = claims.claim_next(profiled.pk, MINUTE)
    assert (again.pk, again.attempts, again.interruptions) == (batch.pk, 0, 2)
