"""No counter falls under one start time, and no series has two writers, whatever became of the database."""

import dataclasses
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from ingest.models import Project, RefusedRequests
from monitoring.alerting.cloud_monitoring.write import WriteReport, write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.models import MetricDelivery, PredictionCounter, ReplayLatency
from tests.alerting.conftest import STARTED, CountPredictions

MINUTE = timedelta(minutes=1)
SERIES = 7  # of a project with one version
CUMULATIVE = 5


@pytest.fixture
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    return use(settings, tmp_path / "data")


def use(settings: Settings, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, data_dir=folder)
    return folder


def count(predictions: int) -> None:
    PredictionCounter.objects.filter(symptom="").update(value=predictions)


def write(minute: int) -> WriteReport:
    report = write_metrics(STARTED + minute * MINUTE)
    assert report is not None
    return report


def backup() -> Callable[[], None]:
    """Of the rows that matter here; what it returns puts them back."""
    kept = [(table, list(table.objects.values())) for table in (PredictionCounter, MetricDelivery)]

    def restore() -> None:
        for table, rows in kept:
            for row in rows:
                table.objects.filter(pk=row["id"]).update(**row)

    return restore


def falls(cloud: CloudStandIn) -> list[Any]:
    """Cumulative series in which a value is smaller than the one before, and the start time the same."""
    pairs = [(key, *pair) for key, points in cloud.series.items() for pair in pairwise(points)]
    return [key for key, one, next_ in pairs if one.start == next_.start and next_.value < one.value]


def test_a_restart_goes_on(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=100)
    for minute, predictions in enumerate([100, 130, 170], 1):
        count(predictions)
        assert write(minute) == WriteReport(delivered=SERIES)
    assert [(point.start, point.value) for point in cloud.points("predictions")] == [
        *((STARTED, 100), (STARTED, 130), (STARTED, 170))
    ]


def test_a_restored_database_begins_anew_from_0(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=100)
    write(1)
    restore = backup()
    count(500)
    write(2)
    restore()

    count(120)
    assert write(4) == WriteReport(delivered=SERIES - CUMULATIVE)
    count(125)
    assert write(5) == WriteReport(delivered=SERIES)

    points = cloud.points("predictions")
    assert [(point.start, point.value) for point in points] == [
        *((STARTED, 100), (STARTED, 500), (STARTED + 4 * MINUTE, 5))
    ]
    assert not falls(cloud)
    assert len({resource for *_, resource in cloud.series}) == 1, "it is the same installation"


def test_a_writer_that_dies_between_row_and_file_changes_nothing(
    cloud: CloudStandIn, count_predictions: CountPredictions, data_dir: Path
) -> None:
    count_predictions(predictions=100)
    write(1)
    before = (data_dir / "metric-writes").read_text()
    write(2)
    (data_dir / "metric-writes").write_text(before)  # as the file is where the second had died with its row
    count(130)
    assert write(3) == WriteReport(delivered=SERIES)
    assert [(point.start, point.value) for point in cloud.points("predictions")][-1] == (STARTED, 130)


def test_the_clock_of_a_writer_does_not_matter(
    cloud: CloudStandIn, count_predictions: CountPredictions, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_predictions(predictions=100)
    right = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: right + timedelta(days=1))
    write_metrics()
    (point,) = cloud.points("up")
    assert point.end - right < timedelta(hours=1)


def test_a_backup_of_before_the_first_write_begins_anew_too(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=100)
    write(1)
    MetricDelivery.objects.update(memory="", last_end_time=None)
    count(90)
    write(4)
    count(95)
    write(5)
    assert [point.value for point in cloud.points("predictions")] == [100, 5]
    assert not falls(cloud)


@pytest.mark.usefixtures("cloud")
def test_rare_writes_go_on(count_predictions: CountPredictions, settings: Settings) -> None:
    settings.NANWATCH_MONITORING_INTERVAL = 7200
    count_predictions(predictions=100)
    for minute in (1, 121, 241):
        PredictionCounter.objects.update(changed_at=STARTED + minute * MINUTE)
        assert write(minute) == WriteReport(delivered=SERIES)


def test_what_counts_as_other_and_for_projects_begins_anew_too(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings
) -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 1
    count_predictions(predictions=100)
    PredictionCounter.objects.update(changed_at=STARTED)
    Project.objects.update(created_at=STARTED)
    project = Project.objects.get()
    RefusedRequests.objects.create(project=project, reason="invalid", requests=9)
    ReplayLatency.objects.create(project=project, bucket=3, batches=5, seconds=4.0)
    write(1)
    restore = backup()
    count(500)
    write(2)
    restore()
    write(4)
    count(107)
    write(5)
    points = cloud.points("predictions", model="other", version="other")
    assert [point.value for point in points] == [100, 500, 7]
    assert [point.value for point in cloud.points("ingest_rejected", reason="invalid")] == [9, 9, 0]
    assert [point.value for point in cloud.points("replay_latency")] == [5, 5, 0]
    assert not falls(cloud)


@pytest.mark.parametrize("is_file_copied", [True, False])
def test_a_copy_is_an_installation_of_its_own(
    cloud: CloudStandIn,
    count_predictions: CountPredictions,
    settings: Settings,
    data_dir: Path,
    is_file_copied: bool,
) -> None:
    count_predictions(predictions=100)
    write(1)
    first = cloud.points("predictions")
    other = use(settings, data_dir.parent / "copy")
    if is_file_copied:
        shutil.copy(data_dir / "metric-writes", other)

    write(2)
    count(110)
    write(3)

    assert [point.value for point in first] == [100], "the other one goes on with these"
    values = sorted(
        [point.value for point in points]
        for (kind, *_), points in cloud.series.items()
        if kind.endswith("/predictions")
    )
    assert values == [[10], [100]]


def test_a_second_writer_is_noticed_by_what_is_refused(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=100)
    write(1)
    first = cloud.points("predictions")
    first[-1].end = STARTED + 2.5 * MINUTE  # of another writer

    assert write(2).refused == 1
    write(3)
    count(160)
    assert write(4) == WriteReport(delivered=SERIES)

    assert len(first) == 1
    assert sorted(points[-1].value for (kind, *_), points in cloud.series.items() if kind.endswith("/predictions")) == [
        60,
        100,
    ]


def test_after_an_hour_of_silence_nothing_is_taken_for_granted(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=100)
    write(1)
    count(90)  # database and data directory of a snapshot
    write(62)
    count(95)
    write(63)
    assert [point.value for point in cloud.points("predictions")] == [100, 5]
    assert not falls(cloud)


def test_a_data_directory_that_remembers_nothing_is_reported(
    cloud: CloudStandIn, count_predictions: CountPredictions, data_dir: Path
) -> None:
    count_predictions(predictions=100)
    (data_dir / "metric-writes").mkdir()
    assert "data directory" in write(1).problem
    assert not cloud.calls
    assert "data directory" in MetricDelivery.objects.get().last_error
    (data_dir / "metric-writes").rmdir()
    assert write(2) == WriteReport(delivered=SERIES)


def test_workers_with_different_data_directories_do_not_make_series_without_end(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings, data_dir: Path
) -> None:
    count_predictions(predictions=100)
    problems = []
    for minute in range(1, 11):
        use(settings, data_dir.parent / str(minute % 2))
        problems.append(write(minute).problem)
    assert len({resource for *_, resource in cloud.series}) == 2
    assert sum("NANWATCH_DATA_DIR" in problem for problem in problems) == 4
