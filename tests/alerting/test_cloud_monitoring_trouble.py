"""What Cloud Monitoring refuses or does not answer: nothing is lost or sent twice, a person is told."""

import logging
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from google.cloud.monitoring_v3.types import CreateTimeSeriesRequest
from pytest_django import Settings

from monitoring.alerting.cloud_monitoring.write import WriteReport, write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn, Trouble
from monitoring.google_stand_in.point_rules import key_of_series
from monitoring.metrics.table import Metric
from monitoring.models import MetricDelivery
from tests.alerting.conftest import STARTED, CountPredictions

FIRST = STARTED + timedelta(minutes=1)
SECOND = STARTED + timedelta(minutes=2)
UNAVAILABLE = Trouble(grpc.StatusCode.UNAVAILABLE)
EXHAUSTED = Trouble(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded")
NOT_FOUND = Trouble(grpc.StatusCode.NOT_FOUND, "The metric referenced by the provided filter is unknown")
SERIES = 7  # of a project with one version
LOST_ANSWER = Trouble(grpc.StatusCode.DEADLINE_EXCEEDED, after_storing=True)


def test_a_call_that_failed_once_is_tried_again(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=4)
    cloud.trouble = [UNAVAILABLE]

    assert write_metrics(FIRST) == WriteReport(delivered=SERIES)
    assert [point.value for point in cloud.points("predictions")] == [4]


def test_points_whose_answer_was_lost_count_as_delivered_and_stand_once(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    cloud.trouble = [LOST_ANSWER]

    assert write_metrics(FIRST) == WriteReport(delivered=SERIES)
    assert [point.value for point in cloud.points("predictions")] == [4]


def test_an_outage_loses_nothing(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=4)
    cloud.trouble = [UNAVAILABLE, UNAVAILABLE]
    failed = write_metrics(FIRST)
    assert failed is not None
    assert failed.delivered == 0
    assert "ServiceUnavailable" in failed.problem

    count_predictions(predictions=10)
    assert write_metrics(SECOND) == WriteReport(delivered=SERIES)
    (point,) = cloud.points("predictions")
    assert (point.start, point.end, point.value) == (STARTED, SECOND, 10)


def test_a_call_that_fails_stops_no_other_and_comes_first_in_the_next_write(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    for number in range(120):  # three calls of 200 series and one of 2
        count_predictions(version=str(number), predictions=1)
    cloud.trouble = [None, EXHAUSTED, None, None]

    report = write_metrics(FIRST)

    assert report is not None
    assert "1 of 4 calls: ResourceExhausted" in report.problem
    (failed,) = [call for call in cloud.calls if key_of_series(call.time_series[0]) not in cloud.series]
    assert report.delivered == 602 - len(failed.time_series)
    cloud.calls.clear()
    assert write_metrics(SECOND) == WriteReport(delivered=602)
    (begins,) = [call for call in cloud.calls if call.time_series[0].metric.type.endswith("/up")]
    assert first_version(begins) == first_version(failed)
    assert len({key_of_series(one) for call in cloud.calls for one in call.time_series}) == 602


def first_version(call: CreateTimeSeriesRequest) -> str:
    return next(str(one.metric.labels["version"]) for one in call.time_series if one.metric.labels)


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED])
def test_what_is_forbidden_ends_the_write_and_the_next_ones_wait_longer_each_time(
    cloud: CloudStandIn, count_predictions: CountPredictions, code: grpc.StatusCode
) -> None:
    count_predictions(predictions=1)
    moment, waits = FIRST, []
    for _ in range(6):
        cloud.trouble = [Trouble(code)]
        asked = moment
        while write_metrics(moment) is None:
            moment += timedelta(minutes=1)
        waits.append((moment - asked).total_seconds() / 60)
        moment += timedelta(minutes=1)
    assert waits == [0, 0, 1, 3, 7, 14]
    while write_metrics(moment) is None:
        moment += timedelta(minutes=1)
    assert write_metrics(moment + timedelta(minutes=1)) == WriteReport(delivered=SERIES), "it is over: no wait any more"


def test_refusals_without_a_message_are_counted_by_their_summary(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    write_metrics(FIRST)
    cloud.is_terse = True
    cloud.points("predictions")[-1].end = SECOND - timedelta(seconds=1)  # somebody else wrote to this series
    calls = len(cloud.calls)

    report = write_metrics(SECOND)

    assert report is not None
    assert (report.delivered, report.refused) == (SERIES - 1, 1)
    assert "FAILED_PRECONDITION" in report.problem
    assert len(cloud.calls) == calls + 1, "nothing is sent again"


def test_points_that_were_refused_are_not_sent_again_and_the_others_count(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    write_metrics(FIRST)
    for (kind, _, _), points in cloud.series.items():
        if kind.endswith("/predictions"):
            points[-1].end = SECOND + timedelta(minutes=1)  # somebody else wrote to this series

    report = write_metrics(SECOND)

    assert report is not None
    assert (report.delivered, report.refused) == (SERIES - 1, 1)
    assert "older end time" in report.problem
    assert len(cloud.calls) == 2


def test_a_call_that_is_refused_as_a_whole_is_reported(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    cloud.trouble = [Trouble(grpc.StatusCode.INVALID_ARGUMENT, "Field timeSeries had an invalid value")]

    report = write_metrics(FIRST)

    assert report is not None
    assert (report.delivered, report.refused) == (0, SERIES)
    assert "Field timeSeries had an invalid value" in report.problem


def test_a_failure_is_kept_for_the_settings_page_and_logged_in_one_line(
    cloud: CloudStandIn, count_predictions: CountPredictions, caplog: pytest.LogCaptureFixture
) -> None:
    count_predictions(predictions=4)
    cloud.trouble = [Trouble(grpc.StatusCode.PERMISSION_DENIED, "monitoring.timeSeries.create denied")]

    with caplog.at_level(logging.WARNING):
        write_metrics(FIRST)

    delivery = MetricDelivery.objects.get()
    assert "PermissionDenied" in delivery.last_error
    assert "monitoring.timeSeries.create denied" in delivery.last_error
    assert delivery.last_error_at is not None
    assert delivery.last_success_at is None
    (record,) = caplog.records
    assert "\n" not in record.getMessage()

    write_metrics(SECOND)
    delivery.refresh_from_db()
    assert delivery.last_success_at is not None


def test_descriptors_are_created_again_where_one_is_missing_and_never_else(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    for number, trouble in enumerate([None, EXHAUSTED, None, NOT_FOUND, None, None]):
        cloud.trouble = [trouble]
        write_metrics(FIRST + timedelta(minutes=number))

    assert cloud.descriptor_calls == 2 * len(Metric)


def test_points_of_a_metric_that_is_not_known_bring_its_descriptor_back(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    write_metrics(FIRST)
    cloud.derives = False
    del cloud.descriptors["custom.googleapis.com/nanwatch/up"]
    report = write_metrics(SECOND)
    assert report is not None
    assert (report.delivered, report.refused) == (SERIES - 1, 1)
    assert write_metrics(SECOND + timedelta(minutes=1)) == WriteReport(delivered=SERIES)


def test_points_are_written_even_where_descriptors_may_not_be(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    cloud.descriptor_trouble = Trouble(grpc.StatusCode.PERMISSION_DENIED, "metricDescriptors.create denied")

    report = write_metrics(FIRST)

    assert report is not None
    assert report.delivered == SERIES
    assert "metricDescriptors.create denied" in report.problem


def test_missing_google_credentials_are_told_without_their_contents(
    settings: Settings,
    count_predictions: CountPredictions,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "key.json"
    broken.write_text('{"type": "service_account", "private_key": "TOP-SECRET"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(broken))
    settings.NANWATCH_GCP_PROJECT = "some-project"
    settings.NANWATCH_MONITORING_ENDPOINT = ""
    count_predictions(predictions=4)

    report = write_metrics(FIRST)

    assert report is not None
    assert report.delivered == 0
    assert "no usable Google credentials" in report.problem
    assert "TOP-SECRET" not in report.problem + MetricDelivery.objects.get().last_error


def test_a_writer_that_died_gives_its_lease_back_by_time(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=4)
    write_metrics(FIRST)
    MetricDelivery.objects.update(writer="dead", writing_until=STARTED)

    assert write_metrics(SECOND) == WriteReport(delivered=SERIES)
    assert len(cloud.points("predictions")) == 2
