"""The last day's drift of a version, as its page shows it."""

from dataclasses import dataclass

from ingest.models import ModelVersion
from monitoring.models import DriftSample
from monitoring.web.pages.drift_report import DriftReport, Row, drift_report

MOVED_MOST = 5


@dataclass(frozen=True)
class DriftSummary:
    """`report` is None while there is no reference; `gathered` rows are put aside for one."""

    report: DriftReport | None
    rows: list[Row]
    gathered: int


def drift_summary(version: ModelVersion) -> DriftSummary:
    report = drift_report(version, "24h")
    if report is None:
        sample = DriftSample.objects.filter(version=version, hour=None).values_list("rows", flat=True).first()
        return DriftSummary(None, [], sample or 0)
    rows = [report.row(number) for number in report.order("moved", "")[:MOVED_MOST]] if report.rows else []
    return DriftSummary(report, rows, 0)
