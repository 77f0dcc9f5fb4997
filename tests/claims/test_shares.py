"""No project takes all threads of a replay worker from the others."""

import pytest

from ingest.models import Batch, BatchState, ModelVersion, Project
from monitoring import tasks
from monitoring.models import AuditState, VersionProfile
from monitoring.queue import claims, shares
from monitoring.queue.shares import ThreadShares
from tests.incidents.builders import make_batch, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(project: Project) -> ModelVersion:
    return make_version(project)


@pytest.fixture
def others() -> ModelVersion:
    return make_version(Project.objects.create(name="other"))


def granted(worker: ThreadShares, version: ModelVersion) -> bool:
    with worker.held(version.model.project_id, version.pk, claims.hint) as found:
        return found


def test_a_project_alone_has_all_threads(mine: ModelVersion) -> None:
    worker = ThreadShares(threads=2)
    with worker.held(mine.model.project_id, mine.pk, claims.hint):
        assert granted(worker, mine)


def test_one_thread_is_left_to_the_others(mine: ModelVersion, others: ModelVersion) -> None:
    worker = ThreadShares(threads=2)
    with worker.held(mine.model.project_id, mine.pk, claims.hint):
        assert not granted(worker, mine)
        assert granted(worker, others)
    assert granted(worker, mine)


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("threads", [1, None])
def test_a_single_thread_and_a_command_are_nobodys_share(mine: ModelVersion, threads: int | None) -> None:
    assert granted(ThreadShares(threads), mine)


@pytest.mark.usefixtures("others")
def test_what_was_put_off_is_hinted_when_a_thread_is_free(mine: ModelVersion) -> None:
    worker, hinted = ThreadShares(threads=2), list[int]()
    project = mine.model.project_id
    with worker.held(project, mine.pk, hinted.append):
        with worker.held(project, mine.pk + 1, hinted.append) as second:
            assert not second
        assert hinted == []

    assert hinted == [mine.pk + 1]


@pytest.mark.usefixtures("others")
def test_a_worker_leaves_the_rows_where_they_are(mine: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = ThreadShares(threads=2)
    monkeypatch.setattr(tasks, "SHARES", worker)
    VersionProfile.objects.create(version=mine, audit_state=AuditState.PASSED)
    counts = make_batch(mine, state=BatchState.PENDING, rows=0, nonfinite_rows=0, payload=None)
    with worker.held(mine.model.project_id, mine.pk, claims.hint):
        tasks.replay_version(mine.pk)
        assert Batch.objects.get(pk=counts.pk).state == BatchState.PENDING

    tasks.replay_version(mine.pk)

    assert Batch.objects.get(pk=counts.pk).state == BatchState.REPLAYED
    assert shares.SHARES.threads is None, "only a worker knows how many it has"
