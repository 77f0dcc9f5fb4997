"""What may have been done to a feature along lines that are measured on its rows: moves, growth, unknown scalers.

A measured number has a price (`occam`): the share of a weight that lies within a standard error of where it was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log, pi, sqrt

import numpy as np

from nantrace.mistakes.candidates import (
    SCALED,
    SCALED_WRONGLY,
    TURNED,
    Hypothesis,
    Mistake,
    Source,
    is_min_maxed,
    undoing,
    unit_weight,
)
from nantrace.mistakes.conversions import FACTORS, Conversion
from nantrace.mistakes.decimals import is_round
from nantrace.mistakes.known_feature import KnownFeature, Observed
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.line import SAME, Line
from nantrace.mistakes.measured_lines import measured_lines, refined

# Weights, chosen like those of `candidates`
MOVED, STRETCHED, GROWN, TURNED_ROUND, OTHER_LAW = 0.1, 0.1, 0.02, 0.01, 0.1
FROM_ZERO = 0.11  # of the columns of CHOSEN_ON begin at 0: what scales them into 0..1 is a factor alone
BEFORE_UNKNOWN_SCALER = 0.2  # of a unit's weight: a spread that is not what it was is mostly no unit
ROUNDER, NO_ROUNDER = log(0.6 / 0.02), log(0.4 / 0.98)  # raw values have fewer decimals, others hardly ever
NEAR = 0.25  # logarithm of a measured factor over a known one; which of those so near it is, the likelihood decides
LEAST_STD = 1e-300
FARTHEST = 1e100  # widths from the middle of a density: its square is a number


def of_any_law(feature: Feature, known_lines: Sequence[Line]) -> list[tuple[Hypothesis, float]]:
    """What is no known mistake, with its logarithmic likelihood: a line measured on the rows, or any other law.

    No known line fits better than the best of all lines, which is therefore looked for around these as well.
    """
    known, seen = feature.known, feature.seen
    rising, falling = ([line for line in known_lines if (line.factor > 0) == up] for up in (True, False))
    moved = refined(feature, [SAME, *_anchored(known, seen, 1.0)], slope=False)
    stretched = refined(feature, [moved[0], *measured_lines(known, seen), *rising])
    grown = refined(feature, [Line(line.factor, 0.0) for line in (SAME, stretched[0], *rising)], offset=False)
    turned = refined(feature, [*_anchored(known, seen, -1.0), *falling])
    found = [
        (_of_no_mistake(moved[0], MOVED, _occam_of_shift(feature, moved[0], slope=False)), moved[1]),
        (_of_no_mistake(stretched[0], STRETCHED, _occam_of_shift(feature, stretched[0])), stretched[1]),
        (_of_no_mistake(grown[0], GROWN, _occam_of_growth(feature, grown[0])), grown[1]),
        (_of_no_mistake(turned[0], TURNED_ROUND, _occam_of_shift(feature, turned[0])), turned[1]),
    ]
    return [*found, _other_law(feature, stretched[0])]


def _of_no_mistake(line: Line, weight: float, occam: float) -> Hypothesis:
    """A measured line; a falling one is no shift, and nothing that has a name."""
    kind, mistake = ("shift", Source.UNKNOWN) if line.factor > 0 else ("", Source.OTHER_LAW)
    sentence = "location and spread have changed"
    return Hypothesis(kind, line, weight, sentence, undoing(line), mistake, measured=True, occam=occam)


def _other_law(feature: Feature, line: Line) -> tuple[Hypothesis, float]:
    """Of the shape that the rows have (Schwarz 1978), at the place and of the width that the `line` has."""
    seen = feature.seen
    own = seen.histogram
    left = feature.independent * float(own.log_densities(seen.ordered, seen.resolution, [SAME])[0])
    occam = _occam_of_shift(feature, line) - own.free / 2 * log(1 + feature.independent)
    return Hypothesis("", SAME, OTHER_LAW, "", "", Source.OTHER_LAW, measured=True, occam=occam), left


def of_unknown_scale(feature: Feature) -> list[tuple[Hypothesis, float]]:
    """Raw values, values scaled twice, another unit or a turned sign before a scaling that nobody registered."""
    known, seen = feature.known, feature.seen
    if not seen.cells or known.std <= 0:
        return []
    lines = measured_lines(known, seen)
    if not lines:
        return []
    line, _ = refined(feature, lines)
    found = _of_known_slopes(feature, line)
    rising = [one.line for one, _ in found if one.line.factor > 0]
    line, left = refined(feature, [line, *rising])
    rounder = ROUNDER if is_rounder(seen, known) else NO_ROUNDER
    return [
        *found,
        (_of_unknown_scaler("unscaled", line, _occam_of_raw(feature, line) + rounder), left),
        (_of_unknown_scaler("scaled_twice", line, _occam_of_twice(feature, line)), left),
        *_of_unknown_span(feature, line, rounder),
        (_of_no_mistake(line, GROWN, _occam_of_growth(feature, line) + _occam_of_factor(feature, line)), left),
    ]


def _of_unknown_span(feature: Feature, line: Line, rounder: float) -> list[tuple[Hypothesis, float]]:
    """Of a reference in 0..1 whose raw values began at 0 too: no offset has to be measured, nor paid for."""
    known = feature.known
    if not is_min_maxed(known):
        return []
    factor, left = refined(feature, [Line(line.factor, 0.0)], offset=False)
    width = _width(feature, sqrt(0.5))
    raw, twice = (_of_raw_std(known.std * span) + width for span in (factor.factor, 1 / factor.factor))
    return [
        (replace(_of_unknown_scaler(kind, factor, occam), weight=FROM_ZERO * SCALED_WRONGLY), left)
        for kind, occam in (("unscaled", raw + rounder), ("scaled_twice", twice))
    ]


def _of_known_slopes(feature: Feature, line: Line) -> list[tuple[Hypothesis, float]]:
    """Units near a measured line, and a turned sign, at the offsets that an unknown scaler gives them."""
    slopes: list[tuple[float, str, float, str, Mistake]] = [
        (-1.0, "sign_flip", TURNED, "the sign was turned before scaling", Source.SIGN_BEFORE_SCALING)
    ]
    for factor, word in _near(line.factor):
        sentence = f"the raw values were {word} before they were scaled, as in another unit"
        weight = BEFORE_UNKNOWN_SCALER * unit_weight(factor)
        slopes.append((factor, "unit_change", weight, sentence, Conversion(factor, 0.0, sentence)))
    found = []
    for factor, kind, weight, sentence, mistake in slopes:
        one, left = refined(feature, _anchored(feature.known, feature.seen, factor), slope=False)
        occam = _occam_of_factor(feature, one)
        found.append(
            (Hypothesis(kind, one, weight, sentence, undoing(one), mistake, raw=True, measured=True, occam=occam), left)
        )
    return found


def _of_unknown_scaler(kind: str, line: Line, occam: float) -> Hypothesis:
    return Hypothesis(
        kind, line, SCALED_WRONGLY, SCALED[kind], undoing(line), Source.UNKNOWN_SCALER, measured=True, occam=occam
    )


def is_rounder(seen: Observed, known: KnownFeature) -> bool:
    """Whether the rows have few decimals and the reference's values more."""
    return is_round(seen.ordered) and not is_round(known.points if known.values is None else known.values)


