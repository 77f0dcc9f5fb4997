"""What a diagnosis found, for a notebook, a terminal or a program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nantrace.diagnosis.finding import Finding
from nantrace.feature import FeatureNames
from nantrace.report.markup import Html
from nantrace.report.numbers import counted
from nantrace.report.report import Report
from nantrace.report.row_table import GivenRows
from nantrace.report.strict_report import strict_report
from nantrace.tensors.tensor import Tensors

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, repr=False)
class DiagnosisReport(Report):
    """`incidents`: one for each reason why rows fail. `notes`: sentences on what was left out of the rows."""

    inputs: Tensors
    incidents: Sequence[Finding]
    outputs: Tensors | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """The number of rows that were looked at."""
        return self.inputs.rows

    @property
    def found(self) -> bool:
        return bool(self.incidents)

    @property
    def summary(self) -> str:
        if not self.incidents:
            return f"{counted(self.rows, 'row')}, nothing wrong."
        failing = len({row for finding in self.incidents for row in finding.row_indices})
        return f"{counted(self.rows, 'row')}, {failing:,} of them in {counted(len(self.incidents), 'incident')}."

    def to_dict(self) -> dict[str, Any]:
        """`{"rows": n, "incidents": [...]}`, as `nantrace diagnose --json` prints it."""
        return {"rows": self.rows, "incidents": [strict_report(finding) for finding in self.incidents]}

    def write(self, console: "Console") -> None:
        from nantrace.report.diagnosis_text import write_diagnosis

        write_diagnosis(console, self, self.incidents)

    def html(self) -> Html:
        from nantrace.report.diagnosis_html import diagnosis_html

        names = FeatureNames.of(self.metadata, list(self.inputs.by_name))
        return diagnosis_html(self, self.incidents, GivenRows(self.inputs, self.outputs, names))
