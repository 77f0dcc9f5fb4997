"""Who replays which batch. The rows of the database are the queue; messages of the broker are only hints.

A claim is a lease in database time, taken and ended by a conditional UPDATE, so that it holds between
threads, processes and machines, on SQLite as on PostgreSQL. A worker that dies lets its lease run out.
"""

import functools
import logging
import uuid
from datetime import timedelta

from celery import current_app
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from kombu.exceptions import ChannelError, OperationalError

from ingest.models import Batch, BatchState, ModelVersion
from monitoring.models import VersionProfile

MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=5)
POSTPONED_FOR = timedelta(seconds=60)
HINT_LIFETIME = timedelta(seconds=60)
CRASHED = (
    f"{MAX_ATTEMPTS} attempts to replay these rows ended without an answer: each time the worker was killed (out of "
    "memory, a restart) or failed in a way that its log tells. The rows are kept."
)

logger = logging.getLogger(__name__)


def hint(version_id: int) -> bool:
    """Tells the workers that a version has work; False when a message about it is under way already.

    Never raises for a broker that is away: the sweeper hints again.
    """
    if _under_way(version_id):  # a read first: an UPDATE would queue for SQLite's write lock
        return False
    unhinted = ModelVersion.objects.filter(_past("hinted_until"), pk=version_id)
    if not unhinted.update(hinted_until=Now() + HINT_LIFETIME):
        return False
    profiled = VersionProfile.objects.filter(version_id=version_id).exists()
    task = "monitoring.tasks.replay_version" if profiled else "monitoring.tasks.profile_version"
    try:
        current_app.send_task(task, args=[version_id], expires=HINT_LIFETIME.total_seconds())
    except (OperationalError, ChannelError, OSError) as error:
        logger.warning("the broker takes no messages (%s); the sweeper will hint version %s", error, version_id)
        hint_arrived(version_id)
        return False
    return True


def hint_arrived(version_id: int) -> None:
    """The message about a version reached a worker (or never left): the next batch may send another."""
    ModelVersion.objects.filter(pk=version_id).update(hinted_until=None)


def versions_waiting() -> list[int]:
    """Versions that have claimable batches or no profile yet, and no message under way."""
    batches = _claimable().filter(version=OuterRef("pk"))
    profile = VersionProfile.objects.filter(version=OuterRef("pk"))
    versions = ModelVersion.objects.filter(_past("hinted_until")).filter(Exists(batches) | ~Exists(profile))
    return list(versions.values_list("pk", flat=True).order_by("pk"))


def claim_next(version_id: int, lease: timedelta) -> Batch | None:
    """Claims the oldest claimable batch of a version for `lease`; None when there is none.

    The attempt is counted here, so that a worker that dies during it has made one.
    """
    quarantine_crashed(version_id)
    token = uuid.uuid4().hex
    oldest = _claimable().filter(version_id=version_id).order_by("received_at", "pk").values_list("pk", flat=True)
    while (candidate := oldest.first()) is not None:
        claimed = (
            _claimable()
            .filter(pk=candidate)
            .update(claim=token, claimed_until=Now() + lease, attempts=F("attempts") + 1)
        )
        if claimed:  # else another worker was faster: look for the next one
            return Batch.objects.select_related("version__model__project").get(pk=candidate)
    return None


def extend(batch: Batch, lease: timedelta) -> bool:
    """Renews the lease of a claim; False when another worker holds the batch by now."""
    return bool(_held(batch).update(claimed_until=Now() + lease))


def finish(batch: Batch, state: BatchState, *, keep_payload: bool, failure: str = "") -> bool:
    """Ends a claim with the batch's final state, inside the transaction that records its results.

    False when another worker holds or finished the batch: the caller rolls back, so that rows count once.
    """
    ended = {"state": state, "replayed_at": Now(), "claim": "", "claimed_until": None, "failure": failure}
    return bool(_held(batch).update(**ended if keep_payload else {**ended, "payload": None}))


def give_back(batch: Batch, reason: str) -> bool:
    """Ends a claim after a failed attempt; the third quarantines the batch. False when the claim was lost.

    The batch becomes claimable after a pause that grows with its attempts, so that one whose failure passes
    (memory, a restart) does not use them up at once.
    """
    held = _held(batch)
    if batch.attempts >= MAX_ATTEMPTS:
        return bool(held.update(state=BatchState.QUARANTINED, claim="", claimed_until=None, failure=reason))
    pause = Now() + RETRY_AFTER * batch.attempts
    return bool(held.update(claim="", claimed_until=pause, failure=reason))


def postpone(batch: Batch, reason: str) -> bool:
    """Ends a claim for a reason that is not the batch's own: no attempt is counted. False when the claim was lost."""
    pause = Now() + POSTPONED_FOR
    return bool(_held(batch).update(claim="", claimed_until=pause, attempts=F("attempts") - 1, failure=reason))


def quarantine_crashed(*version_ids: int) -> int:
    """Quarantines batches (of these versions, or of all) whose last allowed attempt never answered."""
    crashed = Batch.objects.filter(_past("claimed_until"), state=BatchState.PENDING, attempts__gte=MAX_ATTEMPTS)
    if version_ids:
        crashed = crashed.filter(version_id__in=version_ids)
    return crashed.update(state=BatchState.QUARANTINED, claim="", claimed_until=None, failure=CRASHED)


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


def _claimable() -> QuerySet[Batch]:
    return Batch.objects.filter(_past("claimed_until"), state=BatchState.PENDING, attempts__lt=MAX_ATTEMPTS)


def _held(batch: Batch) -> QuerySet[Batch]:
    return Batch.objects.filter(pk=batch.pk, state=BatchState.PENDING, claim=batch.claim).exclude(claim="")


def _past(field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": Now()})
