"""A feature whose reference was scaled by numbers that nobody registered: offsets of raw values cannot be known."""

from collections.abc import Iterator

import numpy as np

from monitoring.conversions import FACTORS
from monitoring.drift.faults.explanations import Explanation, undoing
from monitoring.drift.faults.fitting import measured_lines
from monitoring.drift.faults.grain import is_round
from monitoring.drift.faults.known_feature import KnownFeature, Observed
from monitoring.drift.faults.line import Line

NEAR = 0.25  # logarithm of a measured factor over a known one; which of those so near it is, the fit decides


def of_unknown_scale(known: KnownFeature, seen: Observed) -> list[Explanation]:
    """Raw values; another unit or a turned sign before the scaling, each at the offset that the rows show."""
    if not seen.cells:
        return []
    turned = "the sign was turned before scaling"
    found = [
        Explanation("sign_flip", line, 2.2, turned, undoing(line), raw=True) for line in _anchored(known, seen, -1.0)
    ]
    measured = measured_lines(known, seen)
    if is_round(seen.ordered) and not is_round(known.points):
        found += [Explanation("unscaled", line, 0.5, "the values are raw", undoing(line)) for line in measured]
    for factor, word in _near([line.factor for line in measured]):
        told = f"the raw values were {word} before they were scaled: another unit"
        lines = _anchored(known, seen, factor)
        found += [Explanation("unit_change", line, 0.8, told, undoing(line), raw=True) for line in lines]
    return found


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
    values, counts = seen.spikes(max(3, seen.cells // 5))
    if len(counts):
        anchors.append((factor * known.heaviest, values[0]))
    return [Line(factor, float(sent - at)) for at, sent in anchors]
