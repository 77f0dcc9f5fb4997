"""No series waits for ever where a write ends early."""

from datetime import timedelta

import grpc
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from monitoring.alerting.cloud_monitoring.order import VITAL, Placed, in_turn, left_over
from monitoring.alerting.cloud_monitoring.write import write_metrics
from monitoring.metrics.table import Metric, Reading
from tests.alerting.conftest import STARTED, CountPredictions
from tests.alerting.fake_monitoring_server import FakeMonitoring, Trouble


def readings(versions: int, each: int = 5) -> list[Reading]:
    own = [Reading(Metric.PREDICTIONS, "shop", 0, version_id=1 + one) for one in range(versions) for _ in range(each)]
    return [Reading(Metric.UP, "shop", 1), *own]


@given(st.integers(1, 40), st.data())
def test_everybody_is_sent_once_and_what_was_left_over_first(versions: int, data: st.DataObject) -> None:
    all_of_them = readings(versions)
    unsent = data.draw(st.lists(st.integers(0, versions - 1), unique=True))
    ranges = left_over(Placed(position, 0) for position in unsent for _ in range(2))
    order = in_turn(all_of_them, ranges)
    assert sorted(map(id, all_of_them)) == sorted(id(one.value) for one in order)
    positions = list(dict.fromkeys(one.position for one in order))
    assert positions[: 1 + len(unsent)] == [VITAL, *unsent]


def test_positions_that_are_gone_do_not_matter() -> None:
    order = in_turn(readings(3), [[2, 90], [1, 2]])
    assert list(dict.fromkeys(one.position for one in order)) == [VITAL, 2, 1, 0]


def test_many_positions_are_few_ranges() -> None:
    assert left_over(Placed(position, 0) for position in [7, 8, 9, 3, 4, VITAL, 1]) == [[7, 10], [3, 5], [1, 2]]


def test_a_quota_at_a_third_reaches_every_model_within_three_writes(
    cloud: FakeMonitoring, count_predictions: CountPredictions, settings: Settings
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
