"""How many series there are: a budget, `other` for what is beyond it, and nothing for what is idle."""

from datetime import datetime, timedelta

from django.test import Client
from pytest_django import Settings

from ingest.models import Model, Project
from monitoring.alerting.cloud_monitoring.write import write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.models import PredictionCounter, SeriesPlace
from tests.alerting.conftest import STARTED, CountPredictions

MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)


def write(at: datetime) -> None:
    report = write_metrics(at)
    assert report is not None
    assert report.problem == ""


def as_of_then() -> None:
    """Everything was made, and counted, when the counters start."""
    PredictionCounter.objects.update(changed_at=STARTED)
    for table in (Model, Project):
        table.objects.update(created_at=STARTED)


def used(at: datetime, version: str = "7", **counts: int) -> None:
    """A version answered so many more predictions."""
    for symptom, value in counts.items():
        rows = PredictionCounter.objects.filter(version__version=version)
        one = rows.get(symptom="" if symptom == "predictions" else symptom)
        rows.filter(pk=one.pk).update(value=one.value + value)
    PredictionCounter.objects.filter(version__version=version).update(changed_at=at)


def total(cloud: CloudStandIn, kind: str = "predictions") -> float:
    """What Cloud Monitoring has counted over all series and all their start times."""
    return sum(
        max(point.value for point in points if point.start == start)
        for (type_, *_), points in cloud.series.items()
        if type_.endswith("/" + kind)
        for start in {point.start for point in points}
    )


def test_versions_beyond_the_budget_are_other_and_nothing_is_lost(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings
) -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 100
    for generation in range(10):  # versions churned tenfold
        for number in range(10):
            count_predictions(version=f"{generation}.{number}", predictions=7, absorbed=1)
        as_of_then()
        write(STARTED + (1 + generation) * MINUTE)
    assert len(cloud.series) <= 100
    versions = {dict(labels).get("version") for _, labels, _ in cloud.series}
    assert {"0.0", "other"} <= versions
    assert (total(cloud), total(cloud, "nonfinite_predictions")) == (700, 100)


def test_models_beyond_it_are_the_model_other(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings
) -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 100
    for number in range(30):
        count_predictions(model=f"m{number}", predictions=2)
    as_of_then()
    write(STARTED + MINUTE)
    assert len(cloud.series) <= 100
    assert cloud.points("predictions", model="other", version="other")
    assert total(cloud) == 60


def test_who_is_other_stays_it_when_there_is_room_again(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings
) -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 40
    for number in range(5):
        count_predictions(version=str(number), predictions=3)
    as_of_then()
    write(STARTED + MINUTE)
    settings.NANWATCH_MONITORING_MAX_SERIES = 5000
    write(STARTED + 2 * MINUTE)
    assert {dict(labels).get("version") for _, labels, _ in cloud.series} == {None, "other"}


def test_a_smaller_budget_moves_counts_and_repeats_none(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings
) -> None:
    for number in range(10):
        count_predictions(version=str(number), predictions=3)
    as_of_then()
    write(STARTED + MINUTE)
    settings.NANWATCH_MONITORING_MAX_SERIES = 60
    write(STARTED + 2 * MINUTE)
    used(STARTED + 2 * MINUTE, "9", predictions=5)
    write(STARTED + 3 * MINUTE)
    assert cloud.points("predictions", version="other")[-1].value == 5
    assert total(cloud) == 35


def test_an_idle_version_is_not_written_and_begins_anew_when_it_is_used_again(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=100, absorbed=4)
    as_of_then()
    write(STARTED + MINUTE)
    written = len(cloud.points("predictions"))
    for hour in range(20, 60):
        write_metrics(STARTED + timedelta(hours=hour / 2))
    before = len(cloud.points("predictions"))
    assert written < before
    write(STARTED + timedelta(hours=30))
    assert len(cloud.points("predictions")) == before
    assert PredictionCounter.objects.get(symptom="").place == SeriesPlace.UNDECIDED

    used(STARTED + timedelta(hours=31), predictions=20, absorbed=1)
    write(STARTED + timedelta(hours=31))

    points = cloud.points("predictions")
    assert (points[-1].value, points[-1].start > points[-2].end) == (20, True)
    assert (total(cloud), total(cloud, "nonfinite_predictions")) == (120, 5)


def test_the_settings_page_says_what_is_other(
    cloud: CloudStandIn,  # noqa: ARG001 - it is configured
    count_predictions: CountPredictions,
    settings: Settings,
    admin_client: Client,
) -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 40
    for number in range(5):
        count_predictions(version=str(number), predictions=3)
    as_of_then()
    write(STARTED + MINUTE)
    page = " ".join(admin_client.get("/settings").content.decode().split())
    assert "NANWATCH_MONITORING_MAX_SERIES" in page
    assert "5 versions count as <code>other</code>" in page
