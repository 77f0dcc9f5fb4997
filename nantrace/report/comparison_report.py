"""What a comparison of rows with a reference found, for a notebook, a terminal or a program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nantrace.drift.comparison import Comparison
from nantrace.report.markup import Html
from nantrace.report.numbers import counted
from nantrace.report.report import Report

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, repr=False)
class ComparisonReport(Report):
    """`notes`: sentences on what was left out of the comparison."""

    comparison: Comparison
    notes: Sequence[str] = ()

    @property
    def found(self) -> bool:
        return bool(self.comparison.alarms or self.comparison.faults)

    @property
    def alarm(self) -> bool:
        """Whether the rows differ from the reference by more than chance explains."""
        return self.comparison.alarm

    @property
    def summary(self) -> str:
        known, rows = self.comparison.features.profile.rows, self.comparison.window.rows
        compared = f"{counted(rows, 'row')} against {known:,} of the reference"
        alarms, faults = len(self.comparison.alarms), len(self.comparison.faults)
        found = [counted(alarms, "alarm")] if alarms else []
        found += [counted(faults, "named fault")] if faults else []
        return f"{compared}: {', '.join(found) or 'no drift'}."

    def to_dict(self) -> dict[str, Any]:
        """`{"alarm": bool, "features": [...]}`, as `nantrace drift --json` prints it."""
        return self.comparison.document()

    def write(self, console: "Console") -> None:
        from nantrace.report.drift_text import write_drift

        write_drift(console, self, self.comparison)

    def html(self) -> Html:
        from nantrace.report.drift_html import drift_html

        return drift_html(self, self.comparison)
