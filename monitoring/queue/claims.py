"""Who replays which batch. The rows of the database are the queue; messages of the broker are only hints.

Claims are leases (`leases.py`). A version is profiled before its first batch of rows is claimed: loading and auditing a
model may take minutes, which no batch has to spend of its attempts.
"""

import functools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from ingest.models import Batch, BatchState, ModelVersion
from monitoring.models import VersionProfile
from monitoring.queue.hints import HINT_LIFETIME, send_hint
from monitoring.queue.leases import Lease, LeaseColumns, past, repeated
from monitoring.queue.software import replay_software

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
MAX_INTERRUPTIONS = 10
"""A worker that dies is hardly ever the doing of the rows it held: models run in processes of their own. A batch that
outlives so many workers one after the other is set aside all the same, so that it stops no other's."""
RETRY_AFTER = timedelta(seconds=5)
POSTPONED_FOR = timedelta(seconds=60)
CRASHED = (
    f"{MAX_INTERRUPTIONS} workers in a row died with these rows in hand (out of memory, a restart); their logs say "
    "more. The rows are kept: requeue them once the workers are well."
)
COLUMNS = LeaseColumns(holder="claim", until="claimed_until")


def hint(version_id: int) -> bool:
    """Sends the workers a message that a version has work; False when one is under way already."""
    if _under_way(version_id):  # a read first: an UPDATE would queue for SQLite's write lock
        return False
    profiled = VersionProfile.objects.filter(version_id=version_id).exists()
    task = "replay_version" if profiled else "profile_version"
    return send_hint(_version(version_id), f"monitoring.tasks.{task}", version_id)


def hint_arrived(version_id: int) -> None:
    """The message about a version reached a worker: the next batch may send another."""
    _version(version_id).update(hinted_until=None)


@contextmanager
def hint_kept(version_id: int) -> Iterator[None]:
    """Nobody else hints the version while the block runs, however long; where its worker dies, the hint runs out."""

    def keep() -> None:
        _version(version_id).update(hinted_until=Now() + HINT_LIFETIME)

    keep()
    with repeated(keep):
        yield


def versions_waiting() -> list[int]:
    """Versions that have claimable batches or no profile yet, and no message under way."""
    batches = _claimable().filter(version=OuterRef("pk"))
    profile = VersionProfile.objects.filter(version=OuterRef("pk"))
    versions = ModelVersion.objects.filter(past("hinted_until")).filter(Exists(batches) | ~Exists(profile))
    return list(versions.values_list("pk", flat=True).order_by("pk"))


def claim_next(version_id: int, length: timedelta = LEASE) -> Batch | None:
    """Claims the oldest claimable batch of a version for `length`; None when there is none.

    The claim counts as interrupted until it ends, since a worker that dies cannot count it. Of a version without a
    profile only counts are claimed, which need no model.
    """
    quarantine_crashed(version_id)
    token = uuid.uuid4().hex
    oldest = _claimable().filter(version_id=version_id).order_by("received_at", "pk").values_list("pk", flat=True)
    while (candidate := oldest.first()) is not None:
        lease = Lease(_pending().filter(pk=candidate), COLUMNS, token)
        if lease.take(length, Q(interruptions__lt=MAX_INTERRUPTIONS), interruptions=F("interruptions") + 1):
            return Batch.objects.select_related("version__model__project").get(pk=candidate)
        # else another worker was faster: look for the next one
    return None


def lease_of(batch: Batch) -> Lease[Batch]:
    """The lease that `claim_next` took."""
    return Lease(_pending().filter(pk=batch.pk), COLUMNS, batch.claim)


@contextmanager
def held(batch: Batch) -> Iterator[None]:
    """Keeps the claim alive until the block ends, however long the model takes."""
    lease = lease_of(batch)
    with repeated(lambda: lease.renew(LEASE)):
        yield


def finish(batch: Batch, state: BatchState, *, keep_payload: bool, failure: str = "") -> bool:
    """Ends a claim with the batch's final state, inside the transaction that records its results.

    False when another worker holds or finished the batch: the caller rolls back, so that rows count once.
    """
    dropped = {} if keep_payload else {"payload": None}
    return lease_of(batch).end(state=state, replayed_at=Now(), failure=failure, interruptions=0, **dropped)


def give_back(batch: Batch, reason: str) -> bool:
    """Ends a claim after an attempt that failed by itself; the third quarantines the batch. False when it was lost.

    The batch becomes claimable after a pause that grows with its attempts, so that one whose failure passes does not
    use them up at once.
    """
    attempts = batch.attempts + 1
    ended = {"attempts": attempts, "interruptions": 0, "failure": reason}
    if attempts >= MAX_ATTEMPTS:
        return lease_of(batch).end(state=BatchState.QUARANTINED, quarantined_by=replay_software(), **ended)
    return lease_of(batch).end(claimed_until=Now() + RETRY_AFTER * attempts, **ended)


def postpone(batch: Batch, reason: str) -> bool:
    """Ends a claim for a reason that is not the batch's own: no attempt is counted. False when the claim was lost."""
    return lease_of(batch).end(claimed_until=Now() + POSTPONED_FOR, interruptions=0, failure=reason)


def say_why_waiting(version_id: int, reason: str) -> None:
    """Writes into the batches that wait for their version's profile why it has none yet."""
    _pending().filter(version_id=version_id, rows__gt=0).exclude(failure=reason).update(failure=reason)


def quarantine_crashed(*version_ids: int) -> int:
    """Quarantines batches (of these versions, or of all) with which one worker after the other died."""
    crashed = _pending().filter(past("claimed_until"), interruptions__gte=MAX_INTERRUPTIONS)
    if version_ids:
        crashed = crashed.filter(version_id__in=version_ids)
    by = replay_software()
    return crashed.update(
        state=BatchState.QUARANTINED, claim="", claimed_until=None, failure=CRASHED, quarantined_by=by
    )


def _under_way(version_id: int) -> bool:
    """Whether a message about the version is; asked after every batch, so its SQL is made once."""
    with connection.cursor() as cursor:
        cursor.execute(_under_way_sql(connection.vendor), [version_id])
        return cursor.fetchone() is not None


@functools.cache
def _under_way_sql(vendor: str) -> str:  # noqa: ARG001 - databases name their own time differently
    hinted = ModelVersion.objects.filter(hinted_until__gt=Now(), pk=0).values("pk")
    sql: str = hinted.query.sql_with_params()[0]
    return sql


def _version(version_id: int) -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(pk=version_id)


def _pending() -> QuerySet[Batch]:
    return Batch.objects.filter(state=BatchState.PENDING)


def _claimable() -> QuerySet[Batch]:
    ready = Q(rows=0) | Q(version__profile__isnull=False)
    return _pending().filter(ready, past("claimed_until"), interruptions__lt=MAX_INTERRUPTIONS)
