"""The alert policies, as code: which reading of a metric wakes whom, and what the message says."""

from datetime import timedelta

from google.cloud.monitoring_v3.types import Aggregation, AlertPolicy

from monitoring.alerting.cloud_monitoring.policy_spec import (
    CAUSE,
    MODEL,
    OF_MODEL,
    TENANT,
    Json,
    PolicySpec,
    PolicyText,
    above,
    aggregation,
    below,
    filter_of,
)
from monitoring.metrics.table import Metric
from nantrace.severity import WORTH_WAKING
from nantrace.vocabulary import NO_CAUSE

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
SILENCE = timedelta(minutes=5)
ALMOST_1 = 0.999  # of a score that is an alarm at 1: conditions know "above" and no "at least"
DECADE = 1.0

Severity, Aligner, Reducer = AlertPolicy.Severity, Aggregation.Aligner, Aggregation.Reducer


def _open_incidents(*more: str) -> Json:
    gauge = aggregation(Aligner.ALIGN_MAX, MINUTE, TENANT, MODEL, CAUSE)
    return above(0, filter_of(Metric.OPEN_INCIDENTS, *more), gauge)


def _nonfinite_share() -> Json:
    rate = aggregation(Aligner.ALIGN_RATE, QUARTER, TENANT, MODEL)
    return above(
        WORTH_WAKING,
        filter_of(Metric.NONFINITE_PREDICTIONS),
        rate,
        denominator_filter=filter_of(Metric.PREDICTIONS),
        denominator_aggregations=[rate],
    )


def _drift() -> Json:
    highest = aggregation(Aligner.ALIGN_MAX, MINUTE, TENANT, MODEL, reducer=Reducer.REDUCE_MAX)
    return above(ALMOST_1, filter_of(Metric.DRIFT_SCORE_MAX, f'metric.label.cause="{NO_CAUSE}"'), highest)


def _headroom() -> Json:
    least = aggregation(Aligner.ALIGN_MIN, MINUTE, TENANT, MODEL, reducer=Reducer.REDUCE_MIN)
    return below(DECADE, filter_of(Metric.LAYER_HEADROOM_MIN), least)


def _silence() -> Json:
    counted = aggregation(Aligner.ALIGN_COUNT, MINUTE, "resource.label.task_id")
    filter_ = filter_of(Metric.UP)
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
        above(
            0,
            filter_of(Metric.NONFINITE_PREDICTIONS),
            aggregation(Aligner.ALIGN_DELTA, QUARTER, TENANT, MODEL),
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
        "drift",
        Severity.WARNING,
        PolicyText(
            "inputs or outputs drift (${metric.label.model})",
            "An hour of `${metric.label.model}` is further from the training data than clean traffic is once in 30 "
            "days, and no known mistake explains it. A drift with a named cause alerts as an incident.",
            "see which features moved, and since when; accept it as the new normal where it is to stay.",
            "The model",
            OF_MODEL,
        ),
        _drift(),
    ),
    PolicySpec(
        "headroom",
        Severity.WARNING,
        PolicyText(
            "a layer is close to an overflow (${metric.label.model})",
            "Rows took a layer of `${metric.label.model}` within a factor of ten of the largest number that it holds, "
            "further than the training data did. What is larger still becomes infinite, and then NaN.",
            "open the incident `near_overflow` of the model: it names the layer.",
            "The model",
            OF_MODEL,
        ),
        _headroom(),
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
