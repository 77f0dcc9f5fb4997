"""What a person who waits at a terminal sees, on standard error; nothing where that is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class RowProgress:
    """One bar over the rows of several things, of which each tells how many of its rows are done."""

    def __init__(self, progress: Progress, rows: int) -> None:
        self._progress = progress
        self._task = progress.add_task("loading the model", total=rows)
        self._before = 0

    def within(self, name: str) -> Callable[[int], None]:
        """Takes the number of rows done of the thing called `name`."""
        self._progress.update(self._task, description=name)
        return lambda done: self._progress.update(self._task, completed=self._before + done)

    def finish(self, rows: int) -> None:
        """The current thing is over; it had `rows` rows, told or not."""
        self._before += rows
        self._progress.update(self._task, completed=self._before)


@contextmanager
def row_progress(rows: int) -> Iterator[RowProgress]:
    """A bar over `rows` rows that vanishes in the end."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield RowProgress(progress, rows)
