"""What may have been done to the features of one input, taken together."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from nantrace.mistakes.candidates import (
    Hypothesis,
    is_scaled,
    nothing,
    of_own_scale,
    of_pixels,
    of_scaler,
    of_sign,
    of_units,
)
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.line import SAME
from nantrace.mistakes.measured_candidates import of_any_law, of_unknown_scale
from nantrace.mistakes.posterior import Explained, Key, key_of, together

MOST_ALONE = 100  # features that are searched; the others suffer what these do, or nobody reads of them
TYPICAL = 0.7  # of the features of a scaled reference show it
MOST = 0.5  # of the features that vary: what is done to an input as a whole is seen in so many


def explained(moved: Sequence[Feature], features: Sequence[Feature]) -> list[Explained]:
    """Of features that moved, the furthest first, among all features of an input."""
    unregistered = looks_scaled(features)
    first = together([searched(one, unregistered) for one in moved[:MOST_ALONE]])
    found = {key_of(one.best) for one in first}
    first += [_among(one, found, unregistered) for one in moved[MOST_ALONE:]]
    varying = sum(one.known.varies for one in features)
    return together(_without_partial(first, varying))


def spread(hit: Sequence[Explained], features: Sequence[Feature], unregistered: bool) -> list[Explained]:
    """These and further features that suffer the same scaling, though they hardly moved.

    `unregistered`: the reference was scaled somehow.
    """
    numbers = {one.feature.number for one in hit}
    more = [one for one in features if one.number not in numbers and one.known.varies and one.seen.cells]
    kind = hit[0].best.kind
    all_of_them = together([*hit, *(Explained.by(one, of_known_scale(one, unregistered)) for one in more)])
    return sorted((one for one in all_of_them if one.best.kind == kind), key=lambda one: one.feature.number)


def looks_scaled(features: Sequence[Feature]) -> bool:
    """Whether the reference is standardised, or min-maxed, by a scaler that nobody registered."""
    scaled = [is_scaled(one.known) for one in features if one.known.varies]
    unregistered = all(one.scaler == SAME for one in features)
    return unregistered and bool(scaled) and sum(scaled) >= TYPICAL * len(scaled)


def of_known_scale(feature: Feature, unregistered: bool) -> list[Hypothesis]:
    """Nothing, and the scaling that is known; of a reference of raw rows its own scale."""
    raw = feature.scaler == SAME and not unregistered
    return [nothing(), *of_scaler(feature.scaler), *(of_own_scale(feature.known) if raw else [])]


def _exact(feature: Feature, unregistered: bool) -> list[Hypothesis]:
    known_scale = of_known_scale(feature, unregistered)
    pixels = of_pixels() if feature.scaler == SAME else []
    return [*known_scale, *pixels, *of_sign(feature.scaler, feature.known), *of_units(feature.scaler)]


def searched(feature: Feature, unregistered: bool) -> Explained:
    """By everything that may have been done to a feature; `unregistered`: the reference was scaled somehow."""
    exact = _exact(feature, unregistered)
    measured = of_any_law(feature, [one.line for one in exact])
    if unregistered:
        measured += of_unknown_scale(feature)
    return Explained.by(feature, exact, measured)


def _among(feature: Feature, found: Container[Key], unregistered: bool) -> Explained:
    """By what happened to other features."""
    exact = [one for one in _exact(feature, unregistered) if key_of(one) in found]
    return Explained.by(feature, [nothing(), *exact])


def without_units(one: Explained) -> Explained:
    """Next to a scaling of most features: what that made of one of them may look like any factor."""
    return _kept(one, lambda each: each.kind != "unit_change")


def _without_partial(features: Sequence[Explained], varying: int) -> list[Explained]:
    """Without mistakes of whole inputs that only some features show."""
    best = [one.best.mistake for one in features if one.best.whole]
    partial = {mistake for mistake in best if best.count(mistake) < MOST * varying}
    return [_kept(one, lambda each: not (each.whole and each.mistake in partial)) for one in features]


def _kept(one: Explained, keeps: Callable[[Hypothesis], bool]) -> Explained:
    kept = [i for i, each in enumerate(one.hypotheses) if keeps(each)]
    return replace(one, hypotheses=[one.hypotheses[i] for i in kept], likelihoods=one.likelihoods[kept])
