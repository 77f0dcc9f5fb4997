"""What may have been done to a feature as a whole, each as the straight line that it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import isclose

from nantrace.drift.faults.known_feature import KnownFeature, Observed
from nantrace.drift.faults.line import SAME, Line
from nantrace.drift.faults.line_fit import measured_lines
from nantrace.mistakes.unit_conversions import COMMON_FACTORS, PIXELS, TEMPERATURES, UNITS, Conversion


@dataclass(frozen=True)
class LineExplanation:
    """`line` takes what the reference shows to what was sent. `cost` is what the explanation must beat others by, in
    standard errors: the more freely it was chosen, the higher. `told` says it, `code` undoes it on `values`.
    """

    kind: str
    line: Line
    cost: float
    told: str
    code: str
    raw: bool = False  # it happened before the registered scaler
    measured: bool = False  # its numbers were taken from the rows themselves
    whole: bool = False  # it happens to all features of an input or to none


def of_scaler(scaler: Line) -> list[LineExplanation]:
    """The registered scaler was forgotten, or applied twice."""
    if scaler == SAME:
        return []
    undo, again = scaler.inverse, scaler
    return [
        LineExplanation("unscaled", undo, 0.0, "the values are raw, not scaled", undoing(undo)),
        LineExplanation("scaled_twice", again, 0.0, "the values were scaled twice", undoing(again)),
    ]


def of_own_scale(known: KnownFeature) -> list[LineExplanation]:
    """Rows that were scaled although the reference, and so the model, has raw ones."""
    if known.std <= 0 or is_scaled(known):
        return []
    standard = Line(1 / known.std, -known.mean / known.std)
    minmax = Line(1 / (known.high - known.low), -known.low / (known.high - known.low))
    told = "the values were {} although the model was trained on raw ones, which it scales itself"
    return [
        LineExplanation("scaled_twice", line, 0.2, told.format(word), undoing(line))
        for line, word in ((standard, "standardised"), (minmax, "min-max scaled"))
    ]


def of_pixels() -> list[LineExplanation]:
    """Whole inputs that were left as bytes, or made shares of 1 for a model of bytes."""
    return [
        LineExplanation(
            "unscaled" if one.factor > 1 else "scaled_twice",
            Line(one.factor, one.offset),
            0.2,
            one.told,
            f"values = {one.code}",
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
        yield LineExplanation("unit_change", line, cost, conversion.told, f"values = {conversion.code}")
        if scaler != SAME:
            yield _before(scaler, conversion, cost)


def of_sign(scaler: Line) -> list[LineExplanation]:
    """The sign was turned, before or behind the scaler."""
    turned = Line(-1.0, 0.0)
    before = scaler.inverse.then(turned).then(scaler)
    found = [LineExplanation("sign_flip", turned, 0.2, "the sign is turned", "values = -values")]
    if before.offset:
        told = "the sign was turned before scaling"
        found.append(LineExplanation("sign_flip", before, 0.2, told, undoing(before), raw=True))
    return found


def of_any_line(known: KnownFeature, seen: Observed) -> list[LineExplanation]:
    """A line measured on the rows themselves: nobody knows why."""
    told = "location and spread have changed"
    return [
        LineExplanation("shift", line, 2.0, told, undoing(line), measured=True) for line in measured_lines(known, seen)
    ]


@cache
def unit_cost(factor: float) -> float:
    """A thousand is likelier than a kibi, of which it is 2.4% away."""
    common = any(isclose(factor, one) or isclose(factor, 1 / one) for one in COMMON_FACTORS)
    return 0.3 if common else 0.7


def _before(scaler: Line, conversion: Conversion, cost: float) -> LineExplanation:
    line = scaler.inverse.then(Line(conversion.factor, conversion.offset)).then(scaler)
    return LineExplanation("unit_change", line, cost, conversion.told, f"values = {conversion.code}", raw=True)


def undoing(line: Line) -> str:
    """Code that takes `values` back along a line."""
    return f"values = (values - {line.offset!r}) / {line.factor!r}"
