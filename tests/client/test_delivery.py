"""Every kept row arrives exactly once, or is counted as dropped: whatever the service and the network do."""

import logging
import math
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import nanwatch_client
import pytest
from nanwatch_client import sender

from tests.client.conftest import Start
from tests.client.recording_server import KEY, Recording, recording_server
from tests.operations.running import free_port, wait_until


def log(number: int, **arguments: Any) -> None:
    nanwatch_client.log([math.nan, number], 0.5, model="churn", version="7", id=f"r{number}", **arguments)


def test_a_repeated_post_is_the_same_post(service: Recording, start: Start) -> None:
    service.answers = [(503, {}), (500, {}), (429, {})]
    start()
    log(1)

    assert nanwatch_client.flush(20)
    assert service.ids == ["r1"]
    assert (len(service.posts), len(set(service.posts))) == (4, 1)


def test_a_lost_answer_counts_nothing_twice(service: Recording, start: Start) -> None:
    service.lose_answers = 2
    start()
    log(1)

    assert nanwatch_client.flush(20)
    assert (len(service.posts), service.ids, service.counted("predictions")) == (3, ["r1"], 1)


def test_rows_on_their_way_are_queued_until_they_arrive(service: Recording, start: Start) -> None:
    service.answers = [(503, {"Retry-After": "2"})]
    start()
    log(1)

    assert not nanwatch_client.flush(0.5)
    waiting = nanwatch_client.statistics()
    assert (waiting.queued, waiting.delivered) == (1, 0)
    assert waiting.queued_bytes > 0
    assert nanwatch_client.flush(20)
    arrived = nanwatch_client.statistics()
    assert (arrived.queued, arrived.queued_bytes, arrived.delivered) == (0, 0, 1)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(service: Recording, start: Start, form: str) -> None:
    until = datetime.now(UTC) + timedelta(seconds=3)
    service.answers = [(429, {"Retry-After": "2" if form == "seconds" else format_datetime(until, usegmt=True)})]
    start()
    log(1)
    asked = time.monotonic()

    assert not nanwatch_client.flush(0.5), "not even a flush knocks earlier"
    assert len(service.posts) == 1
    wait_until(lambda: bool(service.batches))
    assert time.monotonic() - asked > 1


def test_what_is_refused_is_dropped_and_said(
    service: Recording, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    service.answers = [(404, {})]
    start()
    with caplog.at_level(logging.WARNING):
        log(1)
        assert not nanwatch_client.flush(20), "refused rows were not sent"
        log(2)
        assert nanwatch_client.flush(20)

    assert service.ids == ["r2"]
    assert [service.counted(name) for name in ("predictions", "nonfinite", "dropped")] == [2, 2, 1]
    assert nanwatch_client.statistics().dropped == 1
    assert "1 rows are dropped: the service answered 404" in caplog.text


def test_refused_counts_are_not_sent_again_and_again(service: Recording, start: Start) -> None:
    service.answers = [(404, {})] * 1000
    start(sample_rate=0)
    nanwatch_client.log([1.0], 0.5, model="churn", version="7")
    for _ in range(3):
        assert nanwatch_client.flush(20)
    assert len(service.posts) == 1

    service.answers.clear()
    log(2)
    assert nanwatch_client.flush(20)
    assert service.counted("predictions") == 2


@pytest.mark.parametrize("status", [401, 403, 302])
def test_a_wrong_key_or_way_drops_nothing(service: Recording, start: Start, status: int) -> None:
    service.answers = [(status, {"Location": "http://127.0.0.1:9/elsewhere"})]
    start()
    log(1)

    assert nanwatch_client.flush(20)
    assert service.ids == ["r1"]


def test_rows_wait_for_a_service_that_is_away(start: Start) -> None:
    port = free_port()
    start(url=f"http://127.0.0.1:{port}")
    log(1)
    assert not nanwatch_client.flush(0.5)
    log(2)

    with recording_server(port) as service:
        assert nanwatch_client.flush(20)
        assert sorted(service.ids) == ["r1", "r2"]
        assert nanwatch_client.statistics().queued == 0


def test_the_log_is_not_filled_and_never_shows_the_key(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    start(url=f"http://127.0.0.1:{free_port()}")
    log(1)
    nanwatch_client.flush(1.5)

    assert len(caplog.records) == 1
    assert KEY not in caplog.text
    from nanwatch_client.client import current_client

    assert KEY not in repr(vars(current_client()))


def test_rows_leave_without_a_flush(service: Recording, start: Start) -> None:
    start()
    log(1)
    wait_until(lambda: service.ids == ["r1"])


def test_a_flush_ends_though_rows_keep_coming(service: Recording, start: Start) -> None:
    start()
    stop = threading.Event()

    def serve() -> None:
        while not stop.wait(0.001):
            nanwatch_client.log([1.0], 0.5, model="churn", version="7")

    thread = threading.Thread(target=serve)
    thread.start()
    log(1)
    flushed = nanwatch_client.flush(20)
    stop.set()
    thread.join()

    assert flushed
    assert "r1" in service.ids
    assert len(service.posts) < 20, "rows of a flush leave together"


def test_another_init_loses_nothing(service: Recording, start: Start) -> None:
    start()
    log(1)
    start()
    log(2)

    assert nanwatch_client.flush(20)
    wait_until(lambda: sorted(service.ids) == ["r1", "r2"])


def test_pauses_grow_up_to_a_bound(monkeypatch: pytest.MonkeyPatch, start: Start) -> None:
    start(url=f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(sender, "FIRST_PAUSE", 1.0)
    log(1)
    from nanwatch_client.client import current_client
    from nanwatch_client.delivery import Answer, Outcome

    client = current_client()
    assert client is not None
    assert client._sender is not None
    pauses = []
    for _ in range(12):
        client._sender._back_off(Answer(Outcome.LATER, "away"))
        pauses.append(client._sender._not_before - time.monotonic())
    assert 0.4 < pauses[0] <= 1
    assert pauses[4] > 7
    assert max(pauses) <= 60
