"""Where findings were seen: in rows of a batch, or in the counts of an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ingest.models import Batch, ModelVersion
from monitoring.models import DriftWindow
from nantrace.diagnosis.finding import Finding

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Sighting:
    """`observed_at`: when the rows were served. `received_at`: when the service learned of them."""

    version: ModelVersion
    observed_at: datetime
    received_at: datetime
    batch: Batch | None = None
    window: DriftWindow | None = None

    @classmethod
    def of(cls, source: Batch | DriftWindow) -> Self:
        if isinstance(source, Batch):
            return cls(source.version, source.observed_at, source.received_at, batch=source)
        latest = min(source.changed_at, source.hour + HOUR)  # an hour that still runs, or one whose rows came later
        return cls(source.version, max(latest, source.hour), source.changed_at, window=source)

    def rows(self, finding: Finding) -> int:
        """A batch counts the rows that fail, an hour all that it counted: none of them alone is drift."""
        return finding.rows if self.window is None else self.window.rows

    def rows_in_words(self, finding: Finding) -> str:
        rows = self.rows(finding)
        return "1 row" if rows == 1 else f"{rows:,} rows"
