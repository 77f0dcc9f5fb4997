"""Models that never answer or eat everything, and processes that are killed."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay import replayer as replayer_module
from nantrace.replay.replay_errors import (
    ChildDiedError,
    RefusedModelError,
    ReplayError,
    ReplayTimeoutError,
    UnforeseenError,
)
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensors
from tests.replay.conftest import Laboratory, needs_sandbox, sandboxed
from tests.replay.processes import alive, becomes_true, children, zygotes
from tests.replay.rows import rows_of

HEALTHY = rows_of(features=np.ones((2, 3)))


class Victim:
    """A replayer of its own: what is killed here is no other test's. It gives up after a few seconds."""

    def __init__(self, models: Path) -> None:
        self._models, self._others = models, zygotes()
        self.replayer = Replayer(sandbox=sandboxed(), answer_timeout=8)
        self.replayer.warm_up()

    def of(self, name: str) -> ReplayLaboratory:
        return ReplayLaboratory(self.replayer, self._models / name)

    def ask(self, name: str, rows: Tensors) -> Tensors:
        """The replayer's own door, where nobody asks again in parts."""
        question = {"method": "run", "variant": "graph"}
        return self.replayer.ask(self._models / name, "default", question, rows)[1]

    def zygote(self) -> int:
        self.replayer.warm_up()
        (pid,) = zygotes() - self._others
        return pid

    def children(self) -> set[int]:
        return children(self.zygote())

    def answers(self, name: str = "mlp.keras") -> bool:
        return bool(self.of(name).replay(HEALTHY, "default").finite.all())


@pytest.fixture(scope="module")
def victim(models: Path, replayer: Replayer) -> Iterator[Victim]:
    replayer.warm_up()  # so that its zygote is known to be another's
    started = Victim(models)
    yield started
    started.replayer.close()


def number(value: float) -> Tensors:
    return rows_of(x=np.array([[value]]))


def test_a_model_that_never_answers_is_stopped(victim: Victim) -> None:
    assert victim.ask("loops", number(-1))
    before = victim.children()

    with pytest.raises(ReplayTimeoutError, match="did not answer within 8 s"):
        victim.ask("loops", number(1))

    assert becomes_true(lambda: len(victim.children() & before) == len(before) - 1), "it still runs"
    assert victim.answers()
    assert victim.ask("loops", number(-1)), "it is started again for other rows"


