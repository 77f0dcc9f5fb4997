"""Posting twice with one Idempotency-Key stores once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from ingest.models import Batch, Model, ModelVersion
from ingest.signals import batch_accepted
from tests.conftest import ApiClient

JSON = "application/json"


def body(value: float = 1) -> bytes:
    return json.dumps({"model": "churn", "version": "7", "inputs": [[value]]}).encode()


def post(client: ApiClient, sent: bytes, key: str) -> Any:
    return client.post("/samples", sent, content_type=JSON, headers={"Idempotency-Key": key})


@pytest.mark.usefixtures("churn")
def test_a_repeated_key_answers_the_first_answer(alice: ApiClient) -> None:
    first, again = post(alice, body(), "key"), post(alice, body(), "key")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert Batch.objects.count() == 1


@pytest.mark.usefixtures("churn")
def test_without_a_key_the_same_rows_are_two_batches(alice: ApiClient) -> None:
    answers = [alice.post("/samples", body(), content_type=JSON).json()["batch"] for _ in range(2)]

    assert len(set(answers)) == 2


@pytest.mark.usefixtures("churn")
def test_the_key_with_another_body_is_refused(alice: ApiClient) -> None:
    post(alice, body(), "key")

    answer = post(alice, body(2), "key")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert Batch.objects.count() == 1


@pytest.mark.usefixtures("churn")
def test_keys_of_strangers_do_not_meet(alice: ApiClient, charlie: ApiClient) -> None:
    model = Model.objects.create(project=charlie.project, name="churn")
    ModelVersion.objects.create(model=model, version="7", artifact_bytes=1)

    batches = {post(client, body(), "key").json()["batch"] for client in (alice, charlie)}

    assert len(batches) == 2


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("key", ["", "x" * 201, "Schlüssel"])
def test_keys_are_short_and_printable(alice: ApiClient, key: str) -> None:
    answer = post(alice, body(), key)

    assert answer.status_code == 422
    assert not Batch.objects.exists()


def racing(client: ApiClient, bodies: list[bytes]) -> Iterator[Any]:
    """Posts all bodies at once with one key."""
    start = Barrier(len(bodies))

    def one(sent: bytes) -> Any:
        start.wait()
        try:
            return post(client, sent, "key")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(bodies)) as threads:
        yield from threads.map(one, bodies)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("churn")
def test_racing_posts_with_one_key_store_once(alice: ApiClient) -> None:
    answers = list(racing(alice, [body()] * 4))

    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["batch"] for answer in answers} == {Batch.objects.get().pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("churn")
def test_racing_posts_of_two_bodies_store_one_of_them(alice: ApiClient) -> None:
    answers = list(racing(alice, [body(1), body(2)]))

    assert sorted(answer.status_code for answer in answers) == [202, 422]
    assert Batch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_hint_follows_the_commit_and_may_fail(alice: ApiClient, churn: ModelVersion) -> None:
    seen: list[tuple[int, int, bool]] = []

    def receiver(version_id: int, **_: Any) -> None:
        seen.append((version_id, Batch.objects.count(), connection.in_atomic_block))
        raise ConnectionError("the broker is away")

    batch_accepted.connect(receiver)
    try:
        answer = alice.post("/samples", body(), content_type=JSON)
    finally:
        batch_accepted.disconnect(receiver)

    assert answer.status_code == 202
    assert seen == [(churn.pk, 1, False)]
