"""A key that sends faster than it may waits; nobody else does."""

import dataclasses
import math
import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db.models import Sum
from pytest_django import Settings

from ingest.admission import rates
from ingest.admission.buckets import LONGEST_SECONDS, Ahead, Buckets, FileBuckets
from ingest.admission.rates_in_redis import RedisBuckets
from ingest.models import Batch, Scope
from tests.conftest import ApiClient
from tests.ingest.wires.recorded import post_event

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture
def prefix() -> str:
    return f"nanwatch-test-{os.getpid()}-{time.time_ns()}:"


@pytest.fixture(params=["files", "redis"])
def buckets(request: pytest.FixtureRequest, tmp_path: Path, prefix: str) -> Iterator[Buckets]:
    if request.param == "files":
        yield FileBuckets(tmp_path / "rates")
        return
    with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2) as server:
        try:
            server.ping()
        except redis.RedisError:
            pytest.skip("no Redis answers")
        yield RedisBuckets(REDIS_URL, {"global_keyprefix": prefix})
        for key in server.scan_iter(f"{prefix}*"):
            server.delete(key)


@pytest.fixture
def limited(settings: Settings, buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two requests and ten rows a second."""
    settings.CONFIGURATION = dataclasses.replace(
        settings.CONFIGURATION, max_requests_per_second=2, max_rows_per_second=10
    )
    monkeypatch.setattr(rates, "_buckets", lambda: buckets)
    return settings


def post(client: ApiClient, rows: int = 1) -> Any:
    body = {"model": "churn", "version": "7", "inputs": [[1.5]] * rows}
    return client.post("/samples", body, content_type="application/json")


def refused(answer: Any) -> str:
    assert answer.status_code == 429, answer.content
    assert int(answer.headers["Retry-After"]) > 0
    (error,) = answer.json()["errors"]
    assert error["field"] == "rate"
    message: str = error["message"]
    return message


@pytest.mark.usefixtures("churn", "limited")
def test_requests(alice: ApiClient) -> None:
    answers = [post(alice) for _ in range(30)]

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {202, 429}
    assert statuses[:20] == [202] * 20  # ten seconds' worth
    assert Batch.objects.count() == statuses.count(202)
    message = refused(answers[statuses.index(429)])
    assert "2 requests a second" in message
    assert "NANWATCH_MAX_REQUESTS_PER_SECOND" in message


@pytest.mark.usefixtures("churn", "limited")
def test_rows(alice: ApiClient) -> None:
    assert post(alice, rows=1000).status_code == 202  # no batch is refused for its size

    answer = post(alice)

    assert "10 rows a second" in refused(answer)
    assert 80 <= int(answer.headers["Retry-After"]) <= 90


@pytest.mark.usefixtures("churn", "limited")
def test_it_is_over_when_it_says(alice: ApiClient) -> None:
    assert post(alice, rows=105).status_code == 202
    answer = post(alice)
    refused(answer)

    time.sleep(int(answer.headers["Retry-After"]))

    assert post(alice).status_code == 202


@pytest.mark.usefixtures("churn", "limited")
def test_another_key_of_the_project_is_not_slowed_down(alice: ApiClient) -> None:
    another = ApiClient.of(alice.project, "another", [Scope.INGEST])
    assert post(alice, rows=1000).status_code == 202
    refused(post(alice))

    assert post(another).status_code == 202


@pytest.mark.usefixtures("churn")
def test_without_limits_nothing_is_counted(alice: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_buckets", lambda: pytest.fail("counted"))

    assert post(alice).status_code == 202


@pytest.mark.usefixtures("churn", "limited")
def test_a_redis_that_is_away_limits_nobody(alice: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    away = RedisBuckets("redis://127.0.0.1:1/0", {"global_keyprefix": ""})
    monkeypatch.setattr(rates, "_buckets", lambda: away)

    assert post(alice, rows=1000).status_code == 202
    assert post(alice).status_code == 202


class Recording:
    """Limits nobody and adds up the rows."""

    def __init__(self, rows_per_second: int) -> None:
        self._rows_per_second, self._seconds = rows_per_second, 0.0

    def spend(self, _key_id: int, seconds: Ahead, _below: float) -> Ahead:
        self._seconds += seconds[1]
        return 0.0, 0.0

    @property
    def rows(self) -> int:
        return round(self._seconds * self._rows_per_second)


@pytest.mark.usefixtures("churn", "limited")
def test_only_rows_that_a_post_stored_are_counted(alice: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Recording(rows_per_second=10)
    monkeypatch.setattr(rates, "_buckets", lambda: recording)
    export = b'{"request_payload": ["[1]", "[2]"]}\n{"request_payload": ["[1, 2]"]}\n'
    totals = []

    for _ in range(2):  # the second time nothing is new
        post_event(alice, "v1_request.json")
        totals.append(recording.rows)
        post_event(alice, "v1_response.json")
        totals.append(recording.rows)
        kind, headers = "application/x-ndjson", {"Idempotency-Key": "1"}
        url = "/samples/vertex-ai?model=churn&version=7"
        assert alice.post(url, export, content_type=kind, headers=headers).status_code == 202
        totals.append(recording.rows)

    assert totals == [0, 2, 5, 5, 5, 5]
    assert Batch.objects.aggregate(rows=Sum("rows"))["rows"] == 5


def test_processes_share_them(buckets: Buckets) -> None:
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=spend, args=(buckets,)) for _ in range(4)]
    started = time.time()
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    requests, rows = buckets.spend(1, (0.0, 0.0), math.inf)

    elapsed = time.time() - started
    assert 100 - elapsed <= requests <= 100
    assert 200 - elapsed <= rows <= 200


def spend(buckets: Buckets) -> None:
    for _ in range(25):
        buckets.spend(1, (1.0, 2.0), math.inf)


def test_nothing_is_spent_above_the_burst(buckets: Buckets) -> None:
    buckets.spend(1, (0.0, 20.0), 10.0)

    for _ in range(5):
        buckets.spend(1, (5.0, 5.0), 10.0)

    requests, rows = buckets.spend(1, (0.0, 0.0), math.inf)
    assert requests == 0.0
    assert 15.0 < rows <= 20.0


def test_nobody_waits_for_ever(buckets: Buckets) -> None:
    buckets.spend(1, (0.0, 1e9), math.inf)

    assert buckets.spend(1, (0.0, 0.0), math.inf) == (0.0, LONGEST_SECONDS)
