"""A version with a reference of three features, and rows like it or not."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from numpy.typing import NDArray

from ingest.models import Batch, ModelVersion, Project
from monitoring.drift_hours.hour_counts import HourCounts
from monitoring.drift_hours.stored_profiles import store_profile
from monitoring.models import ProfileOrigin
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.tensor import Tensor, Tensors
from tests.incidents.builders import NOON, make_batch, make_version

Floats = NDArray[np.float64]
KEY = 1_000_000
FEATURES = ["temp", "pressure", "visibility"]


def ordinary(rows: int, seed: int = 0) -> Floats:
    """Rows of the reference's distribution, shape (rows, 3)."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.normal(15, 8, rows), rng.normal(1013, 9, rows), rng.gamma(2, 3, rows)], axis=1)


def tensors(values: NDArray[np.generic], name: str = "inputs") -> Tensors:
    return Tensors.of(Tensor(name, values))


def answers(values: Floats) -> Tensors:
    """What the model answers: a score between 0 and 1."""
    return tensors(1 / (1 + np.exp(-(values[:, :1] - 15) / 8)), "outputs")


@pytest.fixture
def version(project: Project) -> ModelVersion:
    """Registered without a reference. Its key seeds the random ranks of its hours: the same in any order of tests."""
    made = make_version(project, "weather", "1", pk=KEY)
    made.metadata = {"features": FEATURES}
    made.save()
    return made


@pytest.fixture
def watched(version: ModelVersion) -> ModelVersion:
    """With the statistics of 4,000 training rows."""
    rows = ordinary(4_000, seed=99)
    with transaction.atomic():
        store_profile(version.pk, ProfileOrigin.UPLOADED, tensors(rows), answers(rows))
    return version


def post(
    version: ModelVersion, values: Floats, at: datetime = NOON, outputs: Tensors | None = None, **fields: Any
) -> Batch:
    """A batch as the pipeline records it once it was replayed, as far as drift goes."""
    if outputs is None and values.shape[1:] == (3,):
        outputs = answers(values)
    groups = {"inputs": tensors(values)} | ({} if outputs is None or not len(outputs) else {"outputs": outputs})
    batch = make_batch(version, at, rows=len(values), nonfinite_rows=0, payload=pack_tensors(**groups), **fields)
    record(batch)
    return batch


def record(batch: Batch, refused: tuple[int, ...] = ()) -> None:
    """Its drift alone, in a transaction of its own."""
    groups = unpack_tensors(bytes(batch.payload or b""))
    hour_counts = HourCounts.of(batch, groups["inputs"], groups.get("outputs"))
    with transaction.atomic():
        hour_counts.write(refused)
