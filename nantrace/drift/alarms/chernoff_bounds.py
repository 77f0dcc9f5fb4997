"""How hard two sets of counts contradict each other, in nats: bounds that hold at every sample size.

By Chernoff's bound (Hoeffding 1963, theorem 1) k or more of n independent cells at rate p have a probability of at most
exp(-n KL(k/n || p)). With the reference's own K of N and p unknown, the two together are at most
exp(-n KL(k/n || p) - N KL(K/N || p)) likely under any p, which is largest at the pooled rate. No normal approximation
is in it: one cell of three and a reference without a single case are answered too. Clustered cells count as fewer: as
their number divided by their design effect (`nantrace.drift.blocks`), so that more of them are never less evidence.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]


def divergence(rate: Array, expected: Array) -> Floats:
    """Kullback-Leibler divergence of two coins, KL(rate || expected), >= 0; 0 where both are certain alike."""
    return np.maximum(_term(rate, expected) + _term(1.0 - rate, 1.0 - expected), 0.0)


def rate_evidence(
    cases: Array, cells: Array, reference_cases: Array, reference_cells: Array, effect: Array | float = 1.0
) -> Floats:
    """Nats against one common rate of both sides, in either direction; 0 where a side has no cells.

    `effect`: so many cells of the window count as one, >= 1.
    """
    here, there = np.maximum(cells, 1.0), np.maximum(reference_cells, 1.0)
    rate, here = cases / here, here / effect
    pooled = (rate * here + reference_cases) / (here + there)
    nats = here * divergence(rate, pooled) + there * divergence(reference_cases / there, pooled)
    return np.where((cells > 0) & (reference_cells > 0), nats, 0.0)


def novelty_evidence(cases: Array, cells: Array, reference_cells: Array, ranges_away: Array | float = 0.0) -> Floats:
    """Nats against exchangeable cells of which `cases` of the window lie beyond all of the reference.

    That the k most extreme of N + n exchangeable cells all fall into the n has the probability
    C(n, k) / C(N + n, k) <= (n / (N + n))**k: new extremes of a finite reference are expected, many are not. The same
    holds for the k cells of a category. `ranges_away`: each of them is at least so many times the reference's range
    outside it, which a tail no heavier than Pareto's with a finite mean does 1 + `ranges_away` times less often.
    """
    here, there = np.maximum(cells, 1.0), np.maximum(reference_cells, 1.0)
    return np.asarray(cases * (np.log((here + there) / here) + np.log1p(ranges_away)))


def _term(rate: Array, expected: Array) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rate > 0, rate * np.log(rate / np.where(expected > 0, expected, 1.0)), 0.0)
