"""How long hours are kept. They are small, and never merged: a day is the sum of its hours when it is read."""

from datetime import timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from monitoring.models import DriftWindow, Incident, IncidentHit, IncidentState

WINDOWS_A_DELETE = 200


def delete_old_windows() -> int:
    """Deletes hours older than the retention with their hits; returns how many.

    The newest hour of an open incident stays, as the newest batch of one does.
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
