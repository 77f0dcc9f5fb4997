"""What a person who waits at a terminal sees, on standard error; nothing where that is no terminal."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


class RowProgress:
    """One bar over the rows of several things, of which each says how many of its rows are done."""

    def __init__(self, progress: Progress, rows: int) -> None:
        self._progress = progress
        self._task = progress.add_task("loading the model", total=rows)
        self._before = 0

    def within(self, name: str) -> Callable[[int], None]:
        """Takes the number of rows done of the thing called `name`."""
        self._progress.update(self._task, description=name)
        return lambda done: self._progress.update(self._task, completed=self._before + done)

    def finish(self, rows: int) -> None:
        """The current thing is over; it had `rows` rows, whether it said so or not."""
        self._before += rows
        self._progress.update(self._task, completed=self._before)


HALF_WAY = 8  # a small diagnosis asks for about as many replays


@contextmanager
def step_progress(beginning: str) -> Iterator[Callable[[str], None]]:
    """Takes each step in words, with a bar that never turns back; nobody knows how many are to come."""
    with _progress(TextColumn("{task.description}", markup=False), BarColumn(28)) as progress:
        task, steps = progress.add_task(beginning, total=None), itertools.count(1)

        def say(step: str) -> None:
            done = next(steps)
            progress.update(task, description=step, total=1.0, completed=done / (done + HALF_WAY))

        yield say


@contextmanager
def row_progress(rows: int) -> Iterator[RowProgress]:
    """A bar over `rows` rows that vanishes in the end."""
    with _progress(TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()) as progress:
        yield RowProgress(progress, rows)


def _progress(*columns: ProgressColumn) -> Progress:
    console = Console(stderr=True)
    shown = (SpinnerColumn(), *columns, TimeElapsedColumn())
    return Progress(*shown, console=console, transient=True, disable=not console.is_terminal)
