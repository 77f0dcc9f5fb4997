"""Features that were exchanged: two that hold each other's values, or more that hold each the values of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, pi

import numpy as np

from nantrace.mistakes.known_feature import Floats
from nantrace.mistakes.likelihood import Feature, log_likelihoods
from nantrace.mistakes.line import SAME, Line
from nantrace.mistakes.measured_lines import measured_lines
from nantrace.mistakes.posterior import Explained

MOST = 150  # features that moved; among more, one pair is not what happened
MOST_MEASURED = 40  # each pair by lines measured on the rows
WEIGHT = 0.1  # of an exchange against all that happens to one feature


@dataclass(frozen=True)
class Exchange:
    """Each of the `holders` holds the values of the owner at the same place; `confidence` against all else."""

    holders: Sequence[Feature]
    owners: Sequence[Feature]
    confidence: float


def exchanges(found: Sequence[Explained], *, moved: int, unregistered: bool) -> list[Exchange]:
    """The pairs and circles that are likelier than not, the surest first; no feature is in two.

    The first `moved` of them moved. Of a pair both do or none; a circle may go over one that hardly did.
    `unregistered`: the reference was scaled somehow, so that features exchanged before scaling are on two lines.
    """
    if not 2 <= len(found) <= MOST:
        return []
    features = [one.feature for one in found]
    each = _likelihoods(features, measured=unregistered and len(found) <= MOST_MEASURED)
    pairs = len(found) * (len(found) - 1) / 2
    circles = [[i, j] for i in range(moved) for j in range(i)] + _circles(each)
    made = []
    for circle in circles:
        owners = [*circle[1:], circle[0]]
        better = each[circle, owners] - [found[i].evidence for i in circle]
        if all(i < moved or gain > 0 or found[i].best.kind for i, gain in zip(circle, better.tolist(), strict=True)):
            made.append((float(better.sum()) + log(WEIGHT / pairs), circle, owners))
    taken: set[int] = set()
    kept = []
    for odds, circle, owners in sorted(made, key=lambda one: -one[0]):
        if odds > 0 and not taken & set(circle):
            taken |= set(circle)
            kept.append(Exchange([features[i] for i in circle], [features[i] for i in owners], 1 / (1 + exp(-odds))))
    return kept


def owners_of(found: Sequence[Explained], features: Sequence[Feature]) -> list[Feature]:
    """Further features whose values some of the `found` seem to hold: likelier than all else that happened to them."""
    numbers = {one.feature.number for one in found}
    more = [one for one in features if one.number not in numbers and one.known.varies and one.seen.cells]
    if len(numbers) + len(more) > MOST:
        return []
    return [owner for owner in more if any(_exact(one.feature, owner) > one.evidence for one in found)]


def _likelihoods(features: Sequence[Feature], *, measured: bool) -> Floats:
    """Of the cells of each feature under the reference of each other one, shape (features, features)."""
    found = np.full((len(features), len(features)), -np.inf)
    for i, holder in enumerate(features):
        for j, owner in enumerate(features):
            if i != j:
                found[i, j] = _exact(holder, owner)
                found[i, j] = max(found[i, j], _measured(holder, owner)) if measured else found[i, j]
    return found


def _exact(holder: Feature, owner: Feature) -> float:
    return float(log_likelihoods(holder, _lines_to(holder, owner), owner.known).max())


def _lines_to(holder: Feature, owner: Feature) -> list[Line]:
    """Exchanged behind the registered scaler, or before it."""
    if SAME in (holder.scaler, owner.scaler):
        return [SAME]
    return [SAME, owner.scaler.inverse.then(holder.scaler)]


def _circles(each: Floats) -> list[list[int]]:
    """Features that point in a circle of three or more, each at the one whose reference its cells fit best."""
    if len(each) < 3:
        return []
    owners = each.argmax(axis=1).tolist()
    made, seen = [], set[int]()
    for start in range(len(each)):
        path: list[int] = []
        at = start
        while at not in seen:
            seen.add(at)
            path.append(at)
            at = owners[at]
        circle = path[path.index(at) :] if at in path else []
        if len(circle) > 2:
            made.append(circle)
    return made


def _measured(holder: Feature, owner: Feature) -> float:
    """The likelihood of an exchange before a scaling that nobody knows, along a line that the rows show."""
    lines = measured_lines(owner.known, holder.seen)
    if not lines:
        return -np.inf
    left = log_likelihoods(holder, lines, owner.known)
    line, width = lines[int(left.argmax())], log(2 * pi / holder.independent)
    return float(left.max()) + width + _broad(log(line.factor)) + _broad(line.offset)


def _broad(value: float) -> float:
    """Cauchy's density: any two scales are as far apart."""
    return -log(pi * 2 * (1 + min(abs(value / 2), 1e100) ** 2))
