"""What failing rows are answered: in the standing replays, and with the change that cured them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import ReplayOutcome
from nantrace.diagnosis.finding import Outputs, RowAnswers, spelled
from nantrace.diagnosis.stages.verdict import Verdict, rows_by_trial
from nantrace.diagnosis.symptoms import Symptoms
from nantrace.diagnosis.trials import Bench, Rows

MOST_ROWS, MOST_CELLS, MOST_LETTERS = 20, 8, 80


def row_answers(bench: Bench, seen: Symptoms, index: Rows, group: Sequence[Verdict]) -> list[RowAnswers]:
    """Of the first rows of a group; `index`: the positions of all failing rows in the batch."""
    shown = group[:MOST_ROWS]
    cured = dict(_cured(bench, shown))
    found = []
    for verdict in shown:
        row = int(index[verdict.row])
        standing = {"default": _outputs(seen.default, row), "unfused": _outputs(seen.unfused, row)}
        test, outputs = cured.get(verdict.row, ("", {}))
        found.append(RowAnswers(row, {**standing, **({test: outputs} if test else {})}, test))
    return found


def _cured(bench: Bench, group: Sequence[Verdict]) -> Iterator[tuple[int, tuple[str, Outputs]]]:
    """By row the experiment that cured it, made once more with these rows alone, and what it answers."""
    for trial, rows in rows_by_trial(group):
        outcome = bench.replay_changed(trial, np.array(rows, np.intp))
        if outcome is not None:
            yield from ((row, (trial.test, _outputs(outcome, i))) for i, row in enumerate(rows))


def _outputs(outcome: ReplayOutcome, row: int) -> Outputs:
    """Without outputs that are too large to be known cell by cell."""
    known = {name: values for name, values in outcome.outputs.items() if name not in outcome.narrowed}
    return {name: _first_cells(values[row]) for name, values in known.items()}


def _first_cells(row: NDArray[Any]) -> list[Any]:
    cells = np.asarray(row).reshape(-1)[:MOST_CELLS].tolist()
    return [cell[:MOST_LETTERS] if isinstance(cell, str) else spelled(cell) for cell in cells]
