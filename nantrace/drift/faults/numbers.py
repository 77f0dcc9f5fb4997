"""The faults of a numeric input, from those of exact values to those of whole features.

First come sentinels, which need no guess. Of the other features only those that moved are explained: by scaling, which
hits many at once and leaves a feature of zeros constant, then as exchanged, and at last each by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nantrace.drift.faults.categories import unseen_numbers
from nantrace.drift.faults.fault import Fault
from nantrace.drift.faults.moved import moved
from nantrace.drift.faults.repeated_values import clipped, constant, fill, sentinels
from nantrace.drift.faults.sentences import Words
from nantrace.drift.faults.swaps import exchanges
from nantrace.mistakes.decimals import rounded
from nantrace.mistakes.explain import explained, looks_scaled, searched, spread
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.posterior import Explained

SCALINGS = ("unscaled", "scaled_twice")
UNIT = "unit_change"  # of one feature next to a scaling of most: what the scaling made of it may look like any factor
MANY = 0.5  # of the features that moved: what else seems to have happened to the others is the same, or chance


@dataclass
class Naming:
    """Faults named so far, and the features that are still to be explained."""

    words: Words
    rest: dict[int, Feature]
    named: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault, hit: Sequence[Feature]) -> None:
        """These features need no further explanation."""
        self.named.append(fault)
        for one in hit:
            self.rest.pop(one.number, None)

    def open(self, found: Sequence[Explained]) -> list[Explained]:
        """Those that are still to be explained."""
        return [one for one in found if one.feature.number in self.rest]


def number_faults(features: Sequence[Feature], words: Words) -> list[Fault]:
    """The faults of all features of one input."""
    naming = Naming(words, {one.number: one for one in features})
    for feature in features:
        _sentinels(feature, naming)
    found = explained(moved(list(naming.rest.values())), features)
    together = _scaled(found, naming)
    for feature in list(naming.rest.values()):
        if (same := constant(feature.known, feature.seen)) is not None:
            naming.add(words.repeated_value(feature, same), [feature])
    unregistered = looks_scaled(features)
    whole = [_whole(one, naming.rest[one.feature.number], unregistered) for one in naming.open(found)]
    for exchange in exchanges(whole, unregistered=unregistered):
        naming.add(words.exchange(exchange), exchange.holders)
    if not together:
        for feature in list(naming.rest.values()):
            _inner_values(feature, naming)
    _each_for_itself([one for one in naming.open(found) if not (together and one.best.kind == UNIT)], naming)
    return naming.named


def _sentinels(feature: Feature, naming: Naming) -> None:
    """A feature with sentinels goes on without their cells."""
    found = sentinels(feature.known, feature.seen, feature.scaler.inverse)
    naming.named += [naming.words.repeated_value(feature, one) for one in found]
    if found:
        seen = feature.seen.without([repeated.value for repeated in found])
        naming.rest[feature.number] = replace(feature, seen=seen)


def _scaled(found: Sequence[Explained], naming: Naming) -> bool:
    """Scaling of most features that moved; True if that happened."""
    for kind in SCALINGS:
        hit = [one for one in found if one.best.kind == kind]
        if len(hit) >= max(2, MANY * len(found)):
            hit = spread(hit, list(naming.rest.values()))
            naming.add(naming.words.lines(hit), [one.feature for one in hit])
            return True
    return False


def _inner_values(feature: Feature, naming: Naming) -> None:
    """A bound, rounding, a fill, or unknown categories, where the other cells are as they should be."""
    known, seen, raw = feature.known, feature.seen, feature.scaler.inverse
    words = naming.words
    if (repeated := clipped(known, seen)) is not None:
        naming.add(words.repeated_value(feature, repeated), [feature])
    elif (coarse := rounded(known, seen, raw)) is not None:
        naming.add(words.rounded(feature, coarse), [feature])
    elif (repeated := fill(known, seen, raw)) is not None:
        naming.add(words.repeated_value(feature, repeated), [feature])
    elif (unseen := unseen_numbers(known, seen)) is not None:
        naming.add(words.unseen(feature.number, unseen), [feature])


def _whole(one: Explained, feature: Feature, unregistered: bool) -> Explained:
    """The feature with the value that many cells have on both sides, which may have come from another one."""
    return one if one.feature is feature else searched(feature, unregistered)


def _each_for_itself(found: Sequence[Explained], naming: Naming) -> None:
    """Scaling of single features, units, signs, shifts."""
    groups: dict[object, list[Explained]] = {}
    for one in sorted(found, key=lambda one: one.feature.number):
        if one.best.kind:
            groups.setdefault(one.fault, []).append(one)
    for members in groups.values():
        naming.add(naming.words.lines(members), [one.feature for one in members])
