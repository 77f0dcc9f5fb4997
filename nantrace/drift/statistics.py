"""How far a window lies from its profile, feature by feature.

Shares are of the finite cells in the stored bins; what is not finite has rates of its own. A feature without finite
cells in the window or in the reference has no shape to compare: its shape statistics are 0 and its rates tell. No
result is NaN or infinite.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.tensor_window import Counts, TensorWindow
from nantrace.drift.wasserstein import wasserstein
from nantrace.drift.window import OtherProfileError, Window

SMALLEST_SHARE = 1e-4  # stands for an empty group in the PSI, whose logarithm has no value there
GROUPS = 20  # of neighbouring bins: PSI and JS of a hundred bins would be large for the noise of a thousand rows

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class TensorStatistics:
    """Statistics of one tensor's features, each of shape (features,).

    `psi` >= 0 and `js` 0..1, the Jensen-Shannon distance (base 2), over groups of bins; `ks` 0..1, within 0.005;
    `wasserstein` in the unit of the feature. Of categories (0 for other features): `chi_square` >= 0, Pearson's
    statistic of homogeneity of the two samples; `l_infinity` 0..1, the largest difference of a share. Texts have no
    order: their `ks` and `wasserstein` are 0. Rates are shares of all cells, 0 to 1: `inf_rate` with overflows,
    `unseen_rate` of categories only. `cells` and `finite` count the window's.
    """

    psi: Floats
    ks: Floats
    js: Floats
    wasserstein: Floats
    chi_square: Floats
    l_infinity: Floats
    missing_rate: Floats
    nan_rate: Floats
    inf_rate: Floats
    overflow_rate: Floats
    out_of_range_rate: Floats
    unseen_rate: Floats
    cells: Counts
    finite: Counts


def measure(profile: Profile, window: Window) -> list[TensorStatistics]:
    """The statistics of `window` against its profile's reference, in the order of `profile.tensors`."""
    if window.identity != profile.identity:
        raise OtherProfileError(
            f"this window was counted with profile {window.identity.hex()}, not with {profile.identity.hex()}: "
            "count its rows again"
        )
    parts = zip(profile.tensors, profile.reference.tensors, window.tensors, strict=True)
    return [_of_tensor(layout, reference, current) for layout, reference, current in parts]


def _of_tensor(layout: TensorLayout, reference: TensorWindow, current: TensorWindow) -> TensorStatistics:
    p, q = _shares(reference.bins), _shares(current.bins)
    grouped_p, grouped_q = grouped(layout, reference.bins, p, q)
    comparable = (reference.finite > 0) & (current.finite > 0)
    ordered, category = comparable & (not layout.text), comparable & layout.category
    infinite = current.positive_infinite + current.negative_infinite + current.overflowed
    outside = current.bins[:, 0] + current.bins[:, -1]
    unseen = np.where(layout.atoms, 0, current.bins).sum(axis=1)
    return TensorStatistics(
        psi=np.where(comparable, psi(grouped_p, grouped_q), 0.0),
        ks=np.where(ordered, ks(p, q, layout.atoms), 0.0),
        js=np.where(comparable, js(grouped_p, grouped_q), 0.0),
        wasserstein=np.where(ordered, wasserstein(layout, p, q, reference, current), 0.0),
        chi_square=_of_some(category, chi_square, reference.bins, current.bins),
        l_infinity=_of_some(category, l_infinity, p, q),
        missing_rate=_rate(current.missing, current.cells),
        nan_rate=_rate(current.nan, current.cells),
        inf_rate=_rate(infinite, current.cells),
        overflow_rate=_rate(current.overflowed, current.cells),
        out_of_range_rate=_rate(np.where(ordered, outside, 0), current.cells),
        unseen_rate=_rate(np.where(category, unseen, 0), current.cells),
        cells=np.full(layout.features, current.cells),
        finite=current.finite,
    )


