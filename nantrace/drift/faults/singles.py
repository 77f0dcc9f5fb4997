"""The fault of one feature that moved as a whole."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nantrace.drift.faults.explanations import COMMON_COST, LineExplanation, Mistake, Source, of_any_line, of_units
from nantrace.drift.faults.line_fit import log_densities
from nantrace.drift.faults.lines import Moved, is_outside
from nantrace.drift.faults.scaling import of_unknown_scale

CLEAR = 0.12  # Kolmogorov's distance: a unit is not guessed from less
SHIFTED = 0.4  # standard deviations
STRETCHED = 1.4
GROUPS = 5  # that rows outside the reference count as, however much they resemble each other
RARE = 3.0  # nats: a unit that is changed by hand far less often than the common ones


@dataclass(frozen=True)
class Single:
    """An explanation of one moved feature; `left`, `rival`: distances that it and the next best one leave.

    `posterior`: its probability among all units and an unknown law, where it was chosen by that.
    """

    kind: str
    moved: Moved
    explanation: LineExplanation
    left: float
    rival: float
    posterior: float | None = None

    @property
    def fault(self) -> tuple[str, Mistake, int]:
        """The same for features that suffer one and the same fault; nobody knows that of shifts."""
        number = self.moved.feature.number if self.explanation.mistake is Source.UNKNOWN else -1
        return self.kind, self.explanation.mistake, number


def single(one: Moved, *, unregistered: bool) -> Single | None:
    """What happened to one feature, None if nothing believable. `unregistered`: the reference was scaled somehow."""
    if (unit := _unit_of_rows_outside(one)) is not None:
        return unit
    known, seen = one.feature.known, one.feature.seen
    more = [*of_units(one.feature.scaler), *of_any_line(known, seen)]
    one = one.explained_by([*more, *(of_unknown_scale(known, seen) if unregistered else [])])
    for explanation, left in one.fitting():
        if not explanation.whole and _is_believable(one, explanation):
            rival = one.rival_of(explanation.kind)
            return Single(explanation.kind, one, explanation, left, rival)
    return None


def _unit_of_rows_outside(one: Moved) -> Single | None:
    """The unit that takes rows, of which the reference holds none, back to where it holds some.

    Rows of one season resemble each other more than the reference does as a whole, so that no distance falls to 0. How
    dense the reference is where each unit brings them decides (Bayes), against all other units and a law that nobody
    knows, which may put them anywhere up to their size.
    """
    feature = one.feature
    known, seen = feature.known, feature.seen
    if known.values is not None or not is_outside(feature):
        return None
    one = one.explained_by(list(of_units(feature.scaler)))
    units = [(made, left) for made, left in one.explanations if made.kind == "unit_change"]
    groups = max(seen.cells / known.clustering, GROUPS)
    prior = [-RARE * (made.cost > COMMON_COST) for made, _ in units]
    likely = groups * log_densities(known, seen, [made.line for made, _ in units]) + prior
    anywhere = -groups * math.log(2 * float(abs(seen.ordered[[0, -1]]).max()))
    best = int(likely.argmax())
    made, left = units[best]
    if likely[best] <= anywhere or (groups > GROUPS and not one.fits(left)):
        return None
    total = sum(math.exp(float(each) - float(likely[best])) for each in (*likely, anywhere))
    return Single(made.kind, one, made, left, one.rival_of(made.kind), posterior=1 / total)


def agreed(found: Sequence[Single]) -> list[Single]:
    """The same faults; where most units changed alike, so did those whose own best guess is another one."""
    units = Counter(one.explanation.mistake for one in found if one.kind == "unit_change")
    if not units or max(units.values()) < max(2, len(found) / 2):
        return list(found)
    common = max(units, key=lambda each: units[each])
    return [_joined(one, common) for one in found]


def alike(found: Sequence[Single], others: Sequence[Moved]) -> list[Single]:
    """Of further features those that the commonest unit behind any scaler explains, without a search."""
    units = Counter(one.explanation for one in found if one.kind == "unit_change" and not one.explanation.raw)
    if not units:
        return []
    (unit, _), *_ = units.most_common(1)
    more = [one.explained_by([unit]) for one in others]
    fitting = [(one, dict(one.explanations)[unit]) for one in more]
    return [Single(unit.kind, one, unit, left, one.rival_of(unit.kind)) for one, left in fitting if one.fits(left)]


def _joined(one: Single, common: Mistake) -> Single:
    fitting = one.moved.fitting() if one.kind in ("unit_change", "shift") else []
    alike = next(((made, left) for made, left in fitting if made.mistake == common), None)
    return one if alike is None else replace(one, kind="unit_change", explanation=alike[0], left=alike[1])


def _is_believable(one: Moved, explanation: LineExplanation) -> bool:
    clear = one.before * one.feature.noise >= CLEAR
    if explanation.kind != "shift":
        return clear
    line, known = explanation.line, one.feature.known
    away = abs(line.factor * known.mean + line.offset - known.mean)
    stretch = max(line.factor, 1 / line.factor)
    return clear and (away > SHIFTED * known.std or stretch > STRETCHED)
