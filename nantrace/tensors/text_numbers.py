"""Cells of text where numbers belong: missing marks, numbers as people write them, and what is no number at all."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nantrace.tensors.tensor import Sent, Tensor

# what spreadsheets, databases, R and pandas write for "no value", in lower case. NaN is a number: it was sent as one.
_MARKS = frozenset(
    ["", "na", "n/a", "n.a.", "#n/a", "#na", "#n/a n/a", "<na>", "nat", "null", "(null)", "none", "nil", r"\n"]
)
_SIGNS = frozenset(["?", "-", "--", "."])
MISSING_SPELLINGS = sorted(
    {form for mark in _MARKS | _SIGNS for form in (mark, mark.upper(), mark.capitalize())} | {" "}
)
"""Of the marks as they are mostly written, for readers that take them to the letter; `is_missing_mark` knows all."""
_DASHES = str.maketrans("\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "---")
_SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'"  # between thousands; the last in Switzerland
_GROUPS = str.maketrans("", "", _SPACES)
_SPACED = rf"[1-9]\d{{0,2}}([{_SPACES}]\d{{3}})+"
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)")
_GROUPED = re.compile(rf"[+-]?([1-9]\d{{0,2}}(,\d{{3}})+|{_SPACED})(\.\d*)?")
_DECIMAL_COMMA = re.compile(rf"[+-]?(\d+|[1-9]\d{{0,2}}(\.\d{{3}})+|{_SPACED})?,\d+(e[+-]?\d+)?")
_GROUPED_BY_DOTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_WORDS = {"true": 1.0, "false": 0.0} | {
    sign + word: float(sign + number)  # as C runtimes of Windows print them
    for sign in ("", "-")
    for word, number in (("1.#inf", "inf"), ("1.#ind", "nan"), ("1.#qnan", "nan"), ("1.#snan", "nan"))
}


def is_missing_mark(text: str) -> bool:
    """Whether a cell of numbers says with this text that it has none."""
    return text.strip().translate(_DASHES).lower() in _MARKS | _SIGNS


def number_in(text: str, *, decimal_comma: bool = False) -> float | None:
    """The number that a person wrote: 1.5, 1e-3, 1 234,5, 0,25, inf, nan, 1.#QNAN, true. None where it is none.

    `decimal_comma` decides what 1,234 and 1.234 mean, which can be read both ways.
    """
    cell = _plainly(text)
    if decimal_comma and _GROUPED_BY_DOTS.fullmatch(cell):
        return float(cell.replace(".", ""))
    if _PLAIN.fullmatch(cell):
        return float(cell)
    if _DECIMAL_COMMA.fullmatch(cell) and (decimal_comma or not _GROUPED.fullmatch(cell)):
        return float(cell.translate(_GROUPS).replace(".", "").replace(",", "."))
    if _GROUPED.fullmatch(cell):
        return float(cell.translate(_GROUPS).replace(",", ""))
    return _WORDS.get(cell)


@dataclass(frozen=True)
class Doubt:
    """What could have been read otherwise in a column: numbers as they are written, and the first as it was read.

    One number stands for a column that can be read both ways; two, with a point and with a comma, for a mixed one.
    """

    written: tuple[str, ...]
    read: float

    @property
    def has_thousands(self) -> bool:
        """Whether the mark was read as one between thousands."""
        return abs(self.read) >= 1000


def decimal_comma_in(texts: Iterable[str]) -> bool | None:
    """Whether all numbers of a column can be read with a decimal comma only, or (False) with a decimal point only.

    None where both would do, or neither.
    """
    cells = [cell for cell in map(_plainly, texts) if "," in cell or "." in cell]
    ways = {(_with_point(cell), _with_comma(cell)) for cell in cells} - {(False, False)}
    point, comma = (all(fits) for fits in zip(*ways, strict=True)) if ways else (True, True)
    return None if point == comma else comma


def with_numbers(tensor: Tensor, *, decimal_comma: bool = False) -> Tensor:
    """A tensor of texts as float64 numbers; any other tensor as it is.

    A missing mark is missing. A text that is no number is NaN with the code `Sent.TEXT`, and `texts` holds it.
    What can be read both ways is read as `decimal_comma` says.
    """
    return read_numbers(tensor, decimal_comma=decimal_comma)[0]


def read_numbers(tensor: Tensor, *, decimal_comma: bool = False) -> tuple[Tensor, Doubt | None]:
    """The same, and what could have been read otherwise."""
    if tensor.values.dtype.kind != "U":
        return tensor, None
    words, place = np.unique(tensor.values, return_inverse=True)
    only = decimal_comma_in(words.tolist())
    commas = decimal_comma if only is None else only
    read = [_cell(text, decimal_comma=commas) for text in words.tolist()]
    values = np.array([number for number, _ in read])[place].reshape(tensor.values.shape)
    sent = np.array([code for _, code in read], np.uint8)[place].reshape(tensor.values.shape)
    missing = tensor.missing()
    values[missing], sent[missing] = np.nan, Sent.MISSING
    unread = np.flatnonzero(sent == Sent.TEXT)
    texts = dict(zip(unread.tolist(), tensor.values.ravel()[unread].tolist(), strict=True))
    numbers = replace(tensor, values=values, sent=sent if sent.any() else None, texts=texts)
    return numbers, _doubt(words.tolist(), commas) if only is None else None


def _doubt(texts: Iterable[str], decimal_comma: bool) -> Doubt | None:
    """Of a column whose numbers can be read both ways, or of which some need a decimal point and some a comma."""
    marked = [text for text in texts if "," in text or "." in text]
    points = [text for text in marked if _with_point(_plainly(text))]
    commas = [text for text in marked if _with_comma(_plainly(text))]
    if not points or not commas:
        return None
    only_point, only_comma = set(points) - set(commas), set(commas) - set(points)
    with_comma_first = sorted(points, key=lambda text: "," not in text)
    written = (min(only_point), min(only_comma)) if only_point and only_comma else (with_comma_first[0],)
    read = number_in(written[0], decimal_comma=decimal_comma)
    return None if read is None else Doubt(written, read)


def _plainly(text: str) -> str:
    return text.strip().translate(_DASHES).lower()


def _with_point(cell: str) -> bool:
    return bool(_PLAIN.fullmatch(cell) or _GROUPED.fullmatch(cell))


def _with_comma(cell: str) -> bool:
    return bool(_DECIMAL_COMMA.fullmatch(cell) or _GROUPED_BY_DOTS.fullmatch(cell))


def _cell(text: str, *, decimal_comma: bool) -> tuple[float, Sent]:
    number = number_in(text, decimal_comma=decimal_comma)
    if number is None:
        return math.nan, Sent.MISSING if is_missing_mark(text) else Sent.TEXT
    overflowed = math.isinf(number) and "inf" not in text.lower()
    return number, Sent.OVERFLOW if overflowed else Sent.VALUE
