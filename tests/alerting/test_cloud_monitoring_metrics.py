"""The counters arrive in Cloud Monitoring as cumulative series (the real client, a server on loopback)."""

from datetime import timedelta

import pytest
from google.api.metric_pb2 import MetricDescriptor
from pytest_django import Settings

from monitoring.alerting.cloud_monitoring.client import Destination, configured_destination
from monitoring.alerting.cloud_monitoring.turn import take_turn
from monitoring.alerting.cloud_monitoring.write import write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.metrics.table import Metric
from monitoring.models import MetricDelivery, PredictionCounter
from tests.alerting.conftest import STARTED, CountPredictions

FIRST = STARTED + timedelta(minutes=1)
SECOND = STARTED + timedelta(minutes=2)
GAUGES = ("drift_score_max", "layer_headroom_min", "open_incidents", "replay_lag", "up")


def test_it_writes_predictions_and_symptoms_of_a_version(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=120, nonfinite_output=3)

    report = write_metrics(FIRST)

    assert report is not None
    assert (report.delivered, report.refused, report.problem) == (7, 0, "")
    (point,) = cloud.points("predictions", model="churn", version="7")
    assert (point.start, point.end, point.value) == (STARTED, FIRST, 120)
    (point,) = cloud.points("nonfinite_predictions", model="churn", version="7", symptom="nonfinite_output")
    assert (point.start, point.end, point.value) == (STARTED, FIRST, 3)
    resource = cloud.calls[0].time_series[0].resource
    assert dict(resource.labels) == {
        "project_id": "some-project",
        "location": "global",
        "namespace": "shop",
        "job": "nanwatch",
        "task_id": MetricDelivery.objects.get().installation.hex,
    }


def test_the_descriptors_are_created_once(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=1)

    write_metrics(FIRST)
    write_metrics(SECOND)

    assert cloud.descriptor_calls == len(Metric)
    labels = {kind.rsplit("/")[-1]: [each.key for each in one.labels] for kind, one in cloud.descriptors.items()}
    assert labels == {
        "predictions": ["model", "version"],
        "nonfinite_predictions": ["model", "version", "symptom"],
        "failed_predictions": ["model", "version"],
        "near_overflow_predictions": ["model", "version"],
        "drift_score_max": ["model", "version", "cause"],
        "layer_headroom_min": ["model", "version"],
        "open_incidents": ["model", "cause", "severity"],
        "replay_lag": [],
        "replay_latency": [],
        "ingest_rejected": ["reason"],
        "up": [],
    }
    for kind, descriptor in cloud.descriptors.items():
        is_gauge = kind.endswith(GAUGES)
        assert descriptor.metric_kind == (MetricDescriptor.GAUGE if is_gauge else MetricDescriptor.CUMULATIVE)


def test_a_symptom_that_appears_later_continues_the_zeros(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=100)
    write_metrics(FIRST)
    count_predictions(predictions=140, absorbed=9)
    PredictionCounter.objects.filter(symptom="absorbed").update(started_at=FIRST - timedelta(seconds=1))

    report = write_metrics(SECOND)

    assert report is not None
    assert report.problem == ""
    points = cloud.points("nonfinite_predictions", symptom="absorbed")
    assert [(point.start, point.value) for point in points] == [(STARTED, 0), (STARTED, 9)]


def test_two_tenants_with_the_same_model_name_keep_their_own_series(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(project="shop", predictions=5)
    count_predictions(project="bank", predictions=7)

    write_metrics(FIRST)

    values = {
        dict(resource)["namespace"]: points[0].value
        for (kind, _, resource), points in cloud.series.items()
        if kind.endswith("/predictions")
    }
    assert values == {"shop": 5, "bank": 7}


def test_many_versions_go_in_calls_of_two_hundred(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    for number in range(80):  # five series each, and two of the project
        count_predictions(version=str(number), predictions=number)

    report = write_metrics(FIRST)

    assert report is not None
    assert report.delivered == 402
    assert sorted(len(call.time_series) for call in cloud.calls) == [2, 200, 200]


@pytest.mark.parametrize("seconds", [-30, 0, 4.9])
def test_a_write_that_comes_too_soon_sends_nothing(
    cloud: CloudStandIn, count_predictions: CountPredictions, seconds: float
) -> None:
    count_predictions(predictions=1)
    write_metrics(FIRST)

    assert write_metrics(FIRST + timedelta(seconds=seconds)) is None
    assert len(cloud.calls) == 1


def test_five_seconds_later_is_soon_enough(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=1)
    write_metrics(FIRST)

    report = write_metrics(FIRST + timedelta(seconds=5))

    assert report is not None
    assert report.problem == ""
    assert len(cloud.points("predictions")) == 2


@pytest.mark.django_db
def test_points_for_google_itself_are_further_apart() -> None:
    destination = Destination("some-project", "")
    for seconds, is_taken in [(0, True), (9.9, False), (10, True)]:
        turn = take_turn(destination, FIRST + timedelta(seconds=seconds))
        assert (turn is not None) == is_taken
        if turn is not None:
            turn.succeeded()


def test_only_one_writer_at_a_time(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=1)
    destination = configured_destination()
    assert destination is not None
    other = take_turn(destination, FIRST)
    assert other is not None

    assert write_metrics(SECOND) is None
    other.succeeded()

    assert write_metrics(SECOND) is not None
    assert not other.renew()  # who lost the lease sends nothing more
    assert len(cloud.calls) == 1


def test_a_clock_that_was_far_ahead_does_not_stop_the_writes_for_ever(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=1)
    write_metrics(FIRST)
    MetricDelivery.objects.update(last_end_time=FIRST + timedelta(days=400))

    assert write_metrics(SECOND) is not None
    assert len(cloud.points("predictions")) == 2


@pytest.mark.django_db
def test_nothing_is_pushed_without_a_project(cloud: CloudStandIn, settings: Settings) -> None:
    settings.NANWATCH_GCP_PROJECT = ""

    assert write_metrics(FIRST) is None
    assert not cloud.calls
    assert not MetricDelivery.objects.exists()


def test_no_credentials_go_to_an_emulator(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=1)

    write_metrics(FIRST)

    assert "authorization" not in {key.lower() for key, _ in cloud.metadata}
