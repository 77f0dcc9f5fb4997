"""Never raises, never grows."""

import datetime
import itertools
import logging
import math
import sys
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import nanwatch_client
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanwatch_client import client as client_module
from nanwatch_client import recorder, stream
from nanwatch_client.backlog import Backlog, GroupKey
from nanwatch_client.blocks import Block
from nanwatch_client.configuration import MIB

from tests.client.conftest import Start
from tests.client.recording_server import Recording
from tests.operations.running import free_port


class Hostile:
    """Raises whatever is asked of it."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise MemoryError

    def __len__(self) -> int:
        raise KeyError

    def __str__(self) -> str:
        raise ValueError


ANYTHING: list[Any] = [
    Hostile(),
    [Hostile()],
    {},
    {"a": Hostile()},
    {1: [1.0], Hostile: 2},
    [],
    [[]],
    [[1], [1, 2]],
    ["text", 1.0],
    [10**400, 1.0],
    object,
    {1, 2},
    b"\xff",
    1j,
    np.datetime64("2026-01-01"),
    np.array([object()]),
    np.ones((0, 3)),
    float("inf"),
    np.float32("nan"),
    np.ma.masked,
    [[[[math.nan]]]],
    lambda: 1,
    None,
]


def test_nothing_that_is_logged_raises(service: Recording, start: Start) -> None:
    start()
    for inputs, outputs in itertools.product(ANYTHING, [None, 0.5, Hostile(), [[1.0, 2.0]] * 3]):
        nanwatch_client.log(inputs, outputs, model="m", version="1", id=Hostile())
        nanwatch_client.log(inputs, outputs, model="m", version="1")
        nanwatch_client.log(inputs, outputs, model=Hostile(), version=["unhashable"])  # type: ignore[arg-type]
    nanwatch_client.log([math.nan], 0.5, model="m", version="1", id="good")

    assert nanwatch_client.flush(10)
    assert "good" in service.ids


@pytest.mark.parametrize(
    "arguments",
    [
        {"url": "ftp://x"},
        {"url": None},
        {"api_key": ""},
        {"api_key": "a\nb"},
        {"api_key": None},
        {"sample_rate": 1.5},
        {"sample_rate": math.nan},
        {"sample_rate": "much"},
        {"max_queue_bytes": 10},
        {"before_send": 3},
        {"redact": [None]},
        {"redact": 7},
    ],
)
def test_a_wrong_init_says_so_and_records_nothing(arguments: Any, caplog: pytest.LogCaptureFixture) -> None:
    nanwatch_client.init(**{"url": "http://127.0.0.1:9", "api_key": "k", **arguments})
    nanwatch_client.log([1.0], model="m", version="1")

    assert "NaNWatch records nothing" in caplog.text
    assert nanwatch_client.flush(1)
    assert nanwatch_client.statistics().queued == 0


def test_before_init_nothing_is_recorded_and_the_log_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    client_module._say_not_started.cache_clear()
    watched: Any = nanwatch_client.watch(np.negative, model="m", version="1")
    for _ in range(3):
        nanwatch_client.log([1.0], model="m", version="1")
        watched(np.ones((1, 1)))

    assert nanwatch_client.flush(1)
    assert caplog.text.count("before nanwatch_client.init") == 1


def test_without_a_thread_rows_wait_and_are_counted(
    service: Recording, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    start()
    model: Any = nanwatch_client.watch(lambda rows: [0.5] * len(rows), model="m", version="1")
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", refuse)
        nanwatch_client.log([1.0], 0.5, model="m", version="1")
        model([[2.0], [math.nan]])
        assert not nanwatch_client.flush(0)

    model([[3.0]])
    assert nanwatch_client.flush(10)
    assert (service.counted("predictions"), service.counted("nonfinite")) == (4, 1)
    assert nanwatch_client.statistics().unusable == 0


def test_numpy_warns_of_nothing(start: Start) -> None:
    """Warnings are errors here; numbers whose sum, product or cast overflows are finite all the same."""
    start()
    for values in (np.full(3, 3e38, np.float32), np.full(3, 6e4, np.float16), [1.7e308] * 3, [1e400, -1e400]):
        nanwatch_client.log(values, values, model="m", version="1")

    assert nanwatch_client.flush(0) is not None
    assert nanwatch_client.statistics().unusable == 0


KEYS = [GroupKey("m", str(version), (("inputs", "f", (3,)),)) for version in range(3)]


@given(
    rows=st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 3000), st.booleans(), st.integers(0, 12))),
    limit=st.integers(2000, 20_000),
)
@settings(deadline=None)
def test_the_bound_on_bytes_holds(rows: list[tuple[GroupKey, int, bool, int]], limit: int) -> None:
    backlog = Backlog(limit)
    kept: list[int] = []
    for number, (key, size, failing, takes) in enumerate(rows):
        row = Block((bytes(size),), [""], float(number), failing, None)
        kept.append(id(row))
        for _, dropped in backlog.put(key, row):
            kept.remove(id(dropped))
            assert dropped is row or not dropped.failing, "healthy rows go first"
        if not takes and (due := backlog.due(math.inf, math.inf)):
            for taken in backlog.take(due, 4000):
                kept.remove(id(taken))
        assert 0 <= backlog.size <= limit
        assert backlog.rows == len(kept)
    while (due := backlog.due(math.inf, math.inf)) is not None:
        assert backlog.take(due, 4000)
    assert (backlog.size, backlog.rows) == (0, 0)


@pytest.mark.parametrize(("features", "rows"), [(1, 10_000), (30, 10_000), (20_000, 100)])
@pytest.mark.parametrize("texts", [False, True])
def test_the_accounted_bytes_cover_the_memory(
    start: Start, monkeypatch: pytest.MonkeyPatch, features: int, rows: int, texts: bool
) -> None:
    monkeypatch.setattr(stream, "FAILING_A_MINUTE", 10**9)
    start(url=f"http://127.0.0.1:{free_port()}", max_queue_bytes=8 * MIB)
    cells: Any = np.full(features, "a text" if texts else np.nan)
    tracemalloc.start()
    try:
        for number in range(rows):
            nanwatch_client.log(cells, [0.5], model="m", version="1", id=f"request-{number}")
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    told = nanwatch_client.statistics()
    assert told.dropped > 0
    assert held < told.queued_bytes * 1.02 + 2 * MIB, "a quarter is for the batch that is being packed"
    assert peak < 8 * MIB + 1.5 * MIB, "and the rest for what log() itself is looking at"


def _record(number: int) -> dict[str, Any]:
    """A row of which nothing is shared with another."""
    cells = [cell for _ in range(50) for cell in (float("nan"), f"text {number}", number + 1000, 1.5 * number)]
    return {f"feature_{place}": cell for place, cell in enumerate(cells)}


def _frame(number: int) -> Any:
    seen = pd.to_datetime([number], unit="s", utc=True)
    return pd.DataFrame({**{f"feature_{place}": seen for place in range(50)}, "cost": [math.nan]})


def _times(number: int) -> dict[str, Any]:
    seen = [make(2026, 1, 2, number % 24, place) for place in range(50) for make in (pd.Timestamp, datetime.datetime)]
    return {**{f"feature_{place}": one for place, one in enumerate(seen)}, "cost": math.nan}


@pytest.mark.parametrize(("make", "rows"), [(_record, 500), (_frame, 200), (_times, 200)])
def test_the_accounted_bytes_cover_rows_that_are_read_later(
    start: Start, monkeypatch: pytest.MonkeyPatch, make: Callable[[int], Any], rows: int
) -> None:
    monkeypatch.setattr(stream, "FAILING_A_MINUTE", 10**9)
    for wait in ("FAILING_WAIT", "HEALTHY_WAIT"):  # nothing is packed meanwhile, however slow the machine is
        monkeypatch.setattr(recorder, wait, math.inf)
    start(url=f"http://127.0.0.1:{free_port()}")
    make(0)
    tracemalloc.start()
    try:
        for number in range(rows):
            nanwatch_client.log(make(number), [0.5], model="m", version="1", id=f"request-{number}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    queued = nanwatch_client.statistics().queued_bytes
    assert held < queued < 2 * held


def test_failing_rows_push_healthy_ones_out(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "FAILING_A_MINUTE", 10**9)
    start(url=f"http://127.0.0.1:{free_port()}", max_queue_bytes=MIB)
    for value in (1.0, math.nan):
        for _ in range(2000):
            nanwatch_client.log([value], [0.5], model="m", version="1")

    backlog = _backlog()
    waiting = [len(group.healthy) for group in backlog._groups.values()]
    assert waiting == [0]
    assert backlog.rows + nanwatch_client.statistics().dropped == 4000


def _backlog() -> Backlog:
    from nanwatch_client.client import current_client

    client = current_client()
    assert client is not None
    return client._recorder.backlog


def test_a_row_that_is_too_large_is_counted_and_the_log_says_so(
    service: Recording, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start(max_queue_bytes=MIB)
    nanwatch_client.log(np.full(10_000, math.nan), 0.5, model="m", version="1")

    assert nanwatch_client.flush(10)
    assert "one may take 65536, a sixteenth of max_queue_bytes" in caplog.text
    assert (nanwatch_client.statistics().dropped, service.counted("dropped"), service.rows) == (1, 1, 0)


def test_names_made_of_requests_do_not_fill_the_memory(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    start(url=f"http://127.0.0.1:{free_port()}", sample_rate=0)
    with caplog.at_level(logging.WARNING):
        for number in range(recorder.MOST_STREAMS + 10):
            nanwatch_client.log([1.0], model="m", version=f"v{number}")

    assert nanwatch_client.statistics().unusable == 10


def test_threads_lose_no_count(service: Recording, start: Start) -> None:
    start(sample_rate=0.01)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns in the middle of everything

    def serve() -> None:
        for number in range(2000):
            nanwatch_client.log([1.0, math.nan if number % 100 == 0 else 2.0], 0.5, model="m", version="1")

    threads = [threading.Thread(target=serve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)

    assert nanwatch_client.flush(20)
    assert (service.counted("predictions"), service.counted("nonfinite")) == (16_000, 160)
