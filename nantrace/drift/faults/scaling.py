"""Scaling that was left out or done twice. It hits many features at once: together they show more than each alone.

The reference itself may have been scaled by numbers that nobody registered; then offsets of raw values are not known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nantrace.drift.faults.decimals import is_round
from nantrace.drift.faults.explanations import LineExplanation, Source, is_scaled, of_any_line, undoing, unit_cost
from nantrace.drift.faults.known_feature import KnownFeature, Observed
from nantrace.drift.faults.line import Line
from nantrace.drift.faults.line_fit import measured_lines
from nantrace.drift.faults.lines import Feature, Moved, moved_by
from nantrace.mistakes import FACTORS, Conversion

KINDS = ("unscaled", "scaled_twice")
MOST = 0.5  # of the features that vary must have moved before all are said to have moved together
SAME_FACTOR = 0.1  # logarithm
RESCALED = 0.2  # logarithm of a factor; less is a shift
TYPICAL = 0.7  # of the features of a scaled reference show it
SENTENCES = {"unscaled": "the values are raw, not scaled", "scaled_twice": "the values were scaled twice"}
FAR_SCALE = 1.6  # logarithm of a factor beyond which a spread does not change by itself
NEAR = 0.25  # logarithm of a measured factor over a known one; which of those so near it is, the fit decides


@dataclass(frozen=True)
class Scaling:
    """One kind of scaling fault, and for each feature that it hit the explanation and the distance it leaves."""

    kind: str
    hit: Sequence[tuple[Moved, LineExplanation, float]]

    @property
    def features(self) -> list[Feature]:
        return [one.feature for one, _, _ in self.hit]


def known_scalings(features: Sequence[Feature], found: Sequence[Moved]) -> list[Scaling]:
    """By the registered scaler, or by the reference's own scale."""
    varying = sum(one.known.varies for one in features)
    return [scaling for kind in KINDS if (scaling := _of_kind(kind, found, varying)) is not None]


def _of_kind(kind: str, found: Sequence[Moved], varying: int) -> Scaling | None:
    """Features that the kind explains best."""
    hit = []
    for one in found:
        fitting = one.fitting()
        if fitting and fitting[0][0].kind == kind:
            hit.append((one, *fitting[0]))
    hit = [(one, made, left) for one, made, left in hit if not made.whole or _is_whole(made, hit, varying)]
    return Scaling(kind, hit) if hit else None


def _is_whole(made: LineExplanation, hit: Sequence[tuple[Moved, LineExplanation, float]], varying: int) -> bool:
    return sum(other.mistake == made.mistake for _, other, _ in hit) >= MOST * varying


def spread(scaling: Scaling, features: Sequence[Feature]) -> Scaling:
    """The same scaling with features that hardly moved, or that it explains less well, if it brings them any nearer."""
    hit = {one.feature.number for one, _, _ in scaling.hit}
    more = [moved_by(one) for one in features if one.number not in hit and one.known.varies and one.seen.cells]
    nearer = []
    for one in more:
        pair = next(((made, left) for made, left in one.explanations if made.kind == scaling.kind), None)
        if pair is not None and pair[1] < 0.7 * one.before:
            nearer.append((one, *pair))
    return Scaling(scaling.kind, sorted([*scaling.hit, *nearer], key=lambda each: each[0].feature.number))


def unknown_scaling(features: Sequence[Feature], found: Sequence[Moved]) -> Scaling | None:
    """A scaled reference without a registered scaler: most features lie on lines of their own."""
    varying = [one for one in features if one.known.varies and one.seen.cells]
    hit = []
    for each in found:
        one = each.explained_by(of_any_line(each.feature.known, each.feature.seen))
        pair = one.of_kind("shift")
        if pair is not None and abs(np.log(pair[0].line.factor)) > RESCALED:
            hit.append((one, *pair))
    if len(hit) < 2 or len(hit) < MOST * len(varying) or _is_one_factor([made for _, made, _ in hit]):
        return None
    votes = sum(scaling_vote(one.feature.known, one.feature.seen, made.line) for one, made, _ in hit)
    return Scaling("unscaled" if votes >= 0 else "scaled_twice", hit)


def _is_one_factor(made: Sequence[LineExplanation]) -> bool:
    """The same factor everywhere is another unit: a scaler has one for each feature."""
    return float(np.std([np.log(one.line.factor) for one in made])) < SAME_FACTOR


def looks_scaled(features: Sequence[Feature]) -> bool:
    """Whether the reference is standardised, or min-maxed."""
    scaled = [is_scaled(one.known) for one in features if one.known.varies]
    return bool(scaled) and sum(scaled) >= TYPICAL * len(scaled)


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
