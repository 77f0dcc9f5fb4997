"""A feature whose reference was scaled by numbers that nobody registered: offsets of raw values cannot be known."""

from collections.abc import Iterator

import numpy as np

from nantrace.drift.faults.decimals import is_round
from nantrace.drift.faults.explanations import LineExplanation, Source, undoing, unit_cost
from nantrace.drift.faults.known_feature import KnownFeature, Observed
from nantrace.drift.faults.line import Line
from nantrace.drift.faults.line_fit import measured_lines
from nantrace.mistakes.unit_conversions import FACTORS, Conversion

SENTENCES = {"unscaled": "the values are raw, not scaled", "scaled_twice": "the values were scaled twice"}
FAR_SCALE = 1.6  # logarithm of a factor beyond which a spread does not change by itself
NEAR = 0.25  # logarithm of a measured factor over a known one; which of those so near it is, the fit decides


def of_unknown_scale(known: KnownFeature, seen: Observed) -> list[LineExplanation]:
    """Raw values; another unit or a turned sign before the scaling, each at the offset that the rows show."""
    if not seen.cells:
        return []
    turned = "the sign was turned before scaling"
    found = [
        LineExplanation(
            "sign_flip", line, 2.2, turned, undoing(line), Source.SIGN_BEFORE_SCALING, raw=True, measured=True
        )
        for line in _anchored(known, seen, -1.0)
    ]
    measured = measured_lines(known, seen)
    if is_rounder(seen, known):
        found += [
            LineExplanation(
                "unscaled", line, 0.5, SENTENCES["unscaled"], undoing(line), Source.UNKNOWN_SCALER, measured=True
            )
            for line in measured
        ]
    for line in measured:
        if abs(np.log(line.factor)) > FAR_SCALE:
            kind = "unscaled" if scaling_vote(known, seen, line) >= 0 else "scaled_twice"
            found.append(
                LineExplanation(kind, line, 1.5, SENTENCES[kind], undoing(line), Source.UNKNOWN_SCALER, measured=True)
            )
    for factor, word in _near([line.factor for line in measured]):
        sentence = f"the raw values were {word} before they were scaled, as in another unit"
        mistake = Conversion(factor, 0.0, sentence)
        lines = _anchored(known, seen, factor)
        cost = 0.6 + unit_cost(factor)
        found += [
            LineExplanation("unit_change", line, cost, sentence, undoing(line), mistake, raw=True, measured=True)
            for line in lines
        ]
    return found


def scaling_vote(known: KnownFeature, seen: Observed, line: Line) -> int:
    """Above 0 for raw values, which have few digits, wide ranges and mostly one sign; below for values scaled twice."""
    vote = 3 if is_rounder(seen, known) else 0
    if abs(line.offset) > 0.3 * line.factor:
        vote += 1 if line.offset > 0 else -1
    far = 2 if abs(np.log(line.factor)) > FAR_SCALE else 1
    return vote + (far if line.factor > 1 else -far)


def is_rounder(seen: Observed, known: KnownFeature) -> bool:
    """Whether the rows have few decimals and the reference's values more."""
    return is_round(seen.ordered) and not is_round(known.points if known.values is None else known.values)


def _near(measured: list[float]) -> Iterator[tuple[float, str]]:
    for factor in FACTORS:
        for one, word in ((factor, "multiplied"), (1 / factor, "divided")):
            if any(abs(np.log(found / one)) < NEAR for found in measured):
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
