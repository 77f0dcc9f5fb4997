"""Batches that were given up, waiting once more: at a person's word, or because what replays them has changed."""

from django.db.models import QuerySet

from ingest.models import Batch, BatchState
from monitoring.queue import claims
from monitoring.queue.software import replay_software

GIVEN_UP = (BatchState.QUARANTINED, BatchState.FAILED)


def given_up(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Those in quarantine or failed whose rows are kept. None of their rows were counted, so none count twice."""
    return batches.filter(state__in=GIVEN_UP, payload__isnull=False)


def requeue(batches: QuerySet[Batch]) -> int:
    """Lets those of `batches` that were given up wait as if they had just come; returns how many."""
    waiting = given_up(batches)
    versions = set(waiting.values_list("version_id", flat=True))
    count = waiting.update(
        state=BatchState.PENDING,
        attempts=0,
        interruptions=0,
        claim="",
        claimed_until=None,
        replayed_at=None,
        failure="",
        quarantined_by="",
    )
    for version in versions:
        claims.hint(version)
    return count


def requeue_after_upgrade() -> int:
    """Those in quarantine that other software could not replay; returns how many."""
    others = Batch.objects.filter(state=BatchState.QUARANTINED).exclude(quarantined_by=replay_software())
    return requeue(others)
