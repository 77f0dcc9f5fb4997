"""What the three reports have in common: how they show themselves."""

import io
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nantrace.packages import need
from nantrace.report.markup import Html

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100  # of the text, where there is no terminal


class Report(ABC):
    """HTML in a notebook, text in a terminal, the contract's document for a program.

    `notes`: sentences on what of the call was left out.
    """

    notes: Sequence[str]

    @property
    @abstractmethod
    def found(self) -> bool:
        """Whether there is anything to act on; a command then exits with 1."""

    @property
    @abstractmethod
    def summary(self) -> str:
        """The result in one sentence."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The contract's document: strict JSON, non-finite numbers as text."""

    @abstractmethod
    def write(self, console: "Console") -> None:
        """Writes the report as text."""

    @abstractmethod
    def html(self) -> Html:
        """The report as HTML without a script; everything that is not ours is escaped."""

    def print(self, colour: bool | None = None) -> None:
        """The report on standard output. Without `colour`, a terminal is coloured unless NO_COLOR is set."""
        need("rich", "a report as text")
        from rich.console import Console

        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without Unicode still gets its report
        self.write(Console(highlight=False, force_terminal=colour, no_color=None if colour is None else not colour))

    def __str__(self) -> str:
        need("rich", "a report as text")
        from rich.console import Console

        text = io.StringIO()
        self.write(Console(file=text, width=WIDTH, highlight=False, no_color=True, force_terminal=False))
        return text.getvalue().rstrip()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary}>"

    def _repr_html_(self) -> str:
        return self.html()
