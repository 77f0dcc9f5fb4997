"""The alert policies, as code: which reading of a metric wakes whom, and what the message says.

Threshold conditions, since their documentation knows the labels of what fired; PromQL conditions show `__missing__`
there. https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.cloud.monitoring_v3.types import Aggregation, AlertPolicy, ComparisonType

from monitoring.alerting.cloud_monitoring.descriptors import type_of
from monitoring.metrics.table import Metric
from nantrace.severity import WORTH_WAKING

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
AUTO_CLOSE = timedelta(hours=1)  # after the series stops; 30 minutes at least
RENOTIFY = timedelta(hours=4)
SILENCE = timedelta(minutes=5)
NOTIFIED_WHEN = [
    AlertPolicy.AlertStrategy.NotificationPrompt.OPENED,
    AlertPolicy.AlertStrategy.NotificationPrompt.CLOSED,
]
TENANT, MODEL, CAUSE = "resource.label.namespace", "metric.label.model", "metric.label.cause"
OF_INCIDENT = "{base}/incidents?state=open&model=${{metric.label.model}}&cause=${{metric.label.cause}}"
OF_MODEL = "{base}/models/${{metric.label.model}}"

Json = dict[str, Any]
Severity = AlertPolicy.Severity


@dataclass(frozen=True)
class PolicyText:
    """What a person reads. `link` is the title of the page at `address`, in which `{base}` stands for the service."""

    title: str
    meaning: str
    to_do: str
    link: str = "Open incidents"
    address: str = OF_INCIDENT

    def documentation(self, base_url: str) -> Json:
        return {
            "subject": f"NaNWatch: {self.title}",
            "content": f"{self.meaning}\n\n**What to do:** {self.to_do}",
            "mime_type": "text/markdown",
            "links": [{"display_name": self.link, "url": self.address.format(base=base_url)}],
        }


@dataclass(frozen=True)
class PolicySpec:
    """`key` stays the same for all time: the policy is found by it."""

    key: str
    severity: int
    text: PolicyText
    condition: Json
    is_renotified: bool = False

    def policy(self, base_url: str, channels: Sequence[str]) -> AlertPolicy:
        """`channels`: resource names of who is notified."""
        strategy: Json = {"auto_close": AUTO_CLOSE, "notification_prompts": NOTIFIED_WHEN}
        if self.is_renotified and channels:
            repeated = {"notification_channel_names": list(channels), "renotify_interval": RENOTIFY}
            strategy["notification_channel_strategy"] = [repeated]
        return AlertPolicy(
            display_name=f"NaNWatch: {self.text.title}",
            severity=self.severity,
            documentation=self.text.documentation(base_url),
            conditions=[{"display_name": self.text.title, **self.condition}],
            combiner=AlertPolicy.ConditionCombinerType.OR,
            alert_strategy=strategy,
            notification_channels=channels,
        )


def _filter(metric: Metric, *more: str) -> str:
    return " AND ".join([f'metric.type="{type_of(metric)}"', 'resource.type="generic_task"', *more])


def _aggregation(aligner: int, period: timedelta, *by: str) -> Json:
    return {
        "alignment_period": period,
        "per_series_aligner": aligner,
        "cross_series_reducer": Aggregation.Reducer.REDUCE_SUM,
        "group_by_fields": list(by),
    }


def _above(limit: float, filter_: str, aggregation: Json, **more: Any) -> Json:
    return {
        "condition_threshold": {
            "filter": filter_,
            "aggregations": [aggregation],
            "comparison": ComparisonType.COMPARISON_GT,
            "threshold_value": limit,
            "duration": timedelta(0),
            "trigger": {"count": 1},
            **more,
        }
    }


def _open_incidents(*more: str) -> Json:
    gauge = _aggregation(Aggregation.Aligner.ALIGN_MAX, MINUTE, TENANT, MODEL, CAUSE)
    return _above(0, _filter(Metric.OPEN_INCIDENTS, *more), gauge)


def _nonfinite_share() -> Json:
    rate = _aggregation(Aggregation.Aligner.ALIGN_RATE, QUARTER, TENANT, MODEL)
    return _above(
        WORTH_WAKING,
        _filter(Metric.NONFINITE_PREDICTIONS),
        rate,
        denominator_filter=_filter(Metric.PREDICTIONS),
        denominator_aggregations=[rate],
    )


def _silence() -> Json:
    counted = _aggregation(Aggregation.Aligner.ALIGN_COUNT, MINUTE, "resource.label.task_id")
    filter_ = _filter(Metric.UP)
    return {
        "condition_absent": {"filter": filter_, "aggregations": [counted], "duration": SILENCE, "trigger": {"count": 1}}
    }


POLICIES = (
    PolicySpec(
        "critical-incident",
        Severity.CRITICAL,
        PolicyText(
            "answers are NaN or wrong (${metric.label.cause}, ${metric.label.model})",
            "Surely one in twenty answers of `${metric.label.model}` or more was NaN, or finite and wrong, within an "
            "hour. The cause found by replay is `${metric.label.cause}`.",
            "open the incident: it names the features or the operation, and the remedy with its proof.",
        ),
        _open_incidents('metric.label.severity="critical"'),
        is_renotified=True,
    ),
    PolicySpec(
        "other-incident",
        Severity.WARNING,
        PolicyText(
            "an incident is open (${metric.label.cause}, ${metric.label.model})",
            "Some answers of `${metric.label.model}` are NaN or wrong, rows are refused, or inputs drifted with a "
            "named cause: `${metric.label.cause}`.",
            "read the incident in working hours; resolve or ignore it, and this closes.",
        ),
        _open_incidents('metric.label.severity="warning"'),
    ),
    PolicySpec(
        "nonfinite-predictions",
        Severity.WARNING,
        PolicyText(
            "NaN was answered (${metric.label.model})",
            "Predictions of `${metric.label.model}` were NaN or infinite, or finite and wrong because of one.",
            "look at the newest incidents of the model.",
            "The model",
            OF_MODEL,
        ),
        _above(
            0,
            _filter(Metric.NONFINITE_PREDICTIONS),
            _aggregation(Aggregation.Aligner.ALIGN_DELTA, QUARTER, TENANT, MODEL),
        ),
    ),
    PolicySpec(
        "nonfinite-share",
        Severity.ERROR,
        PolicyText(
            "5% of the answers are NaN or wrong (${metric.label.model})",
            "More than 5% of the predictions of `${metric.label.model}` in 15 minutes were NaN, or wrong for one.",
            "look at the newest incidents of the model, and consider to serve the version before.",
            "The model",
            OF_MODEL,
        ),
        _nonfinite_share(),
    ),
    PolicySpec(
        "silence",
        Severity.CRITICAL,
        PolicyText(
            "NaNWatch has stopped writing",
            "No metric has come from this installation for five minutes, so that nothing would be reported.",
            "look whether the scheduler, a worker and the database run, and whether the credentials still may write.",
            "The service",
            "{base}/settings#cloud-monitoring",
        ),
        _silence(),
    ),
)
