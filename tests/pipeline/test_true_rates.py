"""A sender that samples says how much it served: what is counted is what was served, not what was sent."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from ingest.models import Batch, ModelVersion
from monitoring.models import HourlyCount, PredictionCounter
from monitoring.pipeline import process_version
from monitoring.traffic.version_traffic import count
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [[1, 2, float("nan")], [3, 4, 5], [6, float("nan"), 8], [9, 8, 7]]


def counted(version: ModelVersion) -> dict[str, int]:
    return dict(PredictionCounter.objects.filter(version=version).values_list("symptom", "value"))


def hour_of(version: ModelVersion) -> HourlyCount:
    return HourlyCount.objects.get(version=version)


def test_it_works(register: Register, post: Post) -> None:
    version = register()
    post(ROWS, counts={"predictions": 1000, "nonfinite": 2, "dropped": 7})

    process_version(version.pk)

    assert counted(version) == {"": 1000, "absorbed": 2}
    hour = hour_of(version)
    assert (hour.predictions, hour.nonfinite_rows, hour.incident_rows) == (1000, 2, 2)
    assert (hour.replayed_rows, hour.dropped_rows) == (4, 7)


def test_nonfinite_rows_beyond_the_senders_bound_count_too(register: Register, post: Post) -> None:
    version = register()
    post(ROWS, counts={"predictions": 1000, "nonfinite": 500})

    process_version(version.pk)

    assert counted(version) == {"": 1000, "absorbed": 500}


def test_a_sampled_finite_row_that_fails_stands_for_the_others(register: Register, post: Post) -> None:
    version = register()
    post([[1, 2, 3e38], [3, 4, 5]], counts={"predictions": 200, "nonfinite": 0})

    process_version(version.pk)

    assert set(counted(version).values()) == {200, 100}
    assert hour_of(version).incident_rows == 100


def test_counts_alone_are_counted_once_and_never_replayed(alice: ApiClient, register: Register) -> None:
    version = register(file="lambda.keras")  # a model that no replay would load
    body: dict[str, Any] = {"model": "tutorial", "version": "1", "counts": {"predictions": 300, "nonfinite": 0}}
    for _ in range(2):
        answer = alice.post("/samples", body, content_type="application/json", headers={"Idempotency-Key": "once"})
        assert answer.status_code == 202, answer.content

    assert process_version(version.pk) == 1

    assert counted(version) == {"": 300}
    assert (Batch.objects.get().state, hour_of(version).replayed_rows) == ("replayed", 0)


@pytest.mark.parametrize("predictions", [2, 1])
def test_a_senders_finite_may_be_the_services_missing(register: Register, predictions: int) -> None:
    version = register()
    batch = Batch.objects.create(  # as if one of two rows held a text that the service takes for missing
        project=version.model.project,
        version=version,
        rows=1,
        nonfinite_rows=1,
        counts={"predictions": predictions, "nonfinite": 0, "dropped": 0},
        payload=None,
        observed_at=timezone.now(),
    )

    count(batch, [], np.ones(1, bool))

    assert hour_of(version).predictions == predictions
    assert hour_of(version).nonfinite_rows == 1
