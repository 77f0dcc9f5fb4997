"""Judges the hours that changed: what can be counted at once, the shape when an hour is over, faults from its sample.

The arithmetic runs outside of any transaction. Only one judge of a version gets its verdict written: the number of the
judgement is taken by a conditional UPDATE, so that the alarms' memory never counts an hour twice.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from ingest.models import Batch, BatchState, ModelVersion
from monitoring.drift_hours.findings import drift_findings
from monitoring.drift_hours.hours import sample_of
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.incidents import record
from monitoring.models import DriftProfile, DriftSample, DriftWindow
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.judgement import integrity_alarms, named_faults, needs_whole_hour, shape_alarms
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window

GRACE = timedelta(minutes=10)  # for rows that are posted late; later ones are counted, and not in the shape's score
SETTLED = timedelta(seconds=20)  # without a new row, where a backlog of an old hour comes in
HOUR = timedelta(hours=1)

logger = logging.getLogger(__name__)


def judge_changed() -> int:
    """Judges every hour that changed or is over; returns how many verdicts were written."""
    versions = list(_waiting().order_by().values_list("version_id", flat=True).distinct())
    return sum(_judge_version(version_id) for version_id in versions)


def _waiting() -> QuerySet[DriftWindow]:
    return DriftWindow.objects.filter(Q(judged_revision__lt=F("revision")) | Q(closed_at__isnull=True))


def _judge_version(version_id: int) -> int:
    """A fault of ours in one version must not stop the others, nor go unseen."""
    judged = 0
    try:
        for key in list(_waiting().filter(version_id=version_id).order_by("hour").values_list("pk", flat=True)):
            judged += _judge(version_id, key)
    except Exception:
        logger.exception("the hours of version %d were not judged", version_id)
    return judged


@dataclass(frozen=True)
class _Verdict:
    """What is to be written: the hour's verdict, and the alarms' memory after it."""

    document: dict[str, Any]
    memory: dict[str, Any]


def _judge(version_id: int, key: int) -> bool:
    window = DriftWindow.objects.select_related("version__model").filter(pk=key).first()
    reference, judge = stored_profile(version_id), DriftProfile.objects.filter(version_id=version_id).first()
    if window is None or reference is None or judge is None:
        return False
    closes = window.closed_at is None and _is_over(window)
    if not closes and window.judged_revision == window.revision:
        return False
    verdict = _verdict(window, reference.profile, judge.alarms, closes=closes)
    findings = drift_findings(verdict.document, FeatureList.of(reference.profile, window.version.named_metadata))
    with transaction.atomic():
        turn = DriftProfile.objects.filter(pk=judge.pk, judgements=judge.judgements)
        if not turn.update(judgements=F("judgements") + 1, alarms=verdict.memory):
            return False  # another judge was faster
        record(window, findings)
        written = DriftWindow.objects.filter(pk=key)
        written.update(judged_revision=window.revision, verdict=verdict.document)
        if closes:
            written.update(closed_at=Now())
            DriftSample.objects.filter(version_id=version_id, hour=window.hour).delete()
    return True


def _is_over(window: DriftWindow) -> bool:
    """Whether the hour has passed and nothing that was posted for it, or for an hour before, still waits."""
    now, end = timezone.now(), window.hour + HOUR
    if now < end + GRACE or now < window.changed_at + SETTLED:
        return False
    waiting = Batch.objects.filter(version_id=window.version_id, state=BatchState.PENDING, observed_at__lt=end)
    return not waiting.exists()


def _verdict(window: DriftWindow, profile: Profile, memory: dict[str, Any], *, closes: bool) -> _Verdict:
    """Of an hour that was closed before, its shape and faults stand: rows that came since are in the counts only."""
    counts = Window.from_bytes(bytes(window.payload))
    alarms = integrity_alarms(profile, counts)
    shape = window.verdict.get("shape")
    if closes and _in_order(window):
        memory, found, shape = shape_alarms(
            memory,
            profile,
            counts,
            hour_of_week=_hour_of_week(window.hour),
            seed=window.version_id,
            known=alarms,
        )
        alarms += found
    elif not closes:
        alarms += [alarm for alarm in window.verdict.get("alarms", []) if needs_whole_hour(alarm)]
    return _Verdict(
        {"alarms": alarms, "faults": _faults(window, profile, alarms, closes=closes), "shape": shape}, memory
    )


def _in_order(window: DriftWindow) -> bool:
    """Scores are ranked in the order of time; an hour that turns up after later ones is left out of them."""
    later = DriftWindow.objects.filter(version_id=window.version_id, hour__gt=window.hour, closed_at__isnull=False)
    return not later.exists()


def _hour_of_week(hour: datetime) -> int:
    return hour.weekday() * 24 + hour.hour


def _faults(
    window: DriftWindow, profile: Profile, alarms: list[dict[str, Any]], *, closes: bool
) -> list[dict[str, Any]]:
    rows = sample_of(window.version_id, window.hour) if alarms or closes else None
    if rows is None or not rows.rows:
        faults: list[dict[str, Any]] = window.verdict.get("faults", [])
        return faults
    version: ModelVersion = window.version
    return named_faults(profile, rows, version.named_metadata, alarms)
