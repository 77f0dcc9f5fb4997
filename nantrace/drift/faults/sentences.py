"""Faults in words and figures for people: how sure each is, and the code that undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.faults import fault_remedies
from nantrace.drift.faults.categories import Unseen
from nantrace.drift.faults.decimals import Rounded
from nantrace.drift.faults.explanations import LineExplanation
from nantrace.drift.faults.fault import Fault
from nantrace.drift.faults.line import SAME
from nantrace.drift.faults.line_fit import FITS, measured_factor
from nantrace.drift.faults.lines import Feature, Moved
from nantrace.drift.faults.repeated_values import RepeatedValue
from nantrace.drift.faults.scaling import Scaling
from nantrace.drift.faults.singles import Single
from nantrace.drift.faults.swaps import Rotation, Swap

GUESSED = 0.6  # of the confidence is left where an explanation was measured on the rows that it explains
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
        )

    def scaling(self, scaling: Scaling) -> Fault:
        """Scaling left out or done twice; the features that it hit are one fault."""
        first, explanation, _ = scaling.hit[0]
        places = tuple(self._place(one.feature) for one, _, _ in scaling.hit)
        sentence = _sentence(
            explanation.sentence, [one for one, _, _ in scaling.hit], [left for _, _, left in scaling.hit]
        )
        cells = sum(one.feature.seen.cells for one, _, _ in scaling.hit)
        sure = max(_confidence_of_line(left, one.rival_of(scaling.kind), cells) for one, _, left in scaling.hit)
        registered = first.feature.scaler != SAME
        remedy = fault_remedies.of_scaling(scaling.kind, places, explanation.code, registered=registered)
        lines = _lines([made for _, made, _ in scaling.hit])
        return Fault(scaling.kind, self.input, places, sentence, sure, remedy, 1.0, lines=lines)

    def swap(self, swap: Swap) -> Fault:
        first, second = self._place(swap.first.feature), self._place(swap.second.feature)
        both = (swap.first, swap.second)
        sentence = f"Columns {first} and {second} (counted from 0) hold each other's values."
        rival = min(one.rival_of("swapped") for one in both)
        remedy = fault_remedies.of_exchange([first, second], [second, first])
        sure = _confidence_of_line(swap.left, rival, min(one.feature.seen.cells for one in both))
        return Fault("swapped", self.input, (first, second), sentence, sure, remedy, 1.0)

    def rotation(self, rotation: Rotation) -> Fault:
        holders = [self._place(one.feature) for one in rotation.holders]
        owners = [self._place(one.feature) for one in rotation.owners]
        pairs = ", ".join(f"{holder} of {owner}" for holder, owner in zip(holders, owners, strict=True))
        sentence = f"Columns hold each other's values (counted from 0): {pairs}."
        rival = min(one.rival_of("swapped") for one in rotation.holders)
        cells = min(one.feature.seen.cells for one in rotation.holders)
        sure = _confidence_of_line(rotation.left, rival, cells)
        remedy = fault_remedies.of_exchange(owners, holders)
        return Fault("swapped", self.input, tuple(sorted(holders)), sentence, sure, remedy, 1.0)

    def singles(self, group: Sequence[Single]) -> Fault:
        """One and the same fault of one or several features."""
        first = group[0]
        places = tuple(self._place(one.moved.feature) for one in group)
        sentence = _sentence(first.explanation.sentence, [one.moved for one in group], [one.left for one in group])
        factor = _factor(first) if first.kind == "unit_change" else None
        if factor is not None:
            sentence = f"{sentence[:-1]} (measured: {factor:.4g} times)."
        sure = min(float(np.median([_confidence_of_single(one) for one in group])), SUREST)
        sure = round(sure * (GUESSED if first.explanation.measured else 1.0), 2)
        if first.kind == "shift":
            sentence = _moved_by(first)
        remedy = fault_remedies.of_line(first.kind, first.explanation, places)
        lines = _lines([one.explanation for one in group])
        return Fault(first.kind, self.input, places, sentence, sure, remedy, 1.0, factor=factor, lines=lines)

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


def _lines(made: Sequence[LineExplanation]) -> tuple[tuple[float, float], ...]:
    return tuple((one.line.factor, one.line.offset) for one in made)


def _range(one: Feature) -> str:
    return f"{one.known.low:.6g} to {one.known.high:.6g}"


def _as_sent(one: Feature, value: float) -> str:
    """The value before the registered scaler, where there is one."""
    raw = one.scaler.inverse
    return "" if one.scaler == SAME else f" ({raw.factor * value + raw.offset:.6g} before scaling)"


def _sentence(sentence: str, hit: Sequence[Moved], left: Sequence[float]) -> str:
    first = hit[0].feature
    before = np.median([one.before * one.feature.noise for one in hit])
    after = np.median([rest * one.feature.noise for rest, one in zip(left, hit, strict=True)])
    seen = f" (around {np.median(first.seen.ordered):.4g}, the reference around {first.known.median:.4g})"
    where = seen if len(hit) == 1 else f", in {len(hit)} features"
    sentence = sentence[0].upper() + sentence[1:]
    return f"{sentence}{where}; undone, their distance from the reference falls from {before:.2f} to {after:.2f}."


def _moved_by(one: Single) -> str:
    line, known = one.explanation.line, one.moved.feature.known
    away = (line.factor * known.mean + line.offset - known.mean) / max(known.std, 1e-300)
    return (
        f"The values are {abs(away):.2g} standard deviations {'higher' if away > 0 else 'lower'} than the reference's "
        f"and {line.factor:.2g} times as spread; no known mistake explains it."
    )


def _factor(one: Single) -> float | None:
    """How many times larger the values are, measured before the scaler where the unit changed there."""
    feature = one.moved.feature
    if not one.explanation.raw:
        return measured_factor(feature.known, feature.seen)
    if feature.scaler == SAME:
        return one.explanation.line.factor
    raw = feature.scaler.inverse
    return measured_factor(feature.known.on(raw), feature.seen.on(raw))


def _confidence_of_line(left: float, rival: float, cells: int) -> float:
    """Of a fault of whole features with so many cells: `left` and `rival` are the distances that it and the next best
    explanation leave."""
    fit = FITS / max(left, FITS)
    separation = 1 - CHANCE / max(rival - left + CHANCE, CHANCE)
    return round(float(fit * separation) * _enough(cells), 2)


def _confidence_of_single(one: Single) -> float:
    by_distance = _confidence_of_line(one.left, one.rival, one.moved.feature.seen.cells)
    return by_distance if one.posterior is None else max(by_distance, one.posterior)


def _confidence_of_value(feature: Feature, found: RepeatedValue) -> float:
    """Of an exact value: the more cells hold it, the less is it a coincidence."""
    often = 1 - float(np.exp(-found.cells / 3))
    fit = CHANCE / max(found.fit, CHANCE)
    if found.kind == "sentinel":
        return round(often, 2)
    return round(often * float(np.sqrt(fit)) * _enough(feature.seen.cells), 2)


def _enough(cells: int) -> float:
    return 1 - float(np.exp(-cells / MANY))
