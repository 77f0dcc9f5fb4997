"""Two days of a weather model: the pressure came in Pa for two hours, and later a third of the visibility failed."""

from datetime import timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from ingest.models import ModelVersion, Project
from monitoring.drift_hours import HourCounts, judge_changed
from monitoring.drift_hours.stored_profiles import store_profile
from monitoring.models import DriftWindow, Incident, ProfileOrigin
from nantrace.diagnosis.finding import Reason, ResponsibleFeature
from nantrace.tensors.tensor import Tensor, Tensors
from tests.incidents.builders import hit, make_batch, make_finding, make_version

FEATURES = ["temp", "dewp", "humid", "wind_speed", "pressure", "precip", "visib", "hour"]
HOURS = 40
Floats = NDArray[np.float64]


def observations(rows: int, seed: int) -> Floats:
    """Rows like those of training, shape (rows, 8)."""
    rng = np.random.default_rng(seed)
    temp = rng.normal(55, 17, rows)
    columns = [
        temp,
        temp - rng.gamma(2, 6, rows),
        rng.uniform(15, 100, rows),
        rng.gamma(3, 3.5, rows),
        rng.normal(1017, 7, rows),
        np.where(rng.random(rows) < 0.9, 0, rng.exponential(0.1, rows)),
        np.minimum(10, rng.exponential(20, rows)).round(2),
        rng.integers(0, 24, rows),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def two_days(project: Project) -> ModelVersion:
    """The judged hours of a version with uploaded training inputs."""
    version = _version(project, "weather", FEATURES)
    with transaction.atomic():
        store_profile(version.pk, ProfileOrigin.UPLOADED, *_answered(observations(6_000, 0)))
    for back in range(HOURS, 0, -1):
        rows = observations(120 + 40 * (back % 3), back)
        if back in (14, 15):
            rows[:, 4] *= 100
        if back < 6:
            rows[: len(rows) // 3, 6] = np.nan
        post(version, rows, back)
    judge()
    return version


def next_version(before: ModelVersion) -> ModelVersion:
    """Version 2 without training inputs: the pressure comes in Pa from its first row on."""
    version = _version(before.model.project, "weather", FEATURES, "2")
    for seed, rows in ((1, 1_000), (2, 500)):  # the first thousand become its reference
        values = observations(rows, seed)
        values[:, 4] *= 100
        post(version, values, 0)
    judge()
    return version


def failing_rows(version: ModelVersion) -> Incident:
    """Rows that the model fails on because their pressure came in Pa."""
    feature = ResponsibleFeature("inputs", "pressure", 4, Reason("is on another scale"), 2)
    title = "Rows are answered with NaN or infinity because pressure is on another scale than the training data"
    return hit(version, findings=[make_finding(cause="input_unscaled", features=[feature], title=title)])


def many_features(project: Project, features: int) -> ModelVersion:
    """A version with as many features, some hours of traffic and one that is stuck at one value."""
    version = _version(project, "embedder", [f"feature {i}" for i in range(features)])
    rng = np.random.default_rng(3)
    with transaction.atomic():
        store_profile(version.pk, ProfileOrigin.UPLOADED, tensors(rng.normal(size=(500, features))), None)
    for back in range(3, 0, -1):
        rows = rng.normal(size=(200, features))
        rows[:, min(777, features - 1)] = 1e6
        post(version, rows, back)
    judge()
    return version


def own_reference(project: Project) -> ModelVersion:
    """A version without training inputs, whose first thousand rows became the reference."""
    version = _version(project, "newcomer", FEATURES)
    post(version, observations(1_300, 5), 2)
    judge()
    return version


def tensors(rows: Floats, name: str = "inputs") -> Tensors:
    return Tensors.of(Tensor(name, rows))


def post(version: ModelVersion, rows: Floats, hours_ago: int) -> None:
    """Counts rows of the hour that began so many hours ago, as a worker does."""
    at = timezone.now().replace(minute=10, second=0, microsecond=0) - timedelta(hours=hours_ago)
    inputs, outputs = _answered(rows) if rows.shape[1] == len(FEATURES) else (tensors(rows), None)
    batch = make_batch(version, at, rows=len(rows), nonfinite_rows=0, payload=None)
    with transaction.atomic():
        HourCounts.of(batch, inputs, outputs).write([])


def judge() -> None:
    """As the scheduler does once no rows come in any more."""
    DriftWindow.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    judge_changed()


def _answered(rows: Floats) -> tuple[Tensors, Tensors]:
    return tensors(rows), tensors(rows[:, :1] * 0.98 + 1.1, "outputs")


def _version(project: Project, name: str, features: list[str], number: str = "1") -> ModelVersion:
    version = make_version(project, name, number)
    version.metadata = {"features": features}
    version.save()
    return version
