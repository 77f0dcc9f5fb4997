"""A new version and the one that served before it: the same inputs should arrive, whatever the model answers.

In its first day a version's rows are counted in the bins of the version before as well, and its inputs are judged
against the last hours of that version in which nothing alarmed. What a reference cannot show becomes visible so: a
mistake that came with the deployment, where the first rows of the new version are its reference. Outputs are shown
and not judged: another model may answer otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self

from ingest.models import ModelVersion
from monitoring.drift_hours.normals import Normal
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.models import DriftWindow, VersionBefore
from nantrace.drift.judgement import alarms_by_feature, features_of, named_faults
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey
from nantrace.tensors.tensor import Tensors

FIRST_DAY = timedelta(days=1)
QUIET_HOURS = 24  # of the version before: every hour of a day once
LOOKED_BACK = timedelta(days=14)
LEAST_ROWS = 100  # of these hours: as of a reference that waited for a day

Json = dict[str, Any]


@dataclass(frozen=True)
class Predecessor:
    """`reference` of the version before, and `profile`: the counts of its last quiet hours in the same bins."""

    stored: VersionBefore
    reference: Profile
    profile: Profile

    @classmethod
    def of(cls, version_id: int) -> Self | None:
        """None where there was no version before, or it had too few quiet hours."""
        stored = VersionBefore.objects.filter(version_id=version_id).select_related("before").first()
        known = None if stored is None else stored_profile(stored.before_id)
        if stored is None or known is None:
            return None
        quiet = Window.from_bytes(bytes(stored.payload))
        return cls(stored, known.profile, replace(known.profile, reference=quiet))

    def count(self, hour: datetime, inputs: Tensors, outputs: Tensors | None) -> Window | None:
        """Rows of the new version in these bins; None once its first day is over."""
        if not self.stored.since <= hour < self.stored.until:
            return None
        return self.profile.count(inputs, outputs)

    @cached_property
    def counted(self) -> Window:
        """All rows of the new version that were counted in these bins."""
        windows = DriftWindow.objects.filter(version_id=self.stored.version_id, before_payload__isnull=False)
        payloads = windows.values_list("before_payload", flat=True)
        return self.profile.total(Window.from_bytes(bytes(payload)) for payload in payloads if payload is not None)

    def alarms(self, window: DriftWindow, watched: frozenset[FeatureKey], *, closes: bool) -> list[Json]:
        """The alarms on `watched` features of the inputs, of an hour that was counted in these bins."""
        if window.before_payload is None:
            return []
        counts = Window.from_bytes(bytes(window.before_payload))
        inputs = frozenset(key for key in watched if key.side == "inputs")
        name = f"the last quiet hours of version {self.stored.before.version}"
        normal = Normal(self.profile, inputs, {}, name=name)  # no memory: a day is too short for ranks
        alarms = normal.integrity(counts)
        if closes:
            alarms += normal.shape(counts, alarms, window.hour, seed=window.version_id)[1]
        return [self._marked(alarm) for alarm in alarms]

    def faults(self, rows: Tensors, version: ModelVersion, alarms: Sequence[Json]) -> list[Json]:
        """What was done to the features of these alarms, as the reference of the version before shows it."""
        moved = alarms_by_feature(alarms).keys()
        named = named_faults(self.reference, rows, version.named_metadata, alarms) if moved else []
        return [self._marked(fault) for fault in named if not moved.isdisjoint(features_of(fault))]

    def _marked(self, document: Json) -> Json:
        return {**document, "version_before": self.stored.before.version}


def predecessor(version_id: int, hour: datetime) -> Predecessor | None:
    """What rows of this hour are counted against as well; the first row of a version decides who was before it."""
    if not VersionBefore.objects.filter(version_id=version_id).exists():
        if DriftWindow.objects.filter(version_id=version_id).exists():
            return None
        _appoint(version_id, hour)
    return Predecessor.of(version_id)


def _appoint(version_id: int, hour: datetime) -> None:
    """The version of the same model that served last."""
    siblings = ModelVersion.objects.filter(model__versions=version_id).exclude(pk=version_id)
    windows = DriftWindow.objects.filter(version__in=siblings, hour__lte=hour, hour__gte=hour - LOOKED_BACK)
    newest = windows.order_by("-hour").values_list("version_id", flat=True).first()
    known = None if newest is None else stored_profile(newest)
    if newest is None or known is None:
        return
    closed = windows.filter(version_id=newest, closed_at__isnull=False).order_by("-hour")
    quiet = [window.pk for window in closed.only("verdict") if not window.alarm][:QUIET_HOURS]
    payloads = DriftWindow.objects.filter(pk__in=quiet).values_list("payload", flat=True)
    counts = known.profile.total(Window.from_bytes(bytes(payload)) for payload in payloads)
    if counts.rows < LEAST_ROWS:
        return
    VersionBefore.objects.get_or_create(
        version_id=version_id,
        defaults={
            "before_id": newest,
            "since": hour,
            "until": hour + FIRST_DAY,
            "hours": len(quiet),
            "rows": counts.rows,
            "payload": counts.to_bytes(),
        },
    )
