"""No series waits for ever where a write ends early."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import grpc
from google.cloud.monitoring_v3.types import CreateTimeSeriesRequest
from google.protobuf.empty_pb2 import Empty
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from monitoring.alerting.cloud_monitoring.client import Destination, metric_client
from monitoring.alerting.cloud_monitoring.order import VITAL, Placed, in_waves, left_over
from monitoring.alerting.cloud_monitoring.round import Round
from monitoring.alerting.cloud_monitoring.time_series import SeriesWriter
from monitoring.alerting.cloud_monitoring.write import write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn, Trouble
from monitoring.metrics.table import Metric, Reading
from tests.alerting.conftest import STARTED, CountPredictions


def readings(versions: int, each: int = 5) -> list[Reading]:
    own = [Reading(Metric.PREDICTIONS, "shop", 0, version_id=1 + one) for one in range(versions) for _ in range(each)]
    return [Reading(Metric.UP, "shop", 1), *own]


@given(st.integers(1, 40), st.data())
def test_everybody_is_sent_once_and_who_waits_longest_first(versions: int, data: st.DataObject) -> None:
    all_of_them = readings(versions)
    waits = data.draw(st.lists(st.integers(0, 2), min_size=versions, max_size=versions))
    waiting = [[at for at, wait in enumerate(waits) if wait == longest] for longest in (2, 1, 0)]
    ranges = [left_over(Placed(position, 0) for position in group) for group in waiting[:2]]
    waves = in_waves(all_of_them, ranges)
    assert sorted(map(id, all_of_them)) == sorted(id(one.value) for wave in waves for one in wave)
    positions = [list(dict.fromkeys(one.position for one in wave)) for wave in waves]
    assert positions == [[VITAL, *waiting[0]], *waiting[1:]]


def test_positions_that_are_gone_do_not_matter() -> None:
    waves = in_waves(readings(3), [[[2, 90]], [[1, 2]]])
    assert [list(dict.fromkeys(one.position for one in wave)) for wave in waves] == [[VITAL, 2], [1], [0]]


def test_many_positions_are_few_ranges() -> None:
    assert left_over(Placed(position, 0) for position in [7, 8, 9, 3, 4, VITAL, 1]) == [[1, 2], [3, 5], [7, 10]]


def test_nothing_is_sent_by_a_writer_that_was_too_slow(cloud: CloudStandIn, settings: Settings) -> None:
    over = Event()
    over.set()
    destination = Destination("some-project", settings.NANWATCH_MONITORING_ENDPOINT)
    series = SeriesWriter(destination, "an-installation", STARTED)
    waves = [list(series.time_series(wave)) for wave in in_waves([Reading(Metric.UP, "shop", 1)], [])]
    with metric_client(destination) as client:
        sent = Round(client, destination.name, over).send_all(waves)
    assert [one.is_taken for one in sent.outcomes] == [False]
    assert not cloud.calls


@contextmanager
def served_at_once(answer: Callable[[CreateTimeSeriesRequest, Any], Empty]) -> Iterator[str]:
    """The stand-in answers one call after the other."""
    method = grpc.unary_unary_rpc_method_handler(answer, CreateTimeSeriesRequest.deserialize, Empty.SerializeToString)
    service = grpc.method_handlers_generic_handler("google.monitoring.v3.MetricService", {"CreateTimeSeries": method})
    server = grpc.server(ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait()


def test_the_first_call_goes_alone_and_then_four_at_once() -> None:
    meeting, alone = Barrier(4), []

    def answer(request: CreateTimeSeriesRequest, _: object) -> Empty:
        if request.time_series[0].resource.labels["namespace"] == "shop-0":
            alone.append(meeting.n_waiting)
        else:
            meeting.wait(timeout=30)
        return Empty()

    with served_at_once(answer) as endpoint:
        destination = Destination("some-project", endpoint)
        series = SeriesWriter(destination, "an-installation", STARTED)
        ups = [Reading(Metric.UP, f"shop-{number}", 1) for number in range(1000)]
        waves = [list(series.time_series(wave)) for wave in in_waves(ups, [])]
        with metric_client(destination) as client:
            sent = Round(client, destination.name, Event()).send_all(waves)
    assert [one.delivered for one in sent.outcomes] == [200] * 5
    assert alone == [0]


def test_a_quota_at_a_third_reaches_every_model_within_three_writes(
    cloud: CloudStandIn, count_predictions: CountPredictions, settings: Settings
) -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 10**5
    for number in range(300):
        count_predictions(model=f"m{number}", predictions=number)
    written = {f"m{number}": 0 for number in range(300)}
    for minute in range(1, 4):  # eight calls each
        cloud.trouble = [None] * 3 + [Trouble(grpc.StatusCode.RESOURCE_EXHAUSTED)] * 8
        write_metrics(STARTED + timedelta(minutes=minute))
        assert len(cloud.points("up")) == minute, "whether the service lives comes first"
    for (kind, labels, _), points in cloud.series.items():
        if kind.endswith("/predictions"):
            written[dict(labels)["model"]] += len(points)
    assert min(written.values()) >= 1
