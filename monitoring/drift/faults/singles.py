"""The fault of one feature that moved as a whole."""

from dataclasses import dataclass

from monitoring.drift.faults.explanations import Explanation, of_any_line, of_units
from monitoring.drift.faults.lines import Moved
from monitoring.drift.faults.unknown_scale import of_unknown_scale

CLEAR = 0.12  # Kolmogorov's distance: a unit is not guessed from less
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

    def sameness(self) -> tuple[str, str]:
        """What features have in common that suffer one and the same fault."""
        alone = f"{self.moved.feature.number:06}" if self.kind == "shift" else ""
        return self.kind, alone or self.explanation.told


def single(one: Moved, *, unregistered: bool) -> Single | None:
    """What happened to one feature, None if nothing believable. `unregistered`: the reference was scaled somehow."""
    known, seen = one.feature.known, one.feature.seen
    more = [*of_units(one.feature.scaler), *of_any_line(known, seen)]
    one = one.explained_by([*more, *(of_unknown_scale(known, seen) if unregistered else [])])
    for explanation, left in one.fitting():
        if not explanation.whole and _is_believable(one, explanation):
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
