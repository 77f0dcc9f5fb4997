"""A day of one mistake, posted and read through HTTP: one drift incident says what happened to which inputs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from numpy.typing import NDArray

from ingest.models import ModelVersion
from monitoring.drift_hours import judge_changed
from monitoring.models import DriftWindow
from monitoring.pipeline import process_version
from monitoring.versions.profiling import profile_version
from nantrace.tensors.tensor import Tensors
from tests.conftest import ApiClient
from tests.drift_hours.conftest import post as counted_by_a_worker
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
Floats = NDArray[np.float64]
FEATURES = ["temperature", "pressure", "visibility"]
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY, ROWS = 24, 200
FILLED = 8.0  # what stands where the visibility was not measured


def weather(hour: int, rows: int, filled: float = 0.05) -> Floats:
    """Rows of one hour, which share its weather, shape (rows, 3): Celsius, hPa and kilometres."""
    rng = np.random.default_rng([7, hour % 100_000])
    warm = 12 + 9 * np.sin(hour / 24 / 58) + 5 * np.sin(2 * np.pi * hour / 24) + rng.normal(0, 2)
    values = np.stack(
        [
            rng.normal(warm, 2.5, rows),
            rng.normal(1013, 8, rows),
            rng.gamma(3, 4, rows),
        ],
        axis=1,
    )
    values[rng.random(rows) < filled, 2] = FILLED
    return values


@pytest.fixture
def version(register: Register) -> ModelVersion:
    """Its training inputs are a year in the order of time, four rows an hour of every second day."""
    hours = [hour for day in range(-365, 0, 2) for hour in range(day * DAY, (day + 1) * DAY)]
    lines = ["temperature,pressure,visibility"]
    lines += [",".join(f"{cell:.3f}" for cell in row) for hour in hours for row in weather(hour + 50_000, 4)]
    reference = SimpleUploadedFile("training.csv", "\n".join(lines).encode())
    return register(reference=reference, metadata='{"features": ["temperature", "pressure", "visibility"]}')


def post_hours(post: Post, version: ModelVersion, hours: range, change: Any) -> None:
    for hour in hours:
        at = MONDAY + timedelta(hours=hour, minutes=20)
        post(change(weather(hour, ROWS)).tolist(), observed_at=at.isoformat())
    while process_version(version.pk):
        pass
    DriftWindow.objects.update(changed_at=MONDAY)
    judge_changed()


def as_it_is(rows: Floats) -> Floats:
    return rows


def drift_of(alice: ApiClient) -> Any:
    """The only incident of drift."""
    (incident,) = alice.get("/incidents?symptom=drift").json()["results"]
    return incident


def in_kelvin(rows: Floats) -> Floats:
    moved: Floats = rows + np.array([273.15, 0, 0])
    return moved


def of_a_view_that_finds_nothing(rows: Floats) -> Floats:
    return np.zeros(rows.shape)


def with_gaps_filled(rows: Floats) -> Floats:
    filled = rows.copy()
    filled[np.random.default_rng(int(rows[0, 1] * 1e6)).random(len(rows)) < 0.26, 2] = FILLED  # 5% of the rest as well
    return filled


def missing(rows: Floats) -> Floats:
    some = rows.copy()
    some[:60, 2] = np.nan
    return some


def test_a_day_in_kelvin(alice: ApiClient, charlie: ApiClient, version: ModelVersion, post: Post) -> None:
    post_hours(post, version, range(DAY), as_it_is)
    assert alice.get("/incidents").json()["results"] == []
    post_hours(post, version, range(DAY, 2 * DAY), in_kelvin)
    incident = drift_of(alice)
    since = "since 2026-01-06 00:00 UTC (24 hours, 4,800 rows)"
    assert incident["title"] == f"`temperature` is in Kelvin instead of degrees Celsius {since}"
    assert (incident["cause"], incident["rows"]) == ("input_unscaled", 4_800)
    assert [one["name"] for one in incident["features"]] == ["temperature"]
    assert [one["id"] for one in incident["remedies"]] == ["rescale"]
    assert charlie.get(f"/incidents/{incident['id']}").status_code == 404


def test_a_day_of_a_view_that_answers_0(alice: ApiClient, version: ModelVersion, post: Post) -> None:
    post_hours(post, version, range(DAY), as_it_is)
    post_hours(post, version, range(DAY, 2 * DAY), of_a_view_that_finds_nothing)
    incident = drift_of(alice)
    assert incident["title"].endswith(" are stuck at 0 since 2026-01-06 00:00 UTC (24 hours, 4,800 rows)")
    assert sorted(one["name"] for one in incident["features"]) == sorted(FEATURES)
    assert "retrain" not in {one["id"] for one in incident["remedies"]}


def test_a_day_of_filled_gaps(alice: ApiClient, version: ModelVersion, post: Post) -> None:
    """No hour is so far away that it alarms by itself: the hours of the week before are what it is ranked among."""
    profile_version(version.pk)
    for hour in range(-7 * DAY, 0):
        counted_by_a_worker(version, weather(hour, ROWS), MONDAY + timedelta(hours=hour), outputs=Tensors())
    post_hours(post, version, range(DAY), with_gaps_filled)
    incident = drift_of(alice)
    assert incident["title"].startswith("`visibility` has gaps that were filled with 8 (")
    assert incident["title"].endswith(" since 2026-01-05 00:00 UTC (24 hours, 4,800 rows)")
    assert incident["cause"] == "input_missing"
    assert [one["name"] for one in incident["features"]] == ["visibility"]
    assert [one["id"] for one in incident["remedies"]] == ["impute"]


def test_rows_that_fail_and_hours_that_drift_are_one_fault(alice: ApiClient, version: ModelVersion, post: Post) -> None:
    post_hours(post, version, range(3), missing)
    drift = drift_of(alice)
    (failing,) = (one for one in alice.get("/incidents").json()["results"] if one["symptom"] != "drift")
    assert (drift["cause"], failing["cause"]) == ("input_missing", "input_missing")
    assert (drift["related"], failing["related"]) == ([failing["id"]], [drift["id"]])
