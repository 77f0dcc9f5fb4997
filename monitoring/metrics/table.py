"""The table of metrics, a row each; Cloud Monitoring and Prometheus make their descriptions of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

OTHER = "other"
"""The label of what is beyond the budget of series."""
VERSION = ("model", "version")
LABELS = {
    "model": "Name of the registered model.",
    "version": "Version of the registered model.",
    "symptom": "What was seen: nonfinite_output or absorbed.",
    "cause": "Why the rows fail or the hour drifted, none where no cause is claimed.",
    "severity": "critical, warning or info.",
    "reason": "Why the request was refused, one of seven reasons.",
}


class ValueForm(Enum):
    """What a value is: a whole number, a number, or how many of something lasted how long."""

    WHOLE = auto()
    NUMBER = auto()
    DISTRIBUTION = auto()


@dataclass(frozen=True)
class MetricType:
    """A row of the table: cumulative unless it is a gauge. `unit`: by UCUM, https://ucum.org."""

    name: str
    title: str
    description: str
    labels: tuple[str, ...] = ()
    is_gauge: bool = False
    form: ValueForm = ValueForm.WHOLE
    unit: str = "1"


class Metric(Enum):
    """All that is written."""

    PREDICTIONS = MetricType("predictions", "predictions", "Predictions that NaNWatch has replayed.", VERSION)
    NONFINITE_PREDICTIONS = MetricType(
        "nonfinite_predictions",
        "non-finite predictions",
        "Replayed predictions that are non-finite, or finite and wrong because of a non-finite value.",
        (*VERSION, "symptom"),
    )
    FAILED_PREDICTIONS = MetricType(
        "failed_predictions", "failed predictions", "Replayed rows that the model refuses.", VERSION
    )
    NEAR_OVERFLOW_PREDICTIONS = MetricType(
        "near_overflow_predictions",
        "predictions near overflow",
        "Replayed predictions that took a layer within a factor of ten of the largest number it holds.",
        VERSION,
    )
    DRIFT_SCORE_MAX = MetricType(
        "drift_score_max",
        "drift score",
        "Evidence that an hour of the last three left the reference, as a share of what alarms: 1 or more is an alarm.",
        (*VERSION, "cause"),
        is_gauge=True,
        form=ValueForm.NUMBER,
    )
    LAYER_HEADROOM_MIN = MetricType(
        "layer_headroom_min",
        "layer headroom",
        "Decades (powers of ten) between the largest magnitude behind any layer in the last three hours and the "
        "largest number of its type.",
        VERSION,
        is_gauge=True,
        form=ValueForm.NUMBER,
    )
    OPEN_INCIDENTS = MetricType(
        "open_incidents",
        "open incidents",
        "Incidents that nobody has resolved or ignored.",
        ("model", "cause", "severity"),
        is_gauge=True,
    )
    REPLAY_LAG = MetricType(
        "replay_lag",
        "replay lag",
        "How long the oldest batch has waited for its replay.",
        is_gauge=True,
        form=ValueForm.NUMBER,
        unit="s",
    )
    REPLAY_LATENCY = MetricType(
        "replay_latency",
        "replay latency",
        "How long batches waited from when they were stored until they were replayed.",
        form=ValueForm.DISTRIBUTION,
        unit="s",
    )
    INGEST_REJECTED = MetricType("ingest_rejected", "refused requests", "Posts of rows that were refused.", ("reason",))
    UP = MetricType("up", "up", "1 while NaNWatch writes its metrics.", is_gauge=True)


@dataclass(frozen=True)
class Waits:
    """How many lasted up to each of `LATENCY_BOUNDS`, and longer; `seconds` is their sum."""

    counts: Sequence[int]
    seconds: float


@dataclass(frozen=True)
class Reading:
    """A value of a metric; the NaNWatch `project` is its tenant. `started_at`: of a cumulative one.

    `version_id`: the oldest version that it is of, 0 for what is of no version.
    """

    metric: Metric
    project: str
    value: float | Waits
    labels: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    version_id: int = 0
