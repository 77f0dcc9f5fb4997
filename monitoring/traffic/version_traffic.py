"""The traffic of a version: a replayed batch is added to the counters, and a day of them is read.

Also how many rows were never answered.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import F, Max, Model, Q, Sum
from django.db.models.functions import Now
from django.utils import timezone
from numpy.typing import NDArray

from ingest.models import Batch, ModelVersion
from monitoring.models import HOUR, LATENCY_BOUNDS, HourlyCount, PredictionCounter, ReplayLatency, hour_of
from monitoring.traffic.sampling_weights import Served
from nantrace.diagnosis.finding import Finding

HOURS = 24


def begin_counting(version_id: int) -> None:
    """A version counts from its registration on, 0 at first: a rate needs a point before its first prediction."""
    PredictionCounter.objects.get_or_create(version_id=version_id, symptom="")


def count(batch: Batch, findings: Sequence[Finding], nonfinite: NDArray[np.bool_]) -> None:
    """Adds a replayed batch to the counters, inside the transaction that records it.

    All its predictions are counted, the failing ones by symptom, and by the hour in which they were observed.
    Where the rows are a sample, they count for what they stand for: `nonfinite`, shape (rows,), says which rows hold a
    non-finite or missing value in an input or a served output.
    """
    served = Served.by(batch)
    total = {"version_id": batch.version_id, "symptom": ""}
    _add(PredictionCounter, total, {"value": served.predictions}, changed_at=Now())
    failing: dict[str, set[int]] = {}
    for finding in findings:
        failing.setdefault(finding.symptom, set()).update(finding.row_indices)
    for symptom, rows in sorted(failing.items()):
        key = {"version_id": batch.version_id, "symptom": symptom}
        _add(PredictionCounter, key, {"value": served.stand_for(nonfinite[_positions(rows)])})
    hour = hour_of(batch.observed_at)
    counts = {
        "predictions": served.predictions,
        "nonfinite_rows": served.nonfinite,
        "incident_rows": served.stand_for(nonfinite[_positions(set().union(*failing.values()))]),
        "replayed_rows": batch.rows,
        "dropped_rows": served.dropped,
    }
    _add(HourlyCount, {"version_id": batch.version_id, "hour": hour}, counts)


def count_wait(batch: Batch) -> None:
    """Adds how long a batch waited for its replay. All batches of a project add to the same few rows: the last step of
    a transaction.
    """
    seconds = max((timezone.now() - batch.received_at).total_seconds(), 0.0)  # clocks of machines differ
    key = {"project_id": batch.project_id, "bucket": bisect_left(LATENCY_BOUNDS, seconds)}
    _add(ReplayLatency, key, {"batches": 1, "seconds": seconds})


def keep_headroom(batch: Batch, decades: float) -> None:
    """Of the layer of a counted batch that comes closest to the largest number of its type; an hour keeps the least."""
    hour = HourlyCount.objects.filter(version_id=batch.version_id, hour=hour_of(batch.observed_at))
    hour.filter(Q(least_headroom=None) | Q(least_headroom__gt=decades)).update(least_headroom=decades)


@dataclass(frozen=True)
class Sampling:
    """Predictions of a day, those that were sent as rows, and those that were to be sent and are not.

    The rows that were replayed are a sample, the rates are true.
    """

    predictions: int
    replayed: int
    dropped: int

    @property
    def share(self) -> float:
        """The share of predictions that was sent, 0 to 1."""
        return self.replayed / self.predictions if self.predictions else 1.0

    @property
    def is_sample(self) -> bool:
        return self.replayed < self.predictions


def sampling_of(version: ModelVersion) -> Sampling:
    """Of the last 24 hours, the running one included."""
    since = hour_of(timezone.now()) - (HOURS - 1) * HOUR
    sums = HourlyCount.objects.filter(version=version, hour__gte=since).aggregate(
        predictions=Sum("predictions"), replayed=Sum("replayed_rows"), dropped=Sum("dropped_rows")
    )
    return Sampling(**{name: number or 0 for name, number in sums.items()})


@dataclass(frozen=True)
class Unanswered:
    """Rows of the batches that are kept that got no prediction, and when the last of them were served.

    A prediction that cannot be written as JSON because it is NaN leaves exactly that trace.
    """

    rows: int
    last_at: datetime | None


def unanswered_of(version: ModelVersion) -> Unanswered:
    found = version.batches.filter(unanswered=True).aggregate(rows=Sum("rows"), last_at=Max("observed_at"))
    return Unanswered(found["rows"] or 0, found["last_at"])


def _positions(rows: Iterable[int]) -> NDArray[np.intp]:
    return np.fromiter(rows, np.intp)


def _add(table: type[Model], key: dict[str, Any], counts: Mapping[str, float], **changes: Any) -> None:
    """Increments in the database, so that workers that count at once lose nothing."""
    rows = table._default_manager
    rows.get_or_create(**key)
    rows.filter(**key).update(**{name: F(name) + value for name, value in counts.items()}, **changes)
