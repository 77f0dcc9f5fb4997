"""What the pages show of the drift of a version in a span of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone

from ingest.models import ModelVersion
from monitoring.drift_hours.hours import HourSpan, hour_spans
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.drift_hours.version_before import Predecessor
from monitoring.models import HOUR, DriftProfile, VersionBefore, hour_of
from monitoring.web.pages.charts import Bar, HistogramChart, histogram
from monitoring.web.pages.tags import statistic
from nantrace import vocabulary
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.judgement import alarms_by_feature, faults_by_feature, features_of
from nantrace.drift.profile import Profile
from nantrace.drift.shares import bin_shares
from nantrace.drift.statistics import STATISTICS, Form, Shown, Statistic, TensorStatistics, measure, shown_in
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey
from nantrace.report.numbers import number, percent

SPANS = {"24h": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7), "30d": timedelta(days=30)}
SORTS = {
    "moved": "moved most",
    "name": "name",
    **{one.name: one.order for one in STATISTICS if one.order},
}
COLUMNS = shown_in(Shown.LIST)
MINI = (150, 30)
STRIP = (600, 36)
NAMES_LISTED = 4

Json = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A statistic of one feature."""

    statistic: Statistic
    value: float

    @property
    def text(self) -> str:
        if self.statistic.form is Form.SHARE:
            return percent(self.value)
        return number(self.value) if self.statistic.form is Form.IN_UNIT else statistic(self.value)

    @property
    def is_nothing(self) -> bool:
        """A share of no cells at all: it does not deserve attention."""
        return self.statistic.form is Form.SHARE and not self.value


@dataclass(frozen=True)
class Row:
    """One feature in the list."""

    number: int
    side: str
    input: str
    index: int
    name: str
    columns: list[Figure]
    facts: list[Figure]
    chart: HistogramChart
    alarms: list[Json]
    faults: list[Json]


@dataclass(frozen=True)
class AlarmMark:
    """One kind of alarm or fault in a window, and the features that have it."""

    tone: str
    label: str
    features: str


@dataclass(frozen=True)
class Alarmed:
    """A window that alarmed."""

    start: datetime
    rows: int
    marks: list[AlarmMark]


@dataclass(frozen=True)
class DriftReport:
    """A version's reference, its windows in a span, and these added up.

    `before`: where it is the version before, and not the reference, that they are compared with.
    """

    version: ModelVersion
    stored: DriftProfile
    features: FeatureList
    windows: Sequence[HourSpan]
    since: datetime
    until: datetime
    before: VersionBefore | None = None

    @property
    def profile(self) -> Profile:
        return self.features.profile

    @cached_property
    def window(self) -> Window:
        return self.profile.total(one.window for one in self.windows)

    @cached_property
    def statistics(self) -> Sequence[TensorStatistics]:
        return measure(self.profile, self.window)

    @property
    def columns(self) -> list[Statistic]:
        return COLUMNS

    @property
    def rows(self) -> int:
        return self.window.rows

    @property
    def alarmed(self) -> list[HourSpan]:
        """The windows that alarmed, the latest first."""
        return [one for one in reversed(self.windows) if one.alarm]

    @property
    def alarmed_windows(self) -> list[Alarmed]:
        """The same with what they alarmed about."""
        return [Alarmed(one.start, one.rows, self._marks(one)) for one in self.alarmed]

    def _marks(self, one: HourSpan) -> list[AlarmMark]:
        kinds: dict[tuple[str, str], dict[str, None]] = {}
        for fault in one.faults:
            named = kinds.setdefault(("fault", vocabulary.FAULTS[fault["kind"]]), {})
            named |= dict.fromkeys(map(self.features.name, features_of(fault)))
        for alarm in one.alarms:
            named = kinds.setdefault(("alarm", vocabulary.DRIFT_ALARMS[alarm["kind"]][0]), {})
            named |= dict.fromkeys(map(self.features.name, features_of(alarm)))
        return [AlarmMark(tone, label, _listed(list(names))) for (tone, label), names in kinds.items()]

    @property
    def summaries(self) -> list[str]:
        return [f"{one.name}: {one.summary}" for one in self.profile.tensors if one.summary]

    @cached_property
    def _alarms(self) -> dict[FeatureKey, list[Json]]:
        return alarms_by_feature(alarm for one in self.windows for alarm in one.alarms)

    @cached_property
    def _faults(self) -> dict[FeatureKey, list[Json]]:
        return faults_by_feature(fault for one in self.windows for fault in one.faults)

    def order(self, sort: str, search: str) -> list[int]:
        """The numbers of the features that the search finds; those that alarmed come first in the order `moved`."""
        found = self.features.search(search)
        if sort == "name":
            return sorted(found.tolist(), key=lambda number: self.features.names[number])
        if sort == "moved":
            loud = np.array([bool(self._alarms.get(key) or self._faults.get(key)) for key in self.features.keys])
            keys = self.features.moved(self.statistics) + loud
        else:
            keys = self.features.column(self.statistics, sort)
        order: list[int] = found[np.argsort(-keys[found], kind="stable")].tolist()
        return order

    def row(self, number: int, size: tuple[int, int] = MINI) -> Row:
        """Feature `number` with its histogram."""
        key = self.features.keys[number]
        return Row(
            number=number,
            side=key.side,
            input=key.input,
            index=key.index,
            name=self.features.names[number],
            columns=self._figures(Shown.LIST, number),
            facts=self._figures(Shown.PAGE, number),
            chart=histogram(bin_shares(self.profile, self.window, *self.features.locate(number)), *size),
            alarms=[*self._alarms.get(key, []), *self._alarms.get(key.whole_tensor, [])],
            faults=self._faults.get(key, []),
        )

    def _figures(self, place: Shown, number: int) -> list[Figure]:
        tensor, feature = self.features.locate(number)
        return [Figure(one, float(self.statistics[tensor][one.name][feature])) for one in shown_in(place)]

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
    more = f" and {len(names) - NAMES_LISTED:,} more" if len(names) > NAMES_LISTED else ""
    return ", ".join(names[:NAMES_LISTED]) + more


def before_report(version: ModelVersion) -> DriftReport | None:
    """The first day of a version next to the last quiet hours of the one before, as one window; None without it."""
    before = Predecessor.of(version.pk)
    if before is None or not before.counted.rows:
        return None
    since, until = before.stored.since, before.stored.until
    return DriftReport(
        version=version,
        stored=DriftProfile.objects.defer("payload").get(version=version),
        features=FeatureList.of(before.profile, version.named_metadata),
        windows=[HourSpan(since, until, before.counted.rows, before.counted, alarm=False)],
        since=since,
        until=until,
        before=before.stored,
    )


def drift_report(version: ModelVersion, span: str) -> DriftReport | None:
    """The report of the span that ends now; None while the version has no reference."""
    reference = stored_profile(version.pk)
    if reference is None:
        return None
    until = hour_of(timezone.now()) + HOUR
    since = until - SPANS[span]
    return DriftReport(
        version=version,
        stored=DriftProfile.objects.defer("payload").get(pk=reference.key),
        features=FeatureList.of(reference.profile, version.named_metadata),
        windows=list(hour_spans(version.pk, since, until)),
        since=since,
        until=until,
    )
