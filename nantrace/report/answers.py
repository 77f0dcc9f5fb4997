"""What failing rows are answered, next to what they are answered with the change that cures them, for a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from nantrace import vocabulary
from nantrace.diagnosis.finding import Outputs, RowAnswers
from nantrace.report.numbers import is_nonfinite, number
from nantrace.report.row_table import CellText

MOST_CELLS = 4


@dataclass(frozen=True)
class AnswerText:
    """One answer to a row. `label`: how it was computed."""

    label: str
    cells: list[CellText]

    def __str__(self) -> str:
        return f"{self.label} {' '.join(cell.text for cell in self.cells)}"


def answer_texts(row: RowAnswers, served: list[CellText]) -> list[AnswerText]:
    """As it was served, or else as the default replay answers; without fused kernels where that differs; cured.

    None of answers that are too large to be known cell by cell.
    """
    first = AnswerText("served", served) if served else AnswerText("as served", _cells(row.outputs.get("default", {})))
    texts = [first]
    if "unfused" in row.outputs and _cells(row.outputs["unfused"]) != first.cells:
        texts.append(AnswerText(vocabulary.VARIANTS["unfused"], _cells(row.outputs["unfused"])))
    if row.cured_by:
        texts.append(AnswerText(vocabulary.CURED_BY.get(row.cured_by, row.cured_by), _cells(row.outputs[row.cured_by])))
    return [text for text in texts if text.cells]


def joined(texts: Iterable[AnswerText]) -> str:
    """All answers to a row in one line."""
    return " \N{MIDDLE DOT} ".join(str(text) for text in texts)


def labels(rows: Iterable[list[AnswerText]]) -> list[str]:
    """Each label once, in the order of the rows."""
    return list(dict.fromkeys(text.label for row in rows for text in row))


def _cells(outputs: Outputs) -> list[CellText]:
    cells = [cell for output in outputs.values() for cell in output]
    shown = [CellText(number(cell), is_nonfinite(cell)) for cell in cells[:MOST_CELLS]]
    return [*shown, CellText("\N{HORIZONTAL ELLIPSIS}", bad=False)] if len(cells) > MOST_CELLS else shown
