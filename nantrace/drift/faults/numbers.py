"""The faults of a numeric input, from those of exact values to those of whole features.

First come sentinels, which need no guess. Of the other features only those that moved are explained: by scaling, which
hits many at once and leaves a feature of zeros constant, then as exchanged, by scaling that nobody registered, and at
last each by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nantrace.drift.faults.categories import unseen_numbers
from nantrace.drift.faults.decimals import rounded
from nantrace.drift.faults.fault import Fault
from nantrace.drift.faults.line import SAME
from nantrace.drift.faults.lines import Feature, Moved, moved
from nantrace.drift.faults.repeated_values import clipped, constant, fill, sentinels
from nantrace.drift.faults.scaling import known_scalings, looks_scaled, spread, unknown_scaling
from nantrace.drift.faults.sentences import Words
from nantrace.drift.faults.singles import Single, agreed, alike, single
from nantrace.drift.faults.swaps import rotations, swaps

MOST_ALONE = 500  # features with a fault of their own; nobody reads of more
MANY = 0.5  # of the features that moved: what else seems to have happened to the others is the same, or chance


@dataclass
class Naming:
    """Faults named so far, and the features that are still to be explained."""

    words: Words
    rest: dict[int, Feature]
    named: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault, hit: Sequence[Feature]) -> None:
        self.named.append(fault)
        self.settle(hit)

    def settle(self, hit: Sequence[Feature]) -> None:
        """These features need no further explanation."""
        for one in hit:
            self.rest.pop(one.number, None)

    def open(self, found: Sequence[Moved]) -> list[Moved]:
        """Those that are still to be explained."""
        return [one for one in found if one.feature.number in self.rest]


def number_faults(features: Sequence[Feature], words: Words) -> list[Fault]:
    """The faults of all features of one input."""
    naming = Naming(words, {one.number: one for one in features})
    unregistered = looks_scaled(features) and all(one.scaler == SAME for one in features)
    for feature in features:
        _sentinels(feature, naming)
    found = moved(list(naming.rest.values()))
    together = _scaled(found, naming)
    for feature in list(naming.rest.values()):
        if (same := constant(feature.known, feature.seen)) is not None:
            naming.add(words.repeated_value(feature, same), [feature])
    _exchanged(found, naming, unregistered=unregistered)
    unknown = unknown_scaling(features, naming.open(found)) if unregistered else None
    if unknown is not None:
        naming.add(words.scaling(unknown), unknown.features)
    if together or unknown is not None:
        return naming.named
    for feature in list(naming.rest.values()):
        _inner_values(feature, naming)
    _each_for_itself(naming.open(found), naming, unregistered=unregistered)
    return naming.named


def _sentinels(feature: Feature, naming: Naming) -> None:
    """A feature with sentinels goes on without their cells."""
    found = sentinels(feature.known, feature.seen, feature.scaler.inverse)
    naming.named += [naming.words.repeated_value(feature, one) for one in found]
    if found:
        seen = feature.seen.without([repeated.value for repeated in found])
        naming.rest[feature.number] = replace(feature, seen=seen)


def _exchanged(found: Sequence[Moved], naming: Naming, *, unregistered: bool) -> None:
    """Columns in another order: pairs first, then circles of more."""
    for swap in swaps(naming.open(found), unregistered=unregistered):
        naming.add(naming.words.swap(swap), [swap.first.feature, swap.second.feature])
    for rotation in rotations(naming.open(found)):
        naming.add(naming.words.rotation(rotation), [one.feature for one in rotation.holders])


def _scaled(found: Sequence[Moved], naming: Naming) -> bool:
    """Scaling by the registered scaler, or of a model of raw rows; True if it happened to most features that moved."""
    scalings = known_scalings(list(naming.rest.values()), found)
    together = any(len(scaling.hit) >= max(2, MANY * len(found)) for scaling in scalings)
    for scaling in scalings:
        whole = spread(scaling, list(naming.rest.values())) if together else scaling
        naming.add(naming.words.scaling(whole), whole.features)
    return together


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


def _each_for_itself(found: Sequence[Moved], naming: Naming, *, unregistered: bool) -> None:
    """Units, signs, shifts."""
    furthest = sorted(found, key=lambda one: -one.before)
    tried = [single(one, unregistered=unregistered) for one in furthest[:MOST_ALONE]]
    alone = agreed([one for one in tried if one is not None])
    alone += alike(alone, furthest[MOST_ALONE:])
    groups: dict[object, list[Single]] = {}
    for one in sorted(alone, key=lambda one: (one.kind, one.explanation.sentence, one.moved.feature.number)):
        groups.setdefault(one.fault, []).append(one)
    for members in groups.values():
        naming.add(naming.words.singles(members), [one.moved.feature for one in members])
