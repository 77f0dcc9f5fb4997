"""What may have been done to a feature as a whole, each as the straight line that it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from math import isclose

from nantrace.drift.faults.known_feature import KnownFeature, Observed
from nantrace.drift.faults.line import SAME, Line
from nantrace.drift.faults.line_fit import measured_lines
from nantrace.mistakes import COMMON_FACTORS, PIXELS, TEMPERATURES, UNITS, Conversion

COMMON_COST = 0.3  # of a unit that people change often


class Source(Enum):
    """What may be done to whole features, where it is no conversion of a unit."""

    REGISTERED_SCALER = auto()
    STANDARDISED = auto()
    MIN_MAX_SCALED = auto()
    SIGN = auto()
    SIGN_BEFORE_SCALING = auto()
    UNKNOWN_SCALER = auto()
    UNKNOWN = auto()


Mistake = Source | Conversion


@dataclass(frozen=True)
class LineExplanation:
    """`line` takes what the reference shows to what was sent. `cost` is what the explanation must beat others by, in
    standard errors: the more freely it was chosen, the higher. `sentence` says it, `code` undoes it on `values`.
    `mistake` is the same for all features that suffer the same, on whatever lines.
    """

    kind: str
    line: Line
    cost: float
    sentence: str
    code: str
    mistake: Mistake
    raw: bool = False  # it happened before the registered scaler
    measured: bool = False  # its numbers were taken from the rows themselves
    whole: bool = False  # it happens to all features of an input or to none


def of_scaler(scaler: Line) -> list[LineExplanation]:
    """The registered scaler was forgotten, or applied twice."""
    if scaler == SAME:
        return []
    undo, again = scaler.inverse, scaler
    return [
        LineExplanation(
            "unscaled", undo, 0.0, "the values are raw, not scaled", undoing(undo), Source.REGISTERED_SCALER
        ),
        LineExplanation(
            "scaled_twice", again, 0.0, "the values were scaled twice", undoing(again), Source.REGISTERED_SCALER
        ),
    ]


def of_own_scale(known: KnownFeature) -> list[LineExplanation]:
    """Rows that were scaled although the reference, and so the model, has raw ones."""
    if known.std <= 0 or is_scaled(known):
        return []
    standard = Line(1 / known.std, -known.mean / known.std)
    minmax = Line(1 / (known.high - known.low), -known.low / (known.high - known.low))
    sentence = "the values were {} although the model was trained on raw ones, which it scales itself"
    return [
        LineExplanation("scaled_twice", line, 0.2, sentence.format(word), undoing(line), source)
        for line, word, source in (
            (standard, "standardised", Source.STANDARDISED),
            (minmax, "min-max scaled", Source.MIN_MAX_SCALED),
        )
    ]


def of_pixels() -> list[LineExplanation]:
    """Whole inputs that were left as bytes, or made shares of 1 for a model of bytes."""
    return [
        LineExplanation(
            "unscaled" if one.factor > 1 else "scaled_twice",
            Line(one.factor, one.offset),
            0.2,
            one.sentence,
            f"values = {one.code}",
            one,
            whole=True,
        )
        for one in PIXELS
    ]


def is_scaled(known: KnownFeature) -> bool:
    """Whether the reference's values look standardised, or min-maxed."""
    standard = abs(known.mean) < 0.3 and abs(known.std - 1) < 0.3
    return standard or (abs(known.low) < 0.05 and abs(known.high - 1) < 0.1)


def of_units(scaler: Line) -> Iterator[LineExplanation]:
    """Another unit, before or behind the scaler."""
    for conversion in (*UNITS, *TEMPERATURES):
        line = Line(conversion.factor, conversion.offset)
        cost = unit_cost(conversion.factor)
        yield LineExplanation("unit_change", line, cost, conversion.sentence, f"values = {conversion.code}", conversion)
        if scaler != SAME:
            yield _before(scaler, conversion, cost)


def of_sign(scaler: Line) -> list[LineExplanation]:
    """The sign was turned, before or behind the scaler."""
    turned = Line(-1.0, 0.0)
    before = scaler.inverse.then(turned).then(scaler)
    found = [LineExplanation("sign_flip", turned, 0.2, "the sign is turned", "values = -values", Source.SIGN)]
    if before.offset:
        sentence = "the sign was turned before scaling"
        mistake = Source.SIGN_BEFORE_SCALING
        found.append(LineExplanation("sign_flip", before, 0.2, sentence, undoing(before), mistake, raw=True))
    return found


def of_any_line(known: KnownFeature, seen: Observed) -> list[LineExplanation]:
    """A line measured on the rows themselves: nobody knows why."""
    sentence = "location and spread have changed"
    return [
        LineExplanation("shift", line, 2.0, sentence, undoing(line), Source.UNKNOWN, measured=True)
        for line in measured_lines(known, seen)
    ]


@cache
def unit_cost(factor: float) -> float:
    """COMMON_COST or more: a thousand is likelier than a kibi, of which it is 2.4% away."""
    common = any(isclose(factor, one) or isclose(factor, 1 / one) for one in COMMON_FACTORS)
    return COMMON_COST if common else 0.7


def _before(scaler: Line, conversion: Conversion, cost: float) -> LineExplanation:
    line = scaler.inverse.then(Line(conversion.factor, conversion.offset)).then(scaler)
    return LineExplanation(
        "unit_change", line, cost, conversion.sentence, f"values = {conversion.code}", conversion, raw=True
    )


def undoing(line: Line) -> str:
    """Code that takes `values` back along a line."""
    return f"values = (values - {line.offset!r}) / {line.factor!r}"
