"""What reports for a terminal are made of. Texts of callers are printed on one line, never as markup."""

import textwrap

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from nantrace.report.report import Report
from nantrace.tensors.plain_text import one_line

INDENT = 2


def borderless_table(*headings: str) -> Table:
    return Table(*headings, box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)


def indented(part: RenderableType, by: int = INDENT) -> Padding:
    return Padding(part, (0, 0, 0, by))


def plain(text: str, style: str = "") -> Text:
    return Text(one_line(text), style)


def print_code(console: Console, code: str, indent: int) -> None:
    """Python, coloured. A line that is broken here could not be pasted."""
    lines = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(
        textwrap.indent(code, " " * indent)
    )
    lines.rstrip()
    console.print(lines, soft_wrap=True)


def print_notes_and_summary(console: Console, report: Report) -> None:
    """The end of every report."""
    for note in report.notes:
        console.print(plain(note, "dim"))
    console.print(Text(report.summary, "bold" if report.found else "bold green"))
