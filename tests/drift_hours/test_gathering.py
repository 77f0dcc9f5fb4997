"""Without training inputs the first rows of the traffic become the reference, once and bounded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from ingest.models import ModelVersion
from monitoring.drift_hours.reference_rows import freeze_waiting
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.models import DriftProfile, DriftSample, DriftWindow
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Tensors
from tests.drift_hours.conftest import answers, ordinary, post, record, tensors
from tests.incidents.builders import make_batch


@pytest.mark.django_db
def test_a_thousand_rows_freeze_and_the_others_are_counted(version: ModelVersion) -> None:
    post(version, ordinary(700))
    assert not DriftProfile.objects.exists()
    post(version, ordinary(700, seed=1))
    profile = DriftProfile.objects.get()
    assert (profile.origin, profile.rows) == ("traffic", 1_000)
    assert DriftWindow.objects.get().rows == 400
    assert not DriftSample.objects.filter(hour=None).exists()
    post(version, ordinary(10))
    assert DriftWindow.objects.get().rows == 410


@pytest.mark.django_db
def test_rows_that_the_model_refuses_are_no_reference(version: ModelVersion) -> None:
    record(make_batch(version, rows=5, payload=pack_tensors(inputs=tensors(np.ones((5, 9))))), refused=(0, 1, 2, 3, 4))
    post(version, ordinary(1_000))
    reference = stored_profile(version.pk)
    assert reference is not None
    assert [layout.shape for layout in reference.profile.tensors] == [(3,), (1,)]


@pytest.mark.django_db
def test_outputs_that_come_with_some_rows_only_are_not_watched(version: ModelVersion) -> None:
    post(version, ordinary(600), outputs=Tensors())
    post(version, ordinary(600))
    reference = stored_profile(version.pk)
    assert reference is not None
    assert [layout.side for layout in reference.profile.tensors] == ["inputs"]


@pytest.mark.django_db
def test_after_a_day_a_hundred_rows_will_do(version: ModelVersion) -> None:
    post(version, ordinary(99))
    DriftSample.objects.update(started_at=timezone.now() - timedelta(days=2))
    assert freeze_waiting() == 0
    post(version, ordinary(1))
    assert freeze_waiting() == 1
    assert DriftProfile.objects.get().rows == 100


@pytest.mark.django_db
def test_images_are_bounded_by_their_bytes(version: ModelVersion) -> None:
    images = tensors(np.zeros((40, 300, 300, 3), np.float32), "image")  # 1 MiB each
    record(make_batch(version, rows=40, payload=pack_tensors(inputs=images)))
    assert DriftProfile.objects.get().rows == 16
    assert DriftWindow.objects.get().rows == 24
    sample = DriftSample.objects.get()
    assert sample.payload is not None
    assert sample.rows == 24
    assert len(sample.payload) == pytest.approx(24 * 64 * 3 * 4, rel=0.1)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_freeze_once_and_lose_nothing(version: ModelVersion) -> None:
    def write(worker: int) -> None:
        try:
            record(batches[worker])
        finally:
            connection.close()

    batches = [
        make_batch(
            version,
            rows=30,
            payload=pack_tensors(inputs=tensors(ordinary(30, worker)), outputs=answers(ordinary(30, worker))),
        )
        for worker in range(60)
    ]
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(write, range(60)))
    assert DriftProfile.objects.get().rows == 1_000
    assert DriftWindow.objects.get().rows == 60 * 30 - 1_000
