"""Failing rows of a stored incident as a table that fits a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.incidents.examples import Example
from monitoring.models import Incident
from nantrace.feature import FeatureNames
from nantrace.report.row_table import CellText, InputColumn, input_cells, input_columns, output_cells


@dataclass(frozen=True)
class ExampleRow:
    """One failing row."""

    example: Example
    cells: list[CellText]
    outputs: list[CellText]


@dataclass(frozen=True)
class ExampleTable:
    """The columns that fit, how many did not, and the rows."""

    columns: list[InputColumn]
    hidden: int
    rows: list[ExampleRow]


def tabulate(examples: Sequence[Example], incident: Incident) -> ExampleTable:
    """The examples of `incident`; all examples have the inputs of the first."""
    if not examples:
        return ExampleTable([], 0, [])
    names = FeatureNames.of(incident.last_version.metadata, list(examples[0].inputs.by_name))
    responsible = {(one["input"], one["index"]) for one in incident.report.get("features", [])}
    shown, hidden = input_columns(examples[0].inputs, names, responsible)
    rows = [ExampleRow(one, input_cells(one.inputs, shown), output_cells(one.outputs)) for one in examples]
    return ExampleTable(shown, hidden, rows)
