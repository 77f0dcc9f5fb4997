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
from nantrace.drift.faults.swaps import exchanges, owners_of
from nantrace.mistakes.decimals import rounded
from nantrace.mistakes.explain import explained, looks_scaled, searched, spread, without_units
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.posterior import Explained

SCALINGS = ("unscaled", "scaled_twice")
MANY = 0.5  # of the features that moved: what else seems to have happened to the others is the same, or chance


@dataclass
class Naming:
    """Faults named so far, and the features that are still to be explained.

    `unregistered`: the reference was scaled by something that nobody registered.
    """

    words: Words
    rest: dict[int, Feature]
    unregistered: bool
    named: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault, hit: Sequence[Feature]) -> None:
        """These features need no further explanation."""
        self.named.append(fault)
        for one in hit:
            self.rest.pop(one.number, None)

    def add_lines(self, hit: Sequence[Explained]) -> None:
        """One and the same fault of whole features."""
        self.add(self.words.lines(hit), [one.feature for one in hit])

    def open(self, found: Sequence[Explained]) -> list[Explained]:
        """Those that are still to be explained."""
        return [one for one in found if one.feature.number in self.rest]


def number_faults(features: Sequence[Feature], words: Words) -> list[Fault]:
    """The faults of all features of one input."""
    naming = Naming(words, {one.number: one for one in features}, looks_scaled(features))
    for feature in features:
        _sentinels(feature, naming)
    found = explained(moved(list(naming.rest.values())), features)
    scaling = _scaling_of_most(found)
    if scaling:
        found = [without_units(one) for one in found]
        hit = [one for one in found if one.best.kind == scaling]
        naming.add_lines(spread(hit, list(naming.rest.values()), naming.unregistered))
    for feature in list(naming.rest.values()):
        if (same := constant(feature.known, feature.seen)) is not None:
            naming.add(words.repeated_value(feature, same), [feature])
    _exchanged(found, naming)
    if not scaling:
        for feature in list(naming.rest.values()):
            _inner_values(feature, naming)
    _each_for_itself(naming.open(found), naming)
    return naming.named


def _sentinels(feature: Feature, naming: Naming) -> None:
    """A feature with sentinels goes on without their cells."""
    found = sentinels(feature.known, feature.seen, feature.scaler.inverse)
    naming.named += [naming.words.repeated_value(feature, one) for one in found]
    if found:
        seen = feature.seen.without([repeated.value for repeated in found])
        naming.rest[feature.number] = replace(feature, seen=seen)


def _scaling_of_most(found: Sequence[Explained]) -> str:
    """The kind of scaling that most features which moved suffer, "" where that is none."""
    for kind in SCALINGS:
        if sum(one.best.kind == kind for one in found) >= max(2, MANY * len(found)):
            return kind
    return ""


def _exchanged(found: Sequence[Explained], naming: Naming) -> None:
    """Also with features that hardly moved, as what they hold now is like what they held."""
    rest, unregistered = naming.rest, naming.unregistered
    whole = [_whole(one, rest[one.feature.number], unregistered) for one in naming.open(found)]
    moved_before = len(whole)
    while owners := owners_of(whole, list(rest.values())):
        whole += [searched(one, unregistered) for one in owners]
    for exchange in exchanges(whole, moved=moved_before, unregistered=unregistered):
        naming.add(naming.words.exchange(exchange), exchange.holders)


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
        naming.add_lines(members)
