"""Faults in words and figures for people: how sure each is, and the code that undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.faults import fault_remedies
from nantrace.drift.faults.categories import Unseen
from nantrace.drift.faults.fault import Fault
from nantrace.drift.faults.repeated_values import RepeatedValue
from nantrace.drift.faults.swaps import Exchange
from nantrace.mistakes.conversions import Conversion
from nantrace.mistakes.decimals import Rounded
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.line import SAME
from nantrace.mistakes.measured_lines import measured_factor
from nantrace.mistakes.posterior import Explained

CHANCE = 0.9  # standard errors: what is left of a distance when nothing is left but chance
MANY = 100  # cells
SUREST = 0.99


@dataclass(frozen=True)
class Words:
    """Writes the faults of one input; `index` (features,) are places on its last axis."""

    input: str
    index: NDArray[np.int64]

    def repeated_value(self, one: Feature, found: RepeatedValue) -> Fault:
        """A constant, a sentinel, a default fill, or a bound that clips."""
        place = self._place(one)
        sentence = {
            "constant": f"All {found.cells} values are {found.value:.6g}, as are {found.usual:.1%} of the reference.",
            "sentinel": f"{found.value:.6g}{_as_sent(one, found.value)} stands in {found.cells} cells "
            f"({found.share:.1%}), outside the reference's {_range(one)}: a number that means missing.",
            "default_fill": f"{found.value:.6g}{found.meaning and f', {found.meaning} of the reference,'} stands in "
            f"{found.share:.1%} of the cells instead of {found.usual:.1%}: gaps were filled with it.",
            "clipped": f"{found.share:.1%} of the values are exactly {found.value:.6g} and none is {found.meaning} it, "
            f"where the reference goes on ({_range(one)}).",
        }[found.kind]
        remedy = fault_remedies.of_repeated_value(found, place)
        return Fault(
            found.kind,
            self.input,
            (place,),
            sentence,
            _confidence_of_value(one, found),
            remedy,
            found.share,
            (found.value,),
            unprecedented=found.unprecedented,
        )

    def exchange(self, exchange: Exchange) -> Fault:
        """Features that hold each other's values."""
        holders, owners = ([self._place(one) for one in side] for side in (exchange.holders, exchange.owners))
        if len(holders) == 2:
            sentence = f"Columns {min(holders)} and {max(holders)} (counted from 0) hold each other's values."
        else:
            pairs = ", ".join(f"{holder} of {owner}" for holder, owner in zip(holders, owners, strict=True))
            sentence = f"Columns hold each other's values (counted from 0): {pairs}."
        remedy = fault_remedies.of_exchange(owners, holders)
        sure = _rounded(exchange.confidence)
        return Fault("swapped", self.input, tuple(sorted(holders)), sentence, sure, remedy, 1.0)

    def lines(self, group: Sequence[Explained]) -> Fault:
        """One and the same fault of one or several whole features."""
        first, best = group[0], group[0].best
        places = tuple(self._place(one.feature) for one in group)
        factor = _factor(first) if best.kind == "unit_change" else None
        sentence = _moved_by(first) if best.kind == "shift" else _sentence(group, factor)
        remedy = fault_remedies.of_line(best, places, registered=first.feature.scaler != SAME)
        lines = tuple((one.best.line.factor, one.best.line.offset) for one in group)
        sure = _rounded(float(np.mean([one.confidence for one in group])))
        return Fault(best.kind, self.input, places, sentence, sure, remedy, 1.0, factor=factor, lines=lines)

    def unseen(self, number: int, unseen: Unseen) -> Fault:
        place = int(self.index[number])
        listed = ", ".join(repr(value) if isinstance(value, str) else f"{value:g}" for value in unseen.values)
        sentence = (
            f"{unseen.cells} cells ({unseen.share:.1%}) hold categories that the reference does not know: {listed}."
        )
        sure = 1 - float(np.exp(-unseen.cells / 4))
        remedy = fault_remedies.of_unseen(unseen, place)
        return Fault(
            "unseen_category", self.input, (place,), sentence, round(sure, 2), remedy, unseen.share, unseen.values
        )

    def rounded(self, one: Feature, coarse: Rounded) -> Fault:
        digits = {0: "are whole numbers", 1: "have one decimal"}.get(
            coarse.decimals, f"have {coarse.decimals} decimals"
        )
        sentence = f"The values {digits}, as {coarse.coarse:.0%} of the reference's: they were rounded."
        sure = round(min(0.9, 1 - float(np.exp(-one.seen.cells / 100))), 2)
        remedy = fault_remedies.ROUNDED
        return Fault("rounded", self.input, (self._place(one),), sentence, sure, remedy, 1.0)

    def _place(self, one: Feature) -> int:
        return int(self.index[one.number])


def _range(one: Feature) -> str:
    return f"{one.known.low:.6g} to {one.known.high:.6g}"


def _as_sent(one: Feature, value: float) -> str:
    """The value before the registered scaler, where there is one."""
    raw = one.scaler.inverse
    return "" if one.scaler == SAME else f" ({raw.factor * value + raw.offset:.6g} before scaling)"


def _sentence(group: Sequence[Explained], factor: float | None) -> str:
    first = group[0].feature
    seen = f" (around {np.median(first.seen.ordered):.4g}, the reference around {first.known.median:.4g})"
    where = seen if len(group) == 1 else f", in {len(group)} features"
    before = np.median([one.feature.known.distance(one.feature.seen) for one in group])
    after = np.median([one.feature.known.distance(one.feature.seen.on(one.best.line.inverse)) for one in group])
    sentence = group[0].best.sentence
    measured = "" if factor is None else f" (measured: {factor:.4g} times)"
    return (
        f"{sentence[0].upper()}{sentence[1:]}{where}; undone, their distance from the reference falls from "
        f"{before:.2f} to {after:.2f}{measured}."
    )


def _moved_by(one: Explained) -> str:
    line, known = one.best.line, one.feature.known
    away = (line.factor * known.mean + line.offset - known.mean) / max(known.std, 1e-300)
    return (
        f"The values are {abs(away):.2g} standard deviations {'higher' if away > 0 else 'lower'} than the reference's "
        f"and {line.factor:.2g} times as spread; no known mistake explains it."
    )


def _factor(one: Explained) -> float | None:
    """How many times larger the values are, measured before the scaler where the unit changed there.

    None of a unit with another zero.
    """
    feature = one.feature
    if isinstance(one.best.mistake, Conversion) and one.best.mistake.offset:
        return None
    if not one.best.raw:
        return measured_factor(feature.known, feature.seen)
    if feature.scaler == SAME:
        return one.best.line.factor
    raw = feature.scaler.inverse
    return measured_factor(feature.known.on(raw), feature.seen.on(raw))


def _rounded(confidence: float) -> float:
    return round(min(confidence, SUREST), 2)


def _confidence_of_value(feature: Feature, found: RepeatedValue) -> float:
    """Of an exact value: the more cells hold it, the less is it a coincidence."""
    often = 1 - float(np.exp(-found.cells / 3))
    fit = CHANCE / max(found.fit, CHANCE)
    if found.kind == "sentinel" or found.unprecedented:
        return round(often, 2)
    return round(often * float(np.sqrt(fit)) * _enough(feature.seen.cells), 2)


def _enough(cells: int) -> float:
    return 1 - float(np.exp(-cells / MANY))
