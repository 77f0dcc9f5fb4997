"""What the features of a version are judged against: its reference, or hours that a person accepted as normal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from monitoring.models import NewNormal
from nantrace.drift.accepted_range import within_accepted
from nantrace.drift.alarms.integrity import IntegrityKind
from nantrace.drift.judgement import integrity_alarms, shape_alarms
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.feature import WHOLE_TENSOR, FeatureKey

Json = dict[str, Any]
OUTSIDE = IntegrityKind.OUT_OF_RANGE.value


@dataclass(frozen=True)
class Normal:
    """`features` are judged against `profile`, with a memory of their own.

    `key`: of the `NewNormal`, None for the reference. `name`: what its alarms say that they compared with, empty for
    the reference.
    """

    profile: Profile
    features: frozenset[FeatureKey]
    memory: Json
    key: int | None = None
    name: str = ""

    @classmethod
    def accepted(cls, stored: NewNormal, reference: Profile) -> Self:
        """In the bins of the reference, so that hours which were counted before are comparable."""
        counts = Window.from_bytes(bytes(stored.payload))
        features = frozenset(FeatureKey.from_json(one) for one in stored.features)
        name = f"the hours from {stored.since:%Y-%m-%d %H:%M} UTC on that were accepted as normal"
        return cls(replace(reference, reference=counts), features, stored.alarms, stored.pk, name)

    def without(self, features: Collection[FeatureKey]) -> Self:
        return replace(self, features=self.features.difference(features))

    def integrity(self, counts: Window) -> list[Json]:
        """The alarms of an hour that may still run, on the features of this normal."""
        alarms = integrity_alarms(self.profile, counts)
        usual = within_accepted(self.profile, counts) if self.name else set()
        return self._named([one for one in alarms if one["kind"] != OUTSIDE or FeatureKey.from_json(one) not in usual])

    def shape(
        self, counts: Window, known: Sequence[Json], hour: datetime, *, seed: int
    ) -> tuple[Self, list[Json], Json]:
        """This normal with what it remembers of an hour that is over, the alarms, and the score behind them.

        Features with `known` alarms, and those that are judged against another normal, take no part.
        """
        others = [key.as_json() for key in self.profile.features if key not in self.features]
        hour_of_week = hour.weekday() * 24 + hour.hour
        memory, alarms, score = shape_alarms(
            self.memory, self.profile, counts, hour_of_week=hour_of_week, seed=seed, known=[*known, *others]
        )
        return replace(self, memory=memory), self._named(alarms), score

    def _named(self, alarms: Sequence[Json]) -> list[Json]:
        own = [alarm for alarm in alarms if FeatureKey.from_json(alarm) in self.features]
        if not self.name:
            return own
        return [
            {**one, "compared_with": self.name, "told": f"{one['told']} (compared with {self.name})"} for one in own
        ]


def normals_of(version_id: int, reference: Profile, memory: Json) -> list[Normal]:
    """The reference first, `memory` is what its alarms remember. A feature belongs to what was accepted last for it."""
    whole = {FeatureKey(layout.side, layout.name, WHOLE_TENSOR) for layout in reference.tensors}
    first = Normal(reference, frozenset([*reference.features, *whole]), memory)
    accepted: list[Normal] = []
    taken: set[FeatureKey] = set()
    for stored in NewNormal.objects.filter(version_id=version_id, withdrawn=None):  # the newest first
        one = Normal.accepted(stored, reference)
        accepted.append(one.without(taken | whole))
        taken |= one.features
    return [first.without(taken), *(one for one in accepted if one.features)]