def _near(measured: float) -> Iterator[tuple[float, str]]:
    for factor in FACTORS:
        for one, word in ((factor, "multiplied"), (1 / factor, "divided")):
            if abs(log(measured / one)) < NEAR:
                yield one, f"{word} by {factor:g}"


def _anchored(known: KnownFeature, seen: Observed, factor: float) -> list[Line]:
    """Lines of this slope through a place that both sides have: the ends, the middle, the most frequent value."""
    right = known.on(Line(factor, 0.0))
    quarters = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    places = np.interp(quarters, right.below, right.points)
    anchors = [(right.low, seen.ordered[0]), (right.high, seen.ordered[-1])]
    anchors += list(zip(places.tolist(), seen.quantiles(quarters).tolist(), strict=True))
    values, counts = seen.repeated_values(max(3, seen.cells // 5))
    if len(counts):
        anchors.append((factor * known.heaviest, values[0]))
    return [Line(factor, float(sent - at)) for at, sent in anchors]


def _occam_of_shift(feature: Feature, line: Line, *, slope: bool = True) -> float:
    """Half of the shifts are below 0.7 standard deviations, and half change the spread by less than a quarter."""
    known = feature.known
    factor = abs(line.factor)
    away = (line.factor * known.mean + line.offset - known.mean) / max(known.std, LEAST_STD)
    occam = _cauchy(away, 0.0, 0.7) + _width(feature, factor)
    return occam + (_occam_of_growth(feature, line) if slope else 0.0)


def _occam_of_growth(feature: Feature, line: Line) -> float:
    return _cauchy(log(abs(line.factor)), 0.0, 0.25) + _width(feature, sqrt(0.5))


def _occam_of_raw(feature: Feature, line: Line) -> float:
    known = feature.known
    std, mean = line.factor * known.std, line.factor * known.mean + line.offset
    return _of_raw_column(std, mean / std) + _width(feature, 1.0) + _width(feature, sqrt(0.5))


def _occam_of_twice(feature: Feature, line: Line) -> float:
    known = feature.known
    std, ratio = known.std / line.factor, (known.mean - line.offset) / known.std
    return _of_raw_column(std, ratio) + _width(feature, line.factor) + _width(feature, sqrt(0.5))


def _occam_of_factor(feature: Feature, line: Line) -> float:
    """Of a factor before an unknown scaler, which adds the more, the farther raw values are from 0."""
    known, beyond = feature.known, (line.factor - 1) or LEAST_STD
    ratio = (line.offset / beyond + known.mean) / known.std
    return _cauchy(ratio, 1.5, 1.5) + _width(feature, min(abs(line.factor / beyond), FARTHEST))


def _of_raw_column(std: float, ratio: float) -> float:
    """Density of a raw column's logarithm of the standard deviation, and of its mean in these.

    Most columns of CHOSEN_ON (`benchmarks/drift_tables.py`) have deviations of 1 to 100, and means above 0.
    """
    return _of_raw_std(std) + _cauchy(ratio, 1.5, 1.5)


def _of_raw_std(std: float) -> float:
    return _normal(log(std), 2.0, 2.5)


def _width(feature: Feature, times: float) -> float:
    """Logarithm of the width of a likelihood whose standard error is so many times that of a standardised mean."""
    return log(times * sqrt(2 * pi / feature.independent))


def _normal(value: float, centre: float, width: float) -> float:
    return -(min(abs(value - centre) / width, FARTHEST) ** 2) / 2 - log(width * sqrt(2 * pi))


def _cauchy(value: float, centre: float, width: float) -> float:
    return -log(pi * width * (1 + min(abs(value - centre) / width, FARTHEST) ** 2))