def test_a_model_that_never_loads_is_stopped(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    assert victim.answers()
    before = victim.children()
    monkeypatch.setattr(replayer_module, "START_TIMEOUT", 8)

    with pytest.raises(RefusedModelError, match="not loaded within 8 s"):
        victim.of("never_loads").facts()

    monkeypatch.undo()
    with pytest.raises(RefusedModelError, match="not loaded within 8 s"):
        victim.of("never_loads").facts()  # which would take minutes, were it tried again
    assert becomes_true(lambda: victim.children() <= before, seconds=5), "it still runs"
    assert victim.answers()


@needs_sandbox
def test_memory_is_bounded(laboratory: Laboratory) -> None:
    lab = laboratory("eats")
    assert lab.replay(number(0.01), "default").finite.all()

    with contextlib.suppress(ReplayError):  # the model may be told that there is no memory, or be killed
        assert list(lab.replay(number(9), "default").refused) == [0]

    assert laboratory("mlp.keras").replay(HEALTHY, "default").finite.all()
    assert lab.replay(number(0.01), "default").finite.all()


def test_a_killed_child_is_replaced(victim: Victim) -> None:
    assert victim.answers()
    before = victim.children()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert becomes_true(lambda: not victim.children())

    assert victim.answers()
    assert not victim.children() & before


def test_a_child_that_is_killed_while_it_answers_is_told(victim: Victim) -> None:
    assert victim.ask("loops", number(-1))
    every = victim.children()

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(victim.ask, "loops", number(1))
        assert becomes_true(asked.running)
        time.sleep(1)
        for pid in every:
            os.kill(pid, signal.SIGKILL)
        error = asked.exception()

    assert isinstance(error, ReplayError)
    assert "died" in str(error)
    assert becomes_true(lambda: not any(alive(pid) for pid in every))
    assert victim.answers()


def killed_while_asked(victim: Victim, name: str) -> ChildDiedError:
    """What is said of a model that loops, once somebody has killed its process."""
    assert victim.ask(name, number(-1))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(victim.ask, name, number(1234567))
        assert becomes_true(asked.running)
        time.sleep(1)
        for pid in victim.children():
            os.kill(pid, signal.SIGKILL)
        error = asked.exception()
    assert isinstance(error, ChildDiedError)
    return error


def test_what_a_model_writes_is_in_its_own_message_and_for_no_log(victim: Victim) -> None:
    error = killed_while_asked(victim, "shouts")

    assert 'died. Its last words: "card [[1234567]]"' in str(error)
    assert error.ours == "the process that replays the model died"


def test_what_a_model_writes_is_in_no_other_models_message(victim: Victim) -> None:
    assert victim.ask("shouts", number(-7654321))

    assert str(killed_while_asked(victim, "loops")) == "the process that replays the model died"


def test_what_was_written_of_rows_that_are_answered_is_forgotten(victim: Victim) -> None:
    assert victim.ask("shouts", rows_of(x=np.full((20_000, 1), -7654321.0))), "a full pipe keeps nobody waiting"

    assert '"card [[1234567]]"' in str(killed_while_asked(victim, "shouts")), "there is room again"


def test_a_killed_zygote_is_replaced(victim: Victim) -> None:
    assert victim.answers()
    old, orphans = victim.zygote(), victim.children()
    os.kill(old, signal.SIGKILL)

    with contextlib.suppress(ReplayError):  # in the moment of its death; never that the model is refused for good
        try:
            assert victim.answers("mlp.h5")
        except RefusedModelError as error:
            pytest.fail(f"a model is refused because a process was killed: {error}")

    assert victim.answers("mlp.h5")
    assert victim.answers()
    assert victim.zygote() != old
    assert becomes_true(lambda: not any(alive(pid) for pid in orphans)), "the orphans are hung up on"


def test_nothing_is_left_after_closing(models: Path, victim: Victim) -> None:
    victim.replayer.warm_up()
    other = Victim(models)
    assert other.answers()
    pids = {other.zygote(), *other.children()}

    other.replayer.close()

    assert becomes_true(lambda: not any(alive(pid) for pid in pids))


def test_threads_share_a_replayer(replayer: Replayer, models: Path) -> None:
    """More models and flag sets than are kept warm, asked at once."""
    names = ["mlp.keras", "mlp.h5", "mlp", "twins.keras"]
    laboratories = [ReplayLaboratory(replayer, models / name) for name in names]

    def ask(turn: int) -> float:
        rows = np.full((1, 3), float(turn % 5))
        lab = laboratories[turn % len(names)]
        outcome = lab.replay(rows_of(features=rows), "default" if turn % 3 else "unfused")
        (answers,) = outcome.outputs.values()
        return float(answers[0, 0])

    alone = {turn: ask(turn) for turn in range(10)}
    with ThreadPoolExecutor(6) as pool:
        together = dict(zip(range(10), pool.map(ask, range(10)), strict=True))

    assert together == pytest.approx(alone)


def test_an_error_of_our_own_is_said_as_such_and_the_child_lives_on(replayer: Replayer, models: Path) -> None:
    with pytest.raises(UnforeseenError, match="an error of its own: ValueError: no such method: dance"):
        replayer.ask(models / "mlp.keras", "default", {"method": "dance"}, HEALTHY)

    assert ReplayLaboratory(replayer, models / "mlp.keras").replay(HEALTHY, "default").finite.all()
