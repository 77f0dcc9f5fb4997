"""Two halves of a call become one batch: in any order, once."""

import hashlib
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connections
from django.db.models import F
from pytest_django import Settings

from ingest.admission import backlog
from ingest.batches.accept import StoredBatch
from ingest.batches.call_halves import RESPONSE_WITHIN, Half, give_up_waiting, take_half
from ingest.batches.sides import Side
from ingest.models import Batch, ModelVersion, Project, WaitingHalf
from monitoring.tasks import sweep
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensor, Tensors
from tests.conftest import ApiClient
from tests.ingest.wires.recorded import groups_of, post_event


def digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def half_of(call: int, *, is_request: bool) -> Half:
    name, value = ("inputs", float(call)) if is_request else ("outputs", -float(call))
    return Half(
        call=f"{call:064}",
        event_id=str(call),
        is_request=is_request,
        model="churn",
        version="7",
        occurred_at=datetime(2026, 11, 20, tzinfo=UTC),
        side=Side.whole(Tensors.of(Tensor(name, np.array([[value]])))),
        body_sha256=digest(f"{call} {is_request}"),
    )


REQUEST, RESPONSE = half_of(1, is_request=True), half_of(1, is_request=False)


def let_time_pass() -> None:
    WaitingHalf.objects.update(received_at=F("received_at") - RESPONSE_WITHIN - timedelta(seconds=1))


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("halves", [(REQUEST, RESPONSE), (RESPONSE, REQUEST)])
def test_both_orders(project: Project, halves: tuple[Half, Half]) -> None:
    first, second = (take_half(project, half) for half in halves)

    batch = Batch.objects.get()
    assert first == []
    assert second == [StoredBatch(batch, is_new=True)]
    assert groups_of(batch).keys() == {"inputs", "outputs"}
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
def test_repeated_halves_change_nothing(project: Project) -> None:
    assert take_half(project, REQUEST) == []
    assert take_half(project, REQUEST) == []
    take_half(project, RESPONSE)

    repeated = [StoredBatch(Batch.objects.get(), is_new=False)]
    assert take_half(project, RESPONSE) == repeated
    assert take_half(project, REQUEST) == repeated
    let_time_pass()
    give_up_waiting()
    assert Batch.objects.count() == 1
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("order", ["request first", "response first"])
def test_the_same_rows_asked_again_and_answered_otherwise_are_another_call(project: Project, order: str) -> None:
    take_half(project, REQUEST)
    take_half(project, RESPONSE)
    otherwise = replace(half_of(2, is_request=False), call=REQUEST.call)
    halves = [REQUEST, otherwise] if order == "request first" else [otherwise, REQUEST]

    *_, (stored,) = (take_half(project, half) for half in halves)

    assert stored.is_new
    assert groups_of(stored.batch)["outputs"].by_name["outputs"].values.item() == -2.0
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
def test_an_id_that_is_used_again_is_refused(project: Project) -> None:
    take_half(project, REQUEST)

    with pytest.raises(Refusal, match="ce-id"):
        take_half(project, replace(REQUEST, body_sha256="another"))
    assert WaitingHalf.objects.count() == 1


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("order", ["request first", "response first"])
def test_an_id_that_comes_again_after_its_call_is_another_call(project: Project, order: str) -> None:
    calls = []
    for value in (1, 2, 3):
        request, response = half_of(value, is_request=True), half_of(value, is_request=False)
        halves = [replace(half, call=REQUEST.call, event_id="1") for half in (request, response)]
        calls.append(halves if order == "request first" else halves[::-1])

    stored = [take_half(project, second) for first, second in calls if take_half(project, first) == []]

    assert [one.is_new for (one,) in stored] == [True, True, True]
    values = [groups_of(one.batch)["inputs"].by_name["inputs"].values.item() for (one,) in stored]
    assert values == [1.0, 2.0, 3.0]
    assert [groups_of(one.batch)["outputs"].by_name["outputs"].values.item() for (one,) in stored] == [-1.0, -2.0, -3.0]
    for first, second in calls:  # and each of them is known again
        assert [take_half(project, half)[0].is_new for half in (first, second)] == [False, False]
    assert Batch.objects.count() == 3


