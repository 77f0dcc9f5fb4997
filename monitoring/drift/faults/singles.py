"""The fault of one feature that moved as a whole."""

from dataclasses import dataclass

import numpy as np

from monitoring.conversions import FACTORS
from monitoring.drift.faults.explanations import Explanation, of_turned_line
from monitoring.drift.faults.fitting import distance
from monitoring.drift.faults.grain import is_round
from monitoring.drift.faults.lines import Moved

CLEAR = 0.12  # Kolmogorov's distance: a unit is not guessed from less
SNAP = 0.04  # relative: a measured factor is a known one if so near
SHIFTED = 0.4  # standard deviations
STRETCHED = 1.4


@dataclass(frozen=True)
class Single:
    """An explanation of one moved feature; `left`, `rival`: distances that it and the next best one leave."""

    kind: str
    moved: Moved
    explanation: Explanation
    left: float
    rival: float

    @property
    def told(self) -> str:
        return self.explanation.told if self.kind == "unit_change" else ""


def single(one: Moved, *, unregistered: bool) -> Single | None:
    """What happened to one feature, None if nothing believable. `unregistered`: the reference was scaled somehow."""
    fitting = one.fitting()
    if unregistered:
        fitting = _of_unknown_scale(one, fitting)
    for explanation, left in fitting:
        if _is_believable(one, explanation):
            rival = one.besides(explanation.kind)
            return Single(explanation.kind, one, explanation, left, rival)
    return None


def _is_believable(one: Moved, explanation: Explanation) -> bool:
    clear = one.before * one.feature.noise >= CLEAR
    if explanation.kind != "shift":
        return clear
    line, known = explanation.line, one.feature.known
    away = abs(line.factor * known.mean + line.offset - known.mean)
    stretch = max(line.factor, 1 / line.factor)
    return clear and (away > SHIFTED * known.std or stretch > STRETCHED)


def _of_unknown_scale(one: Moved, fitting: list[tuple[Explanation, float]]) -> list[tuple[Explanation, float]]:
    """What a measured line means where raw values had been scaled by unknown numbers: its offset says nothing."""
    found = []
    for explanation, left in fitting:
        if explanation.kind == "shift":
            meant = _meant(one, explanation)
            found.append((meant, left))
        else:
            found.append((explanation, left))
    turned = of_turned_line(one.feature.known, one.feature.seen)
    if turned is not None and abs(np.log(-turned.line.factor)) < 0.15:
        left = distance(one.feature.known, one.feature.seen, turned.line) / one.feature.noise
        if one.fits(left):
            found.append((turned, left))
    return sorted(found, key=lambda pair: pair[1] + pair[0].cost)


def _meant(one: Moved, explanation: Explanation) -> Explanation:
    factor = explanation.line.factor
    if is_round(one.feature.seen.ordered) and not is_round(one.feature.known.points):
        return Explanation("unscaled", explanation.line, 1.0, "the values are raw", explanation.code)
    near = min((*FACTORS, *(1 / one for one in FACTORS)), key=lambda known: abs(np.log(factor / known)))
    if abs(np.log(factor / near)) < SNAP:
        word = f"multiplied by {near:g}" if near > 1 else f"divided by {1 / near:g}"
        told = f"the raw values were {word} before they were scaled: another unit"
        return Explanation("unit_change", explanation.line, 1.0, told, explanation.code, raw=True)
    return explanation
