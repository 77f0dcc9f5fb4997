"""What an incident page shows with the report itself: the way of the bad value, versions, failing rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Sum

from monitoring.incidents.examples import Example
from monitoring.models import Incident
from nantrace.feature import FeatureNames
from nantrace.report.answers import AnswerText, answer_texts, labels
from nantrace.report.row_table import CellText, InputColumn, input_cells, input_columns, output_cells


@dataclass(frozen=True)
class OriginStep:
    """A place on the way of a bad value through the model: its origin, or where NaN first arose."""

    heading: str
    place: dict[str, Any]


def origin_story(incident: Incident) -> list[OriginStep]:
    """Origin and first NaN in the order in which the values pass them; one step when they are one place."""
    origin, first_nan = incident.report.get("origin"), incident.report.get("nan_birth")
    if not origin:
        return [OriginStep("First NaN", first_nan)] if first_nan else []
    if incident.symptom == "near_overflow":
        return [OriginStep("The first layer that comes so close", origin)]
    if not first_nan or _same_place(origin, first_nan):
        return [OriginStep("Origin", origin)]
    return [OriginStep("Origin", origin), OriginStep("First NaN", first_nan)]


def _same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(part) == other.get(part) for part in ("kind", "layer", "operation", "name", "iteration"))


@dataclass(frozen=True)
class VersionCount:
    """How often one version of the model hit the incident."""

    version: str
    batches: int
    rows: int
    last_seen: datetime


def versions_affected(incident: Incident) -> list[VersionCount]:
    """The versions that hit the incident, the latest first."""
    by_version = (
        incident.hits.order_by()
        .values("version__version")
        .annotate(batches=Count("pk"), hit_rows=Sum("rows"), last=Max("observed_at"))
    )
    found = [VersionCount(one["version__version"], one["batches"], one["hit_rows"], one["last"]) for one in by_version]
    return sorted(found, key=lambda one: one.last_seen, reverse=True)


@dataclass(frozen=True)
class ExampleRow:
    """One failing row. `answers`: by the labels of the table; an empty one where a row has no such answer."""

    example: Example
    cells: list[CellText]
    answers: list[list[CellText]]


@dataclass(frozen=True)
class ComparedAnswers:
    """One row as it was answered and as it would have been. `alike`: all rows of the table were answered like it."""

    example: Example
    texts: Sequence[AnswerText]
    alike: bool


@dataclass(frozen=True)
class ExampleTable:
    """Failing rows as a table that fits a page: the columns that fit, how many did not, and the rows.

    `labels`: how the answers were computed.
    """

    columns: list[InputColumn]
    hidden: int
    rows: list[ExampleRow]
    labels: Sequence[str] = ("served",)
    compared: ComparedAnswers | None = None


def tabulate(examples: Sequence[Example], incident: Incident) -> ExampleTable:
    """The examples of `incident`; all examples have the inputs of the first."""
    if not examples:
        return ExampleTable([], 0, [])
    names = FeatureNames.of(incident.last_version.named_metadata, list(examples[0].inputs.by_name))
    responsible = {(one["input"], one["index"]) for one in incident.report.get("features", [])}
    shown, hidden = input_columns(examples[0].inputs, names, responsible)
    answers = [_answers(one) for one in examples]
    columns = labels(answers)
    rows = [
        ExampleRow(one, input_cells(one.inputs, shown), [cells.get(label, []) for label in columns])
        for one, known in zip(examples, answers, strict=True)
        for cells in [{text.label: text.cells for text in known}]
    ]
    return ExampleTable(shown, hidden, rows, columns, _compared(examples, answers))


def _compared(examples: Sequence[Example], answers: Sequence[list[AnswerText]]) -> ComparedAnswers | None:
    """The first row of which more is known than what was served."""
    first = next((i for i, texts in enumerate(answers) if len(texts) > 1), None)
    if first is None:
        return None
    alike = len(answers) > 1 and all(texts[0] == answers[first][0] for texts in answers)
    return ComparedAnswers(examples[first], answers[first], alike)


def _answers(example: Example) -> list[AnswerText]:
    served = output_cells(example.outputs)
    return answer_texts(example.answers, served) if example.answers else [AnswerText("served", served)]
