"""What the hours around a batch showed, for the diagnosis of its rows."""

from datetime import timedelta

from ingest.models import Batch
from monitoring.drift_hours.hours import hour_of
from monitoring.models import DriftWindow, ProfileOrigin
from nantrace.diagnosis.recent_faults import KnownFault

AROUND = timedelta(hours=2)


def recent_faults(batch: Batch) -> list[KnownFault]:
    """The faults of the newest judged hour up to the batch's own, if it alarmed against uploaded training inputs.

    A reference from the version's own traffic says nothing about training, and so nothing to the diagnosis.
    """
    hour = hour_of(batch.observed_at)
    judged = DriftWindow.objects.filter(
        version_id=batch.version_id,
        version__drift_profile__origin=ProfileOrigin.UPLOADED,
        hour__lte=hour,
        hour__gte=hour - AROUND,
        judged_revision__gt=0,
    )
    newest = judged.defer("payload").order_by("-hour").first()
    if newest is None or not newest.alarm:
        return []
    return [KnownFault.from_json(fault) for fault in newest.verdict.get("faults", [])]
