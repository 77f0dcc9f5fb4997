"""The stored hours of a version: rows are added to them, and they are read back, for people and for the diagnosis.

Workers that add to one hour at once wait for each other and lose nothing. Where a span is long, its hours are merged to
days: counts add exactly, so that a day is what its hours are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ingest.models import Batch
from monitoring.drift_hours.reservoir import alike, draw
from monitoring.models import HOUR, DriftSample, DriftWindow, ProfileOrigin, hour_of
from nantrace.diagnosis.case import KnownFault
from nantrace.drift.window import Window
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.tensor import Tensors

DAY = timedelta(days=1)
BY_HOUR = timedelta(days=3)  # up to here by the hour, beyond it by the day
MOST_DAYS = timedelta(days=92)
AROUND = timedelta(hours=2)


def add(version_id: int, hour: datetime, counted: Window, inputs: Tensors, before: Window | None = None) -> None:
    """Adds to the hour's counts and sample; must run inside a transaction.

    `inputs`: rows for the sample; none are kept for an hour whose shape was judged already. `before`: the rows in the
    bins of the version before.
    """
    DriftWindow.objects.get_or_create(
        version_id=version_id,
        hour=hour,
        defaults={"payload": b"", "changed_at": timezone.now()},
    )
    hours = DriftWindow.objects.filter(version_id=version_id, hour=hour)
    window = hours.select_for_update(no_key=True).get()  # SQLite: transactions begin with the write lock
    total = _sum(window.payload if window.revision else None, counted)
    in_bins_before = {} if before is None else {"before_payload": _sum(window.before_payload, before).to_bytes()}
    hours.update(
        **in_bins_before,
        payload=total.to_bytes(),
        rows=total.rows,
        revision=F("revision") + 1,
        changed_at=Now(),
    )
    if window.closed_at is None and inputs.rows:
        _add_to_sample(version_id, hour, inputs)


def _sum(stored: bytes | memoryview | None, counted: Window) -> Window:
    return counted if stored is None else Window.from_bytes(bytes(stored)) + counted


def sample_of(version_id: int, hour: datetime) -> Tensors | None:
    """Rows of an hour that was not judged yet."""
    payload = DriftSample.objects.filter(version_id=version_id, hour=hour).values_list("payload", flat=True).first()
    return None if payload is None else unpack_tensors(bytes(payload))["inputs"]


def _add_to_sample(version_id: int, hour: datetime, inputs: Tensors) -> None:
    DriftSample.objects.get_or_create(version_id=version_id, hour=hour)
    samples = DriftSample.objects.filter(version_id=version_id, hour=hour)
    sample = samples.select_for_update(no_key=True).get()
    kept = None if sample.payload is None else unpack_tensors(bytes(sample.payload))["inputs"]
    if kept is not None and not alike(kept, inputs):
        return
    drawn = draw(kept, sample.seen, inputs, np.random.default_rng())
    grown = {} if drawn is None else {"payload": pack_tensors(inputs=drawn), "rows": drawn.rows}
    samples.update(seen=F("seen") + inputs.rows, **grown)


@dataclass(frozen=True)
class HourSpan:
    """An hour or a day of a version: its counts, and the verdicts of its hours.

    `alarms` and `faults` as `judging` stored them, those of several hours one after the other.
    """

    start: datetime
    end: datetime
    rows: int
    window: Window
    alarm: bool
    alarms: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)


def hour_spans(version_id: int, since: datetime, until: datetime) -> Iterator[HourSpan]:
    """The windows with rows observed from `since` on and before `until`, in order; empty ones are left out.

    Those at the ends are whole: an hour is the smallest thing that is kept. One payload is in memory at a time.
    """
    size = HOUR if until - since <= BY_HOUR else DAY
    windows = DriftWindow.objects.filter(version_id=version_id, hour__gte=_floor(since, HOUR), hour__lt=until)
    ordered = windows.order_by("hour").defer("before_payload").iterator(chunk_size=8)
    for start, hours in groupby(ordered, key=lambda window: _floor(window.hour, size)):
        yield _merged(start, start + size, hours)


def _merged(start: datetime, end: datetime, hours: Iterable[DriftWindow]) -> HourSpan:
    total: Window | None = None
    alarm = False
    alarms: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []
    for hour in hours:
        alarm = alarm or hour.alarm
        window = Window.from_bytes(bytes(hour.payload))
        total = window if total is None else total + window
        alarms += hour.verdict.get("alarms", [])
        faults += hour.verdict.get("faults", [])
    if total is None:
        raise ValueError("a span has at least one hour")
    return HourSpan(start, end, total.rows, total, alarm, alarms, faults)


def _floor(moment: datetime, size: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // size * size


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