@pytest.mark.usefixtures("churn")
def test_a_response_belongs_to_the_request_that_waits_not_to_one_that_was_given_up(project: Project) -> None:
    take_half(project, REQUEST)
    let_time_pass()
    give_up_waiting()
    request, response = (replace(half_of(2, is_request=kind), call=REQUEST.call) for kind in (True, False))

    assert take_half(project, request) == []
    (stored,) = take_half(project, response)

    assert stored.is_new
    assert groups_of(stored.batch).keys() == {"inputs", "outputs"}


@pytest.mark.usefixtures("churn")
def test_a_request_whose_response_never_came(project: Project) -> None:
    take_half(project, REQUEST)
    assert give_up_waiting() == 0

    let_time_pass()
    sweep()

    batch = Batch.objects.get()
    assert batch.unanswered
    assert batch.row_ids == ["1"]
    assert groups_of(batch).keys() == {"inputs"}
    assert not WaitingHalf.objects.exists()
    assert take_half(project, RESPONSE) == [StoredBatch(batch, is_new=False)]  # too late: the rows are replayed already
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
def test_a_response_without_a_request_is_dropped(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    take_half(project, RESPONSE)
    let_time_pass()

    assert give_up_waiting() == 1
    assert not WaitingHalf.objects.exists()
    assert not Batch.objects.exists()
    assert "never logged" in caplog.text


@pytest.mark.usefixtures("churn")
def test_the_api_reports_it(alice: ApiClient) -> None:
    post_event(alice, "v1_request.json")
    let_time_pass()
    give_up_waiting()

    batch = Batch.objects.get()
    version = alice.get("/models/churn/versions/7").json()
    assert alice.get(f"/batches/{batch.pk}").json()["unanswered"] is True
    assert version["unanswered"]["rows"] == 2
    assert version["unanswered"]["last_at"] == "2026-11-20T00:23:26.078952Z"


@pytest.mark.usefixtures("churn")
def test_waiting_halves_belong_to_the_backlog(alice: ApiClient, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, max_project_backlog=300)
    backlog.forget()
    assert [post_event(alice, "v1_request.json", {"Ce-Id": name}).status_code for name in "ab"] == [200, 200]

    answers = [post_event(alice, "v1_request.json", {"Ce-Id": "c"}).status_code]
    backlog.forget()
    answers.append(post_event(alice, "v1_request.json", {"Ce-Id": "c"}).status_code)

    assert answers == [429, 429]
    assert WaitingHalf.objects.count() == 2


def in_threads(calls: list[Callable[[], object]]) -> None:
    def alone(call: Callable[[], object]) -> object:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(alone, calls))


@pytest.mark.django_db(transaction=True)
def test_every_call_is_joined_once_whoever_races(project: Project, churn: ModelVersion) -> None:
    halves = [half_of(call, is_request=kind) for call in range(30) for kind in (True, False) for _ in range(3)]
    random.shuffle(halves)
    racing: list[Callable[[], object]] = [lambda half=half: take_half(project, half) for half in halves]  # type: ignore[misc]

    in_threads([*racing, give_up_waiting])

    let_time_pass()
    give_up_waiting()  # repeated requests
    assert not WaitingHalf.objects.exists()
    assert Batch.objects.filter(version=churn, unanswered=False).count() == 30
    for batch in Batch.objects.all():
        groups = groups_of(batch)
        assert groups["outputs"].by_name["outputs"].values == -groups["inputs"].by_name["inputs"].values


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("churn")
def test_giving_up_and_the_late_response_race_for_one_batch(project: Project) -> None:
    for call in range(20):
        take_half(project, half_of(call, is_request=True))
    let_time_pass()
    late: list[Callable[[], object]] = [
        lambda call=call: take_half(project, half_of(call, is_request=False))  # type: ignore[misc]
        for call in range(20)
    ]

    in_threads([give_up_waiting, *late, give_up_waiting])

    assert Batch.objects.count() == 20
    assert not WaitingHalf.objects.exists()
