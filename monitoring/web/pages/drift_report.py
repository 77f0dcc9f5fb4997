"""What the pages tell about the drift of a version in a span of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone

from ingest.models import ModelVersion
from monitoring.drift_hours.hour_spans import Stretch, stretches
from monitoring.drift_hours.stored_profiles import known
from monitoring.models import DriftProfile
from monitoring.web.pages.drift_charts import Bar, Histogram, histogram
from nantrace import vocabulary
from nantrace.drift.feature_list import Features, Statistics
from nantrace.drift.judgement import alarms_by_spot, faults_by_spot
from nantrace.drift.naming import feature_names
from nantrace.drift.profile import Profile
from nantrace.drift.shares import bin_shares
from nantrace.drift.statistics import measure
from nantrace.drift.window import Window

SPANS = {"24h": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7), "30d": timedelta(days=30)}
SORTS = {
    "moved": "moved most",
    "name": "name",
    "psi": "PSI",
    "ks": "KS",
    "wasserstein": "Wasserstein",
    "missing": "missing or NaN",
    "outside": "outside the reference",
}
MINI = (150, 30)
STRIP = (600, 36)
NAMES_TOLD = 4

Json = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One feature in the list."""

    number: int
    side: str
    input: str
    index: int
    name: str
    statistics: Json
    chart: Histogram
    alarms: list[Json]
    faults: list[Json]

    @property
    def absent(self) -> float:
        return float(self.statistics["missing_rate"] + self.statistics["nan_rate"])

    @property
    def outside(self) -> float:
        values = self.statistics
        return float(values["out_of_range_rate"] + values["unseen_rate"] + values["inf_rate"])


@dataclass(frozen=True)
class Mark:
    """One kind of alarm or fault in a window, and the features that have it."""

    tone: str
    vocabulary: str
    features: str


@dataclass(frozen=True)
class Alarmed:
    """A window that alarmed."""

    start: datetime
    rows: int
    marks: list[Mark]


@dataclass(frozen=True)
class DriftReport:
    """A version's reference, its windows in a span, and these added up."""

    version: ModelVersion
    stored: DriftProfile
    features: Features
    windows: Sequence[Stretch]
    since: datetime
    until: datetime

    @property
    def profile(self) -> Profile:
        return self.features.profile

    @cached_property
    def window(self) -> Window:
        return self.profile.total(one.window for one in self.windows)

    @cached_property
    def statistics(self) -> Statistics:
        return measure(self.profile, self.window)

    @property
    def rows(self) -> int:
        return self.window.rows

    @property
    def alarmed(self) -> list[Stretch]:
        """The windows that alarmed, the latest first."""
        return [one for one in reversed(self.windows) if one.alarm]

    @property
    def alarmed_windows(self) -> list[Alarmed]:
        """The same with what they alarmed about."""
        return [Alarmed(one.start, one.rows, self._marks(one)) for one in self.alarmed]

    def _marks(self, one: Stretch) -> list[Mark]:
        kinds: dict[tuple[str, str], dict[str, None]] = {}
        for fault in one.faults:
            named = kinds.setdefault(("fault", vocabulary.FAULTS[fault["kind"]]), {})
            named |= dict.fromkeys(self._called("inputs", fault["input"], index) for index in fault["features"])
        for alarm in one.alarms:
            named = kinds.setdefault(("alarm", vocabulary.DRIFT_ALARMS[alarm["kind"]][0]), {})
            spots = alarm.get("movers", [alarm])
            named |= dict.fromkeys(self._called(each["side"], each["input"], each["index"]) for each in spots)
        return [Mark(tone, told, _listed(list(names))) for (tone, told), names in kinds.items()]

    def _called(self, side: str, tensor: str, index: int) -> str:
        return self._names.get((side, tensor, index), tensor)

    @cached_property
    def _names(self) -> dict[tuple[str, str, int], str]:
        return dict(zip(self.features.spots, self.features.called, strict=True))

    @property
    def summaries(self) -> list[str]:
        return [f"{one.name}: {one.summary}" for one in self.profile.tensors if one.summary]

    @cached_property
    def _alarms(self) -> dict[tuple[str, str, int], list[Json]]:
        return alarms_by_spot(alarm for one in self.windows for alarm in one.alarms)

    @cached_property
    def _faults(self) -> dict[tuple[str, str, int], list[Json]]:
        return faults_by_spot(fault for one in self.windows for fault in one.faults)

    def order(self, sort: str, search: str) -> list[int]:
        """The numbers of the features that the search finds; those that alarmed come first in the order `moved`."""
        found = self.features.search(search)
        if sort == "name":
            return sorted(found.tolist(), key=lambda number: self.features.called[number])
        if sort == "moved":
            loud = np.array([bool(self._alarms.get(spot) or self._faults.get(spot)) for spot in self.features.spots])
            keys = self.features.moved(self.statistics) + loud
        else:
            columns = {
                "missing": ("missing_rate", "nan_rate"),
                "outside": ("out_of_range_rate", "unseen_rate", "inf_rate"),
            }
            keys = np.sum([self.features.column(self.statistics, name) for name in columns.get(sort, (sort,))], axis=0)
        order: list[int] = found[np.argsort(-keys[found], kind="stable")].tolist()
        return order

    def row(self, number: int, size: tuple[int, int] = MINI) -> Row:
        """Feature `number` with its histogram."""
        (document,) = self.features.documents(self.statistics, [number])
        side, tensor, index = spot = self.features.spots[number]
        return Row(
            number=number,
            side=side,
            input=tensor,
            index=index,
            name=document["name"],
            statistics=document,
            chart=histogram(bin_shares(self.profile, self.window, *self.features.place(number)), *size),
            alarms=[*self._alarms.get(spot, []), *self._alarms.get((side, tensor, -1), [])],
            faults=self._faults.get(spot, []),
        )

    @cached_property
    def strip(self) -> list[Bar]:
        """Rows of every window as bars over the span; those that alarmed stand out."""
        width, height = STRIP
        most = max((one.rows for one in self.windows), default=0) or 1
        length = (self.until - self.since) / timedelta(seconds=1)
        bars = []
        for one in self.windows:
            start = max(0.0, (one.start - self.since) / timedelta(seconds=1) / length)
            stop = min(1.0, (one.end - self.since) / timedelta(seconds=1) / length)
            tall = max(2.0, height * one.rows / most)
            title = f"{one.start:%Y-%m-%d %H:%M} UTC: {one.rows:,} rows{', alarm' if one.alarm else ''}"
            x, wide = round(start * width, 1), round(max(1.5, (stop - start) * width - 1), 1)
            bars.append(Bar(x, round(height - tall, 1), wide, round(tall, 1), one.alarm, title))
        return bars


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_TOLD:,} more" if len(names) > NAMES_TOLD else ""
    return ", ".join(names[:NAMES_TOLD]) + more


def drift_report(version: ModelVersion, span: str) -> DriftReport | None:
    """The report of the span that ends now; None while the version has no reference."""
    reference = known(version.pk)
    if reference is None:
        return None
    until = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    since = until - SPANS[span]
    return DriftReport(
        version=version,
        stored=DriftProfile.objects.defer("payload").get(pk=reference.key),
        features=Features(reference.profile, feature_names(reference.profile, version.metadata)),
        windows=list(stretches(version.pk, since, until)),
        since=since,
        until=until,
    )
