"""What an alert policy is made of: what a person reads, and a condition on one metric.

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

AUTO_CLOSE = timedelta(hours=1)  # after the series stops; 30 minutes at least
RENOTIFY = timedelta(hours=4)
NOTIFIED_WHEN = [
    AlertPolicy.AlertStrategy.NotificationPrompt.OPENED,
    AlertPolicy.AlertStrategy.NotificationPrompt.CLOSED,
]
TENANT, MODEL, CAUSE = "resource.label.namespace", "metric.label.model", "metric.label.cause"
OF_INCIDENT = "{base}/incidents?state=open&model=${{metric.label.model}}&cause=${{metric.label.cause}}"
OF_MODEL = "{base}/models/${{metric.label.model}}"

Json = dict[str, Any]


@dataclass(frozen=True)
class PolicyText:
    """What a person reads. `link` is the title of the page at `address`, in which `{base}` stands for the service."""

    title: str
    meaning: str
    to_do: str
    link: str = "Open incidents"
    address: str = OF_INCIDENT

    @property
    def name(self) -> str:
        """The title without labels, which Cloud Monitoring fills in in the documentation only."""
        return self.title.partition(" (${")[0]

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
            display_name=f"NaNWatch: {self.text.name}",
            severity=self.severity,
            documentation=self.text.documentation(base_url),
            conditions=[{"display_name": self.text.name, **self.condition}],
            combiner=AlertPolicy.ConditionCombinerType.OR,
            alert_strategy=strategy,
            notification_channels=channels,
        )


def filter_of(metric: Metric, *more: str) -> str:
    """The series of a metric; `more`: terms on labels."""
    return " AND ".join([f'metric.type="{type_of(metric)}"', 'resource.type="generic_task"', *more])


def aggregation(aligner: int, period: timedelta, *by: str, reducer: int = Aggregation.Reducer.REDUCE_SUM) -> Json:
    """Of the points of a period, and then of the series that are alike in the labels `by`."""
    return {
        "alignment_period": period,
        "per_series_aligner": aligner,
        "cross_series_reducer": reducer,
        "group_by_fields": list(by),
    }


def above(limit: float, filter_: str, aggregated: Json, **more: Any) -> Json:
    """A condition that holds where any series is above the limit."""
    return _threshold(ComparisonType.COMPARISON_GT, limit, filter_, aggregated, **more)


def below(limit: float, filter_: str, aggregated: Json) -> Json:
    """A condition that holds where any series is below the limit."""
    return _threshold(ComparisonType.COMPARISON_LT, limit, filter_, aggregated)


def _threshold(comparison: int, limit: float, filter_: str, aggregated: Json, **more: Any) -> Json:
    return {
        "condition_threshold": {
            "filter": filter_,
            "aggregations": [aggregated],
            "comparison": comparison,
            "threshold_value": limit,
            "duration": timedelta(0),
            "trigger": {"count": 1},
            **more,
        }
    }
