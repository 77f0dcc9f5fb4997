"""What may have been done to a feature as a whole: straight lines, and how often each happens."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from math import isclose

from nantrace.mistakes.conversions import COMMON_FACTORS, PIXELS, TEMPERATURES, UNITS, Conversion
from nantrace.mistakes.known_feature import KnownFeature
from nantrace.mistakes.line import SAME, Line


class Source(Enum):
    """What may be done to whole features, where it is no conversion of a unit."""

    NOTHING = auto()
    OTHER_LAW = auto()
    REGISTERED_SCALER = auto()
    STANDARDISED = auto()
    MIN_MAX_SCALED = auto()
    SIGN = auto()
    SIGN_BEFORE_SCALING = auto()
    UNKNOWN_SCALER = auto()
    UNKNOWN = auto()


Mistake = Source | Conversion
SCALED = {"unscaled": "the values are raw, not scaled", "scaled_twice": "the values were scaled twice"}
COMMON = (*COMMON_FACTORS, *(one.factor for one in TEMPERATURES))

# How often each happens to a feature that moved, against the others. Their order is a judgement: that a scaler is
# forgotten more often than a sign is turned. Their sizes were chosen on the tables CHOSEN_ON of
# `benchmarks/drift_tables.py`, so that a named fault is right as often as its confidence says; the other tables judge.
NOTHING = 0.3
SCALED_WRONGLY = 0.1
MIN_MAX_ALONE = 0.005  # it happens to whole inputs, whose other features make up for this
PIXEL = 0.005
COMMON_UNIT, OTHER_UNIT = 0.02, 0.004
TURNED, TURNED_BEHIND_SCALER = 0.05, 0.01


@dataclass(frozen=True)
class Hypothesis:
    """`line` takes what the reference shows to what was sent. `kind` is "" where no mistake is named.

    `weight`: how often this happens to a feature, against the others. `occam`: logarithm of the share of the weight
    that lies at its numbers, where these were measured on the rows (`measured`), else 0. `sentence` says it, `code`
    undoes it on `values`. `mistake` is the same for all features that suffer the same, on whatever lines.
    """

    kind: str
    line: Line
    weight: float
    sentence: str
    code: str
    mistake: Mistake
    raw: bool = False  # it happened before the registered scaler
    measured: bool = False
    whole: bool = False  # it happens to all features of an input or to none
    occam: float = 0.0


def of_scaler(scaler: Line) -> list[Hypothesis]:
    """The registered scaler was forgotten, or applied twice."""
    if scaler == SAME:
        return []
    return [
        Hypothesis(kind, line, SCALED_WRONGLY, SCALED[kind], undoing(line), Source.REGISTERED_SCALER)
        for kind, line in (("unscaled", scaler.inverse), ("scaled_twice", scaler))
    ]


def of_own_scale(known: KnownFeature) -> list[Hypothesis]:
    """Rows that were scaled although the reference, and so the model, has raw ones."""
    if known.std <= 0:
        return []
    standard = Line(1 / known.std, -known.mean / known.std)
    minmax = Line(1 / (known.high - known.low), -known.low / (known.high - known.low))
    sentence = "the values were {} although the model was trained on raw ones, which it scales itself"
    return [
        Hypothesis("scaled_twice", line, weight, sentence.format(word), undoing(line), source)
        for line, word, source, weight, is_so_already in (
            (standard, "standardised", Source.STANDARDISED, SCALED_WRONGLY, is_standardised),
            (minmax, "min-max scaled", Source.MIN_MAX_SCALED, MIN_MAX_ALONE, is_min_maxed),
        )
        if not is_so_already(known)
    ]


def of_pixels() -> list[Hypothesis]:
    """Whole inputs that were left as bytes, or made shares of 1 for a model of bytes."""
    return [
        Hypothesis(
            "unscaled" if one.factor > 1 else "scaled_twice",
            Line(one.factor, one.offset),
            PIXEL,
            one.sentence,
            f"values = {one.code}",
            one,
            whole=True,
        )
        for one in PIXELS
    ]


def is_scaled(known: KnownFeature) -> bool:
    """Whether the reference's values look standardised, or min-maxed."""
    return is_standardised(known) or is_min_maxed(known)


def is_standardised(known: KnownFeature) -> bool:
    return abs(known.mean) < 0.3 and abs(known.std - 1) < 0.3


def is_min_maxed(known: KnownFeature) -> bool:
    return abs(known.low) < 0.05 and abs(known.high - 1) < 0.1


def of_units(scaler: Line) -> Iterator[Hypothesis]:
    """Another unit, before or behind the scaler."""
    for conversion in (*UNITS, *TEMPERATURES):
        line = Line(conversion.factor, conversion.offset)
        weight = unit_weight(conversion.factor)
        code = f"values = {conversion.code}"
        yield Hypothesis("unit_change", line, weight, conversion.sentence, code, conversion)
        if scaler != SAME:
            before = scaler.inverse.then(line).then(scaler)
            yield Hypothesis("unit_change", before, weight, conversion.sentence, code, conversion, raw=True)


@cache
def unit_weight(factor: float) -> float:
    """A thousand is likelier than a kibi, of which it is 2.4% away; temperatures are as common."""
    common = any(isclose(factor, one) or isclose(factor, 1 / one) for one in COMMON)
    return COMMON_UNIT if common else OTHER_UNIT


def of_sign(scaler: Line, known: KnownFeature) -> list[Hypothesis]:
    """The sign was turned, before or behind the scaler; hardly ever behind it."""
    turned = Line(-1.0, 0.0)
    weight = TURNED_BEHIND_SCALER if scaler != SAME or is_scaled(known) else TURNED
    before = scaler.inverse.then(turned).then(scaler)
    found = [Hypothesis("sign_flip", turned, weight, "the sign is turned", "values = -values", Source.SIGN)]
    if before.offset:
        sentence = "the sign was turned before scaling"
        found.append(
            Hypothesis("sign_flip", before, TURNED, sentence, undoing(before), Source.SIGN_BEFORE_SCALING, raw=True)
        )
    return found


def nothing() -> Hypothesis:
    """The rows are as the reference is."""
    return Hypothesis("", SAME, NOTHING, "", "", Source.NOTHING)


def undoing(line: Line) -> str:
    """Code that takes `values` back along a line."""
    return f"values = (values - {line.offset!r}) / {line.factor!r}"
