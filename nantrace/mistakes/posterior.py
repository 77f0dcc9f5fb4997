"""Which mistake explains a feature: the posterior probabilities of all that may have been done to it.

Features of one input mostly suffer the same, so that what explains the others is likelier here as well: the weights of
mistakes are learned from the other features of an input.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from nantrace.mistakes.candidates import Hypothesis, Mistake, Source
from nantrace.mistakes.grid import log_grid_ratios
from nantrace.mistakes.known_feature import Floats
from nantrace.mistakes.likelihood import Feature, log_likelihoods

COMMON = 0.7  # of the features suffer the same, where any do

Key = tuple[str, Mistake]


@dataclass(frozen=True)
class Explained:
    """A feature, what may have been done to it, and the logarithmic likelihood of each, shape (hypotheses,).

    `learned`: by how much a mistake is likelier than by its own weight, since other features suffer it.
    """

    feature: Feature
    hypotheses: Sequence[Hypothesis]
    likelihoods: Floats
    learned: Mapping[Key, float] = field(default_factory=dict)

    @classmethod
    def by(
        cls, feature: Feature, exact: Sequence[Hypothesis], measured: Sequence[tuple[Hypothesis, float]] = ()
    ) -> "Explained":
        """By hypotheses whose likelihood is not known yet, and by some with it."""
        lines = [one.line for one in exact]
        done = np.array([one.mistake is not Source.NOTHING for one in exact])
        left = log_likelihoods(feature, lines) + np.where(done, log_grid_ratios(feature, lines), 0.0)
        given = [likelihood for _, likelihood in measured]
        return cls(feature, [*exact, *(one for one, _ in measured)], np.concatenate([left, given]))

    @cached_property
    def _joint(self) -> Floats:
        weights = [one.weight * self.learned.get(key_of(one), 1.0) for one in self.hypotheses]
        return np.asarray(self.likelihoods + np.log(weights) + [one.occam for one in self.hypotheses])

    @cached_property
    def evidence(self) -> float:
        """Logarithm of the probability of the cells, whatever was done."""
        most = float(self._joint.max())
        return most + float(np.log(np.exp(self._joint - most).sum()))

    @cached_property
    def posterior(self) -> Mapping[Key, float]:
        found: dict[Key, float] = defaultdict(float)
        for one, share in zip(self.hypotheses, np.exp(self._joint - self.evidence).tolist(), strict=True):
            found[key_of(one)] += share
        return found

    @property
    def weights(self) -> Mapping[Key, float]:
        """Of each mistake, before any row is seen."""
        found: dict[Key, float] = defaultdict(float)
        for one in self.hypotheses:
            found[key_of(one)] += one.weight
        return found

    @property
    def best(self) -> Hypothesis:
        """Of the likeliest kind the likeliest."""
        kind = max(self.kinds, key=self.kinds.__getitem__)
        own = [i for i, one in enumerate(self.hypotheses) if one.kind == kind]
        return self.hypotheses[own[int(self._joint[own].argmax())]]

    @cached_property
    def kinds(self) -> Mapping[str, float]:
        """The posterior of each kind."""
        found: dict[str, float] = defaultdict(float)
        for (kind, _), share in self.posterior.items():
            found[kind] += share
        return found

    @property
    def fault(self) -> tuple[Key, int]:
        """The same for features that suffer one and the same mistake; nobody knows that of shifts."""
        return key_of(self.best), self.feature.number if self.best.mistake is Source.UNKNOWN else -1

    @property
    def confidence(self) -> float:
        return self.kinds[self.best.kind]


def key_of(one: Hypothesis) -> Key:
    return one.kind, one.mistake


def together(features: Sequence[Explained]) -> list[Explained]:
    """The features of one input, each with the weights that the others show.

    Either every feature suffers something of its own, or COMMON of them suffer the same: one of all mistakes, chosen by
    its weight. How likely that is, the other features say.
    """
    if len(features) < 2:
        return list(features)
    keys = list({key: None for one in features for key in one.posterior})
    own = np.array([[one.posterior.get(key, 0.0) for key in keys] for one in features])
    weights = np.array([[one.weights.get(key, 1.0) for key in keys] for one in features])
    said = np.log(COMMON * own / weights + 1 - COMMON)
    of_others = np.log(weights.mean(axis=0)) + said.sum(axis=0) - said
    most = np.maximum(of_others.max(axis=1, keepdims=True), 0.0)
    shared = np.exp(of_others - most) / (np.exp(of_others - most).sum(axis=1, keepdims=True) + np.exp(-most))
    learned = 1 + COMMON * (shared / weights - shared.sum(axis=1, keepdims=True))
    return [
        replace(one, learned=dict(zip(keys, each, strict=True)))
        for one, each in zip(features, learned.tolist(), strict=True)
    ]
