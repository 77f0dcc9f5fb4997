"""How long batches and hours are kept. Incidents, their history and counts of predictions outlive them."""

from datetime import timedelta

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from ingest.models import Batch, BatchState
from monitoring.models import CloudAlert, DriftWindow, Incident, IncidentHit, IncidentState

BATCHES_A_DELETE = 200  # SQLite has one writer: accepting batches must not wait for a long delete
WINDOWS_A_DELETE = 200


def delete_old_evidence() -> int:
    """Deletes batches older than the retention with their hits; returns how many batches.

    Kept whatever their age: batches still to be replayed, and the newest hit of every open incident, so that
    a person can always look at one failing row and `verify` always has one to replay.
    """
    deleted = 0
    while doomed := list(_over()[:BATCHES_A_DELETE]):
        Batch.objects.filter(pk__in=doomed).only("pk").delete()  # not their payloads, to delete them
        deleted += len(doomed)
    return deleted


def _over() -> QuerySet[Batch, str]:
    by_batch = IncidentHit.objects.filter(incident=OuterRef("pk"), batch__isnull=False)
    newest = by_batch.order_by("-observed_at", "-pk")
    kept = Incident.objects.filter(state=IncidentState.OPEN, hits__batch__isnull=False).values(
        kept=Subquery(newest.values("batch")[:1])
    )
    return (
        Batch.objects.filter(received_at__lt=Now() - timedelta(days=settings.NANWATCH_RETENTION_DAYS))
        .exclude(state=BatchState.PENDING)
        .exclude(pk__in=kept)
        .order_by("received_at")
        .values_list("pk", flat=True)
    )


def delete_old_alerts() -> int:
    """Deletes what Google reported and has not reported again within the retention; returns how many alerts."""
    over = CloudAlert.objects.filter(updated_at__lt=Now() - timedelta(days=settings.NANWATCH_RETENTION_DAYS))
    return over.delete()[1].get("monitoring.CloudAlert", 0)


def delete_old_windows() -> int:
    """Deletes hours older than the retention with their hits; returns how many.

    The newest hour of an open incident stays, as the newest batch of one does. Hours are small, and never merged: a day
    is the sum of its hours when it is read.
    """
    newest = IncidentHit.objects.filter(incident=OuterRef("pk"), window__isnull=False).order_by("-observed_at", "-pk")
    still_open = Incident.objects.filter(state=IncidentState.OPEN, hits__window__isnull=False)
    kept = still_open.values(kept=Subquery(newest.values("window")[:1]))
    over = DriftWindow.objects.filter(hour__lt=Now() - timedelta(days=settings.NANWATCH_RETENTION_DAYS))
    deleted = 0
    while doomed := list(over.exclude(pk__in=kept).order_by("hour").values_list("pk", flat=True)[:WINDOWS_A_DELETE]):
        DriftWindow.objects.filter(pk__in=doomed).only("pk").delete()
        deleted += len(doomed)
    return deleted
