"""Judges the hours that changed: what can be counted at once, the shape when an hour is over, faults from its sample.

The arithmetic runs outside of any transaction. Only one judge of a version gets its verdict written: the number of the
judgement is taken by a conditional UPDATE, so that the alarms' memory never counts an hour twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from ingest.models import Batch, BatchState, ModelVersion
from monitoring.drift_hours.findings import drift_findings
from monitoring.drift_hours.hours import sample_of
from monitoring.drift_hours.lasting_faults import begun_before, going_on
from monitoring.drift_hours.normals import Normal, normals_of
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.drift_hours.version_before import Predecessor
from monitoring.incidents import record
from monitoring.models import HOUR, DriftProfile, DriftSample, DriftWindow, NewNormal
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.judgement import alarms_by_feature, features_of, named_faults, needs_whole_hour
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Tensors

GRACE = timedelta(minutes=10)  # for rows that are posted late; later ones are counted, and not in the shape's score
SETTLED = timedelta(seconds=20)  # without a new row, where a backlog of an old hour comes in

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
    """What is to be written: the hour's verdict, and the normals with what they remember after it."""

    document: dict[str, Any]
    normals: Sequence[Normal]


def _judge(version_id: int, key: int) -> bool:
    window = DriftWindow.objects.select_related("version__model").filter(pk=key).first()
    reference, judge = stored_profile(version_id), DriftProfile.objects.filter(version_id=version_id).first()
    if window is None or reference is None or judge is None:
        return False
    closes = window.closed_at is None and _is_over(window)
    if not closes and window.judged_revision == window.revision:
        return False
    normals = normals_of(version_id, reference.profile, judge.alarms)
    verdict = _verdict(window, normals, closes=closes)
    features = FeatureList.of(reference.profile, window.version.named_metadata)
    findings = drift_findings(verdict.document, features)
    with transaction.atomic():
        turn = DriftProfile.objects.filter(pk=judge.pk, judgements=judge.judgements)
        if not turn.update(judgements=F("judgements") + 1, alarms=verdict.normals[0].memory):
            return False  # another judge was faster, or a person changed what is normal
        for normal in verdict.normals:
            if normal.key is not None:
                NewNormal.objects.filter(pk=normal.key).update(alarms=normal.memory)
        record(window, findings)
        window.verdict = verdict.document
        for earlier in begun_before(window):
            record(earlier, drift_findings(earlier.verdict, features))
            earlier.score = drift_score(earlier)
            earlier.save(update_fields=["verdict", "score"])
        written = DriftWindow.objects.filter(pk=key)
        written.update(judged_revision=window.revision, verdict=verdict.document, score=drift_score(window))
        if closes:
            written.update(closed_at=Now())
            DriftSample.objects.filter(version_id=version_id, hour=window.hour).delete()
    return True


def drift_score(window: DriftWindow) -> float:
    """The evidence that a judged hour left the reference, as a share of what alarms: 1 or more where it does."""
    shape = window.verdict.get("shape") or {"evidence": 0.0}
    return max(float(shape["evidence"]), float(window.alarm))


def _is_over(window: DriftWindow) -> bool:
    """Whether the hour has passed and nothing that was posted for it, or for an hour before, still waits."""
    now, end = timezone.now(), window.hour + HOUR
    if now < end + GRACE or now < window.changed_at + SETTLED:
        return False
    waiting = Batch.objects.filter(version_id=window.version_id, state=BatchState.PENDING, observed_at__lt=end)
    return not waiting.exists()


def _verdict(window: DriftWindow, normals: Sequence[Normal], *, closes: bool) -> _Verdict:
    """Of an hour that was closed before, its shape and faults stand: rows that came since are in the counts only."""
    counts = Window.from_bytes(bytes(window.payload))
    alarms = [alarm for normal in normals for alarm in normal.integrity(counts)]
    shape = window.verdict.get("shape")
    if closes and _in_order(window):
        judged = [normal.shape(counts, alarms, window.hour, seed=window.version_id) for normal in normals]
        normals = [normal for normal, _, _ in judged]
        alarms += [alarm for _, found, _ in judged for alarm in found]
        shape = judged[0][2]
    elif not closes:
        alarms += [alarm for alarm in window.verdict.get("alarms", []) if needs_whole_hour(alarm)]
    quiet = normals[0].features - alarms_by_feature(alarms).keys()
    before = None if window.before_payload is None else Predecessor.of(window.version_id)
    since_before = [] if before is None else before.alarms(window, quiet, closes=closes)
    alarms += since_before
    rows = sample_of(window.version_id, window.hour) if alarms or closes else None
    if rows is None or not rows.rows:
        faults = window.verdict.get("faults", [])
    else:
        faults = _faults(window.version, normals, rows, alarms)
        faults += [] if before is None else before.faults(rows, window.version, since_before)
        faults = going_on(window, faults)
    return _Verdict({"alarms": alarms, "faults": faults, "shape": shape}, normals)


def _in_order(window: DriftWindow) -> bool:
    """Scores are ranked in the order of time; an hour that turns up after later ones is left out of them."""
    later = DriftWindow.objects.filter(version_id=window.version_id, hour__gt=window.hour, closed_at__isnull=False)
    return not later.exists()


def _faults(
    version: ModelVersion, normals: Sequence[Normal], rows: Tensors, alarms: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What was done to the data since training. Of what a person accepted, only where it alarms again."""
    watched = normals[0].features | alarms_by_feature(alarms).keys()
    named = named_faults(normals[0].profile, rows, version.named_metadata, alarms)
    return [fault for fault in named if not watched.isdisjoint(features_of(fault))]
