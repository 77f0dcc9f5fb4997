"""The dashboard in Cloud Monitoring, as code: a chart a metric, in two columns.

https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards
"""

from collections.abc import Sequence
from dataclasses import dataclass

from google.cloud.monitoring_dashboard_v1 import Aggregation, Dashboard

from monitoring.alerting.cloud_monitoring.policies import DECADE
from monitoring.alerting.cloud_monitoring.policy_spec import MODEL, TENANT, Json, filter_of
from monitoring.metrics.table import Metric

TITLE = "NaNWatch"
WIDTH, HEIGHT, COLUMNS = 24, 16, 48
PERIOD = "300s"

Aligner, Reducer = Aggregation.Aligner, Aggregation.Reducer


@dataclass(frozen=True)
class MetricChart:
    """Points of a period `aligned`, then series that are alike in the labels `by` reduced to one; `limit`: a line."""

    metric: Metric
    aligned: int
    reduced: int
    by: Sequence[str] = (TENANT,)
    limit: float | None = None

    def tile(self, number: int) -> Json:
        line = {"plot_type": "LINE", "time_series_query": {"time_series_filter": self._series()}}
        chart: Json = {"data_sets": [line]}
        if self.limit is not None:
            chart["thresholds"] = [{"value": self.limit}]
        place = {"x_pos": WIDTH * (number % 2), "y_pos": HEIGHT * (number // 2), "width": WIDTH, "height": HEIGHT}
        title = self.metric.value.title.capitalize()
        return {**place, "widget": {"title": title, "xy_chart": chart}}

    def _series(self) -> Json:
        aggregation = {
            "alignment_period": PERIOD,
            "per_series_aligner": self.aligned,
            "cross_series_reducer": self.reduced,
            "group_by_fields": list(self.by),
        }
        return {"filter": filter_of(self.metric), "aggregation": aggregation}


OF_MODEL = (TENANT, MODEL)
CHARTS = (
    MetricChart(Metric.OPEN_INCIDENTS, Aligner.ALIGN_MAX, Reducer.REDUCE_SUM, (*OF_MODEL, "metric.label.severity")),
    MetricChart(
        Metric.NONFINITE_PREDICTIONS, Aligner.ALIGN_RATE, Reducer.REDUCE_SUM, (*OF_MODEL, "metric.label.symptom")
    ),
    MetricChart(Metric.PREDICTIONS, Aligner.ALIGN_RATE, Reducer.REDUCE_SUM, OF_MODEL),
    MetricChart(Metric.FAILED_PREDICTIONS, Aligner.ALIGN_RATE, Reducer.REDUCE_SUM, OF_MODEL),
    MetricChart(Metric.DRIFT_SCORE_MAX, Aligner.ALIGN_MAX, Reducer.REDUCE_MAX, OF_MODEL, limit=1.0),
    MetricChart(Metric.LAYER_HEADROOM_MIN, Aligner.ALIGN_MIN, Reducer.REDUCE_MIN, OF_MODEL, limit=DECADE),
    MetricChart(Metric.REPLAY_LAG, Aligner.ALIGN_MAX, Reducer.REDUCE_MAX),
    MetricChart(Metric.REPLAY_LATENCY, Aligner.ALIGN_DELTA, Reducer.REDUCE_PERCENTILE_95),
    MetricChart(Metric.INGEST_REJECTED, Aligner.ALIGN_RATE, Reducer.REDUCE_SUM, (TENANT, "metric.label.reason")),
    MetricChart(Metric.UP, Aligner.ALIGN_COUNT, Reducer.REDUCE_SUM),
)


def dashboard() -> Dashboard:
    """What is wanted, without a name."""
    tiles = [chart.tile(number) for number, chart in enumerate(CHARTS)]
    return Dashboard(display_name=TITLE, mosaic_layout={"columns": COLUMNS, "tiles": tiles})
