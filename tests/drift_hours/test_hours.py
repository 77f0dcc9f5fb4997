"""Rows are counted in the hour in which they were observed, once, however many workers write."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.db import connection, transaction

from ingest.models import ModelVersion
from monitoring.drift_hours import hours
from monitoring.drift_hours.hour_counts import HourCounts
from monitoring.drift_hours.reservoir import MOST_ROWS
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.models import DriftSample, DriftWindow
from nantrace.drift.window import Window
from nantrace.tensors.framing import pack_tensors
from tests.drift_hours.conftest import answers, ordinary, post, record, tensors
from tests.incidents.builders import NOON, make_batch
from tests.incidents.builders import hours as lasting


def stored(window: DriftWindow) -> Window:
    return Window.from_bytes(bytes(window.payload))


@pytest.mark.django_db
def test_it_works(watched: ModelVersion) -> None:
    rows = ordinary(300)
    post(watched, rows[:100], NOON + lasting(0.2))
    post(watched, rows[100:], NOON + lasting(0.9))
    window = DriftWindow.objects.get()
    reference = stored_profile(watched.pk)
    assert reference is not None
    assert (window.hour, window.rows, window.revision) == (NOON, 300, 2)
    assert bytes(window.payload) == reference.profile.count(tensors(rows), answers(rows)).to_bytes()
    assert len(window.payload) / 4 <= 250, "bytes a feature"


@pytest.mark.django_db
def test_late_rows_land_in_their_own_hour(watched: ModelVersion) -> None:
    for late in (5, 0, 5, 3, 0):
        post(watched, ordinary(10), NOON + lasting(late))
    assert dict(DriftWindow.objects.values_list("hour", "rows")) == {
        NOON: 20,
        NOON + lasting(3): 10,
        NOON + lasting(5): 20,
    }


@pytest.mark.django_db
def test_rows_that_do_not_fit_are_counted_as_such_and_not_kept(watched: ModelVersion) -> None:
    post(watched, ordinary(40))
    wide = np.ones((7, 5))
    post(watched, wide)
    record(make_batch(watched, rows=3, payload=packed_text()))
    window = DriftWindow.objects.get()
    inputs, outputs = stored(window).tensors
    assert (window.rows, inputs.mistyped, inputs.cells) == (50, 10, 40)
    assert (outputs.mistyped, outputs.cells) == (0, 40)
    assert DriftSample.objects.get().rows == 40


def packed_text() -> bytes:
    return pack_tensors(inputs=tensors(np.array([["a", "b", "c"]] * 3)))


@pytest.mark.django_db
def test_labels_in_place_of_probabilities_are_no_drift_of_the_outputs(watched: ModelVersion) -> None:
    post(watched, ordinary(20), outputs=tensors(np.array([["rain"]] * 20), "outputs"))
    inputs, outputs = stored(DriftWindow.objects.get()).tensors
    assert (inputs.cells, outputs.cells, outputs.mistyped) == (20, 0, 0)


@pytest.mark.django_db
def test_rows_kept_because_they_are_bad_are_counted_for_their_true_share(watched: ModelVersion) -> None:
    """A client that samples 1% sent all 20 rows with NaN and 10 of 1,000 others."""
    rows = ordinary(30)
    rows[:20, 0] = np.nan
    for _ in range(100):
        post(watched, rows, counts={"predictions": 1020, "nonfinite": 20})
    window = DriftWindow.objects.get()
    bad = int(stored(window).tensors[0].nan[0])
    assert window.rows == 1000 + bad
    assert 5 <= bad <= 40, "20 of 1,020 predictions, and not 20 of 30 rows"


@pytest.mark.django_db
def test_the_sample_is_bounded_and_ends_with_the_judgement(watched: ModelVersion) -> None:
    post(watched, ordinary(3_000))
    post(watched, ordinary(500))
    sample = DriftSample.objects.get()
    assert (sample.rows, sample.seen) == (MOST_ROWS, 3_500)
    sample.delete()
    DriftWindow.objects.update(closed_at=NOON)
    post(watched, ordinary(10))
    assert not DriftSample.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_lose_nothing(watched: ModelVersion) -> None:
    """Twelve threads with connections of their own, each with twenty batches for the same three hours."""
    batches = [counts_of(watched, seed) for seed in range(20)]

    def write(worker: int) -> None:
        try:
            for number, one in enumerate(batches):
                with transaction.atomic():
                    assert one.counted is not None
                    hours.add(watched.pk, NOON + lasting((worker + number) % 3), one.counted, one.inputs)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(write, range(12)))
    windows = list(DriftWindow.objects.order_by("hour"))
    assert [window.rows for window in windows] == [12 * 20 * 10 // 3] * 3
    assert sum(window.revision for window in windows) == 240
    assert sum(int(stored(window).tensors[0].bins.sum()) for window in windows) == 2_400 * 3
    assert [sample.seen for sample in DriftSample.objects.all()] == [800] * 3


def counts_of(version: ModelVersion, seed: int) -> HourCounts:
    rows = ordinary(10, seed)
    return HourCounts.of(make_batch(version, rows=10), tensors(rows), answers(rows))


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_counts_nothing(watched: ModelVersion) -> None:
    hour_counts = counts_of(watched, 1)
    with transaction.atomic():
        hour_counts.write([])
        transaction.set_rollback(True)
    assert not DriftWindow.objects.exists()
