"""Messages are hints: at most one under way a version, and losing one is only a delay."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from queue import Empty
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.db.models.functions import Now

from ingest.models import Batch, BatchState, ModelVersion
from ingest.signals import batch_accepted
from monitoring import tasks
from monitoring.queue import claims, leases
from tests.claims.conftest import Wait
from tests.replay.processes import becomes_true
from tests.subprocesses import environment

pytestmark = pytest.mark.django_db(transaction=True)
Messages = Callable[[], list[tuple[str, Any]]]


@pytest.fixture
def messages() -> Iterator[Messages]:
    """Takes what lies in the queue `replay` of the real broker, as (task, arguments)."""
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue("replay")

        def take() -> list[tuple[str, Any]]:
            taken: list[tuple[str, Any]] = []
            while True:
                try:
                    message = queue.get_nowait()
                except Empty:
                    return taken
                message.ack()
                taken.append((message.headers["task"], message.payload[0]))

        take()
        yield take
        queue.close()


def let_hints_expire() -> None:
    ModelVersion.objects.update(hinted_until=Now())


def test_an_accepted_batch_sends_one_message_with_nothing_but_an_id(profiled: ModelVersion, messages: Messages) -> None:
    batch_accepted.send(sender=Batch, version_id=profiled.pk)
    batch_accepted.send(sender=Batch, version_id=profiled.pk)
    assert messages() == [("monitoring.tasks.replay_version", [profiled.pk])]


def test_a_version_without_a_profile_is_profiled_first(version: ModelVersion, messages: Messages) -> None:
    claims.hint(version.pk)
    assert messages() == [("monitoring.tasks.profile_version", [version.pk])]


def test_many_threads_send_one_message(profiled: ModelVersion, messages: Messages) -> None:
    start = threading.Barrier(6)

    def work() -> None:
        connection.ensure_connection()
        start.wait()
        try:
            claims.hint(profiled.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(start.parties)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(messages()) == 1


def test_a_hint_that_arrived_makes_room_for_the_next(profiled: ModelVersion, messages: Messages) -> None:
    claims.hint(profiled.pk)
    claims.hint_arrived(profiled.pk)
    claims.hint(profiled.pk)
    assert len(messages()) == 2


def test_the_hint_of_a_long_profiling_is_kept(
    version: ModelVersion, messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    with claims.hint_kept(version.pk):
        let_hints_expire()
        assert becomes_true(lambda: claims.versions_waiting() == [])
        tasks.sweep()
        assert messages() == [], "a second worker would load the same model"
    let_hints_expire()
    tasks.sweep()
    assert messages() == [("monitoring.tasks.profile_version", [version.pk])], "the first one may have died"


def test_the_sweeper_repeats_a_lost_message(profiled: ModelVersion, waiting: Wait, messages: Messages) -> None:
    waiting()
    claims.hint(profiled.pk)
    messages()  # lost: no worker saw it
    tasks.sweep()
    assert messages() == []  # it could still arrive
    let_hints_expire()
    tasks.sweep()
    assert messages() == [("monitoring.tasks.replay_version", [profiled.pk])]


def test_the_sweeper_is_silent_when_nothing_waits(profiled: ModelVersion, waiting: Wait) -> None:
    batch = waiting()
    assert claims.versions_waiting() == [profiled.pk]
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.REPLAYED)
    assert claims.versions_waiting() == []


def test_the_sweeper_finds_versions_without_a_profile(version: ModelVersion) -> None:
    assert claims.versions_waiting() == [version.pk]


def test_the_sweeper_quarantines_what_no_worker_outlives(waiting: Wait) -> None:
    batch = waiting()
    held = {"interruptions": claims.MAX_INTERRUPTIONS, "claim": "x", "claimed_until": Now()}
    Batch.objects.filter(pk=batch.pk).update(**held)
    tasks.sweep()
    batch.refresh_from_db()
    assert batch.state == BatchState.QUARANTINED


HINT = """
import sys, django
django.setup()
from monitoring.queue import claims
print(claims.hint(int(sys.argv[1])))
"""


def test_a_broker_that_is_away_loses_nothing_but_time(profiled: ModelVersion, waiting: Wait) -> None:
    waiting()
    hinted = subprocess.run(
        [sys.executable, "-c", HINT, str(profiled.pk)],
        env=environment(REDIS_URL="redis://127.0.0.1:1/0"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert hinted.stdout.strip() == "False"
    assert "the sweeper will hint" in hinted.stderr
    assert claims.versions_waiting() == [profiled.pk]
