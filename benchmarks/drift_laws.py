"""What happens to data without a mistake, for `benchmarks.drift_calibration`: other factors, shifts, laws, seasons."""

import numpy as np

from benchmarks.drift_injections import Array, Injection
from nantrace.mistakes.conversions import FACTORS

LISTED = np.log([*FACTORS, *(1 / one for one in FACTORS), 1.8, 1 / 1.8, 1.0])
NEAR = 0.12  # logarithm: a factor so near to a unit is that unit to anyone who sees the rows


def unlisted_factor(into: Injection) -> Array:
    """Times a number between 0.2 and 5 that is no unit's; 1.37 and 0.42 are such."""
    faulty = into.window.copy()
    while True:
        factor = float(np.exp(into.random.uniform(np.log(0.2), np.log(5))))
        if np.abs(LISTED - np.log(factor)).min() > NEAR:
            break
    faulty[:, into.hit] *= factor
    return into.scaler(faulty)


def shift_of_spreads(into: Injection) -> Array:
    """0.3 to 2 standard deviations up or down, and up to 1.5 times as wide."""
    faulty = into.window.copy()
    for i in into.hit:
        mean, std = np.nanmean(into.reference[:, i]), np.nanstd(into.reference[:, i])
        away = into.random.uniform(0.3, 2) * into.random.choice([-1, 1])
        stretch = float(np.exp(into.random.uniform(-0.4, 0.4)))
        faulty[:, i] = mean + (faulty[:, i] - mean) * stretch + away * std
    return into.scaler(faulty)


def other_law(into: Injection) -> Array:
    """Rows come more often the larger, or the nearer to some level, a value is: another kind of customer."""
    faulty = into.window.copy()
    for i in into.hit:
        column = into.window[:, i]
        rank = np.argsort(np.argsort(np.nan_to_num(column))) / len(column)
        if into.random.random() < 0.5:
            weight = rank ** into.random.uniform(1, 4)
        else:
            weight = np.exp(-(((rank - into.random.random()) / into.random.uniform(0.1, 0.4)) ** 2))
        faulty[:, i] = into.random.choice(column, len(column), p=weight / weight.sum())
    return into.scaler(faulty)


def unrelated_law(into: Injection) -> Array:
    """Another sensor: normal, exponential, uniform or two-humped, around where the column was."""
    faulty = into.window.copy()
    for i in into.hit:
        mean, std, size = np.nanmean(into.reference[:, i]), np.nanstd(into.reference[:, i]), len(faulty)
        humps = into.random.normal(0, 0.3, size) + into.random.choice([-1, 1], size)
        laws = [
            into.random.normal(0, 1, size),
            into.random.exponential(1, size) - 1,
            into.random.uniform(-2, 2, size),
            humps,
        ]
        law = laws[into.random.integers(len(laws))] * float(np.exp(into.random.uniform(-0.5, 0.5)))
        faulty[:, i] = mean + std * (law + into.random.normal())
    return into.scaler(faulty)


LAWS = {made.__name__: made for made in (unlisted_factor, shift_of_spreads, other_law, unrelated_law)}