def grouped(layout: TensorLayout, reference: Counts, *shares: Floats) -> list[Floats]:
    """Each of the shares (features, bins) as shares of groups of bins, (features, groups), the unused ones 0.

    Bin j, of n[j] of the reference's N cells, belongs to group floor(20 (n[0] + ... + n[j - 1] + n[j] / 2) / N); below
    and above the range are groups of their own, and so is every bin of a category.
    """
    features, bins = reference.shape
    width = max(bins, GROUPS + 2)
    middles = 2 * np.cumsum(reference, axis=1) - reference
    cells = np.maximum(2 * reference.sum(axis=1, keepdims=True), 1)
    groups = 1 + np.minimum(middles * GROUPS // cells, GROUPS - 1)
    groups[:, 0], groups[:, -1] = 0, GROUPS + 1
    groups = np.where(layout.category[:, None], np.arange(bins), groups)
    flat = (groups + np.arange(features)[:, None] * width).ravel()
    sums = (np.bincount(flat, one.ravel(), features * width) for one in shares)
    return [np.asarray(one, np.float64).reshape(features, width) for one in sums]


def psi(p: Floats, q: Floats) -> Floats:
    """Population stability index of shares (features, groups): the sum of (q - p) ln(q / p)."""
    both = (p > 0) | (q > 0)
    low_p, low_q = np.maximum(p, SMALLEST_SHARE), np.maximum(q, SMALLEST_SHARE)
    return np.asarray(np.where(both, (low_q - low_p) * np.log(low_q / low_p), 0.0).sum(axis=1))


def ks(p: Floats, q: Floats, atoms: Flags) -> Floats:
    """Kolmogorov-Smirnov distance of shares (features, bins) in ascending order.

    Between two edges the difference may be larger than at both, by what the two hold in that bin at most. Where they
    hold about as much they are taken to rise alike, where they do not, half of that is added; a bin of a single
    value hides nothing.
    """
    between = np.abs(np.cumsum(q - p, axis=1))
    largest = np.concatenate([between[:, :1], np.maximum(between[:, 1:], between[:, :-1])], axis=1)
    hidden = np.where(atoms, 0.0, np.minimum(np.minimum(p, q) / 2, np.abs(q - p)))
    return np.asarray(np.minimum((largest + hidden).max(axis=1, initial=0.0), 1.0))


def js(p: Floats, q: Floats) -> Floats:
    """Jensen-Shannon distance of shares (features, groups): the square root of the divergence in bits."""
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return np.asarray(np.sqrt(np.clip(divergence, 0.0, 1.0)))


def chi_square(reference: Counts, current: Counts) -> Floats:
    """Pearson's chi-square statistic of two rows of counts (features, bins) having the same shares."""
    pooled = (reference + current).astype(np.float64)
    total = np.maximum(pooled.sum(axis=1, keepdims=True), 1)
    parts = []
    for counts in (reference, current):
        expected = pooled * (counts.sum(axis=1, keepdims=True) / total)
        parts.append(np.where(expected > 0, (counts - expected) ** 2 / np.where(expected > 0, expected, 1), 0.0))
    return np.asarray((parts[0] + parts[1]).sum(axis=1))


def l_infinity(p: Floats, q: Floats) -> Floats:
    """The largest difference of a share (features, bins)."""
    return np.asarray(np.abs(q - p).max(axis=1, initial=0.0))


def _of_some(features: Flags, statistic: Callable[[Any, Any], Floats], reference: Any, current: Any) -> Floats:
    """A statistic of two arrays (features, bins) for some of the features, 0 for the others."""
    found = np.zeros(len(features))
    if features.any():
        found[features] = statistic(reference[features], current[features])
    return found


def _relative_entropy(p: Floats, q: Floats) -> Floats:
    used = p > 0
    return np.asarray((p * np.log2(np.where(used, p, 1.0) / np.where(used, q, 1.0))).sum(axis=1))


def _shares(bins: Counts) -> Floats:
    return np.asarray(bins / np.maximum(bins.sum(axis=1, keepdims=True), 1))


def _rate(counts: Counts, cells: int) -> Floats:
    return np.asarray(counts / max(cells, 1))
