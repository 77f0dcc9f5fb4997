"""What reports for a terminal are made of. Texts of callers are printed on one line, never as markup."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nantrace.tensors.plain_text import one_line

INDENT = 2


def borderless_table(*headings: str) -> Table:
    return Table(*headings, box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)


def indented(part: RenderableType, by: int = INDENT) -> Padding:
    return Padding(part, (0, 0, 0, by))


def plain(text: str, style: str = "") -> Text:
    return Text(one_line(text), style)
