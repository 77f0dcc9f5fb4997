"""HTML by construction: whatever is not made here is escaped."""

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

EMPTY = {"col", "rect"}  # elements without an end


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


class TableCell(Html):
    """A whole cell of a table."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: str) -> Html:
    """One element. A child that is no Html is escaped, as every attribute is; `class_` stands for `class`."""
    named = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    start = f"<{name}{named}>"
    return Html(start if name in EMPTY else f"{start}{together(children)}</{name}>")


def together(parts: Iterable[str]) -> Html:
    """Parts one after the other."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Html:
    """A table that scrolls by itself where it is too wide. What is no TableCell becomes the content of one."""
    head = element("tr", *(one if isinstance(one, TableCell) else element("th", one) for one in headings))
    body = [element("tr", *(one if isinstance(one, TableCell) else element("td", one) for one in row)) for row in rows]
    whole = element("table", element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll", tabindex="0")


def number_cell(text: str, *, bad: bool = False) -> TableCell:
    """A cell whose text stands on the right."""
    return TableCell(element("td", text, class_="n bad" if bad else "n"))


def number_heading(text: str) -> TableCell:
    """The heading above such cells."""
    return TableCell(element("th", text, class_="n"))


def page(*parts: str) -> Html:
    """A report that brings its own style and takes none from, and gives none to, the page around it."""
    return element("div", element("style", _style()), *parts, class_="nantrace")


@cache
def _style() -> Html:
    return Html((files("nantrace.report") / "report.css").read_text(encoding="utf-8"))
