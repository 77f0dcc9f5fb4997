"""`python -m benchmarks.alerting_week [MINUTES] [SEED]`: a week of minutes, kills and faults, against the stand-in.

50 models are posted to; faults of some hours come and go in them, which a person resolves. The processes that write
are real (`benchmarks/alerting_processes.py`) and killed with SIGKILL at random moments of their rounds, until the last
seventh of the time, whose processes show whether memory grows. A tenth of the calls to Cloud Monitoring and of the
posts to a webhook goes wrong, in every way that the stand-in knows. At the end everything is compared with what the
week was made of (`benchmarks/alerting_truth.py`).
"""

import os
import random
import sys
import tempfile
import time
from collections import deque
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from typing import Any

from monitoring.google_stand_in.server import cloud_stand_in

HOME = tempfile.TemporaryDirectory(prefix="nanwatch-week-", dir="/dev/shm")  # no disk outlives a kill better
MODELS, SETTLING = 50, 40  # minutes at the end without traffic, kills and faults
KILLED, FAULTY = 0.05, 0.1  # shares of the rounds of each process, and of the calls
POSTING, EPISODES_A_MINUTE = 0.02, 1 / 2000  # chances of a healthy model in a minute
LONGEST_DELAY = 3.0  # seconds, of a kill
FAULTS = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "RESOURCE_EXHAUSTED", "PERMISSION_DENIED", "UNAUTHENTICATED")
MINUTE, WEEK = timedelta(minutes=1), 7 * 24 * 60


class Worker:
    """One of the writing processes, started again whenever it was killed.

    `memory`: KB after each round of the present process. `typical`: seconds of a round.
    """

    def __init__(self, kind: str) -> None:
        self.kind, self.kills, self.typical = kind, 0, 0.1
        self._start()

    def order(self, now: object) -> None:
        self.ordered_at = time.monotonic()
        self._orders.send(now)

    def kill_after(self, seconds: float) -> None:
        time.sleep(max(self.ordered_at + seconds - time.monotonic(), 0.0))
        self._process.kill()
        self._process.join()
        self.kills += 1
        self._is_dead = True

    def wait(self) -> None:
        """Until its round is done; a new process where this one was killed."""
        if self._is_dead:
            self._start()
        else:
            self.memory.append(self._orders.recv())
            self.typical += (time.monotonic() - self.ordered_at - self.typical) / 10

    def end(self) -> None:
        self._orders.send(None)
        self._process.join()

    def _start(self) -> None:
        from benchmarks.alerting_processes import work

        self.memory: list[int] = []
        self._is_dead = False
        context = get_context("forkserver")
        self._orders, theirs = context.Pipe()
        self._process: ForkServerProcess = context.Process(target=work, args=(self.kind, theirs))
        self._process.start()
        theirs.close()


def prepare(endpoint: str) -> None:
    """Everything that processes read when they start; Django is imported after it."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="nanwatch.settings",
        NANWATCH_DATA_DIR=HOME.name,
        NANWATCH_GCP_PROJECT="benchmark",
        NANWATCH_MONITORING_ENDPOINT=endpoint,
        NANWATCH_ALERT_ADDRESSES="any",
        TF_CPP_MIN_LOG_LEVEL="3",
    )
    os.environ.pop("DATABASE_URL", None)
    get_context("forkserver").set_forkserver_preload(["benchmarks.alerting_processes"])


def random_troubles(dice: random.Random) -> Any:
    """One of all kinds, or none."""
    import grpc

    from monitoring.google_stand_in.cloud import Trouble

    if dice.random() >= FAULTY:
        return None
    name = dice.choice(FAULTS)
    stored = name == "DEADLINE_EXCEEDED" and dice.random() < 0.7
    partly = name == "INTERNAL" and dice.random() < 0.5
    return Trouble(grpc.StatusCode[name], f"injected: {name}", after_storing=stored, partly=partly)


def run(minutes: int, seed: int) -> None:
    dice = random.Random(seed)
    with cloud_stand_in() as cloud:
        prepare(cloud.endpoint)
        from benchmarks.alerting_processes import KINDS, SimulatedClock, install_clock
        from benchmarks.alerting_truth import Week

        install_clock()
        cloud.clock = lambda: SimulatedClock.now
        cloud.alerts = deque()  # all of them are looked at in the end
        with Week.begun(cloud, dice, MODELS) as week:
            workers = [Worker(kind) for kind in KINDS]
            started, day = time.monotonic(), minutes // 7
            for minute in range(minutes + SETTLING):
                SimulatedClock.now += MINUTE
                is_settling = minute >= minutes
                cloud.trouble += [None if is_settling else random_troubles(dice) for _ in range(8 - len(cloud.trouble))]
                if is_settling:
                    cloud.trouble.clear()
                week.live(is_settling=is_settling, posting=POSTING, beginning=EPISODES_A_MINUTE)
                _round(workers, dice, may_kill=minute < minutes - day)
                week.look()
                if minute % day == day - 1:
                    week.note_memory({one.kind: one.memory for one in workers})
                    print(f"day {minute // day + 1}, {time.monotonic() - started:.0f} s", file=sys.stderr)
            for worker in workers:
                worker.end()
            week.report(minutes, sum(one.kills for one in workers), time.monotonic() - started)


def _round(workers: list[Worker], dice: random.Random, *, may_kill: bool) -> None:
    from benchmarks.alerting_processes import SimulatedClock

    for worker in workers:
        worker.order(SimulatedClock.now)
    doomed = [one for one in workers if may_kill and dice.random() < KILLED]
    delays = sorted((min(dice.uniform(0.0, 1.2 * one.typical), LONGEST_DELAY), one.kind, one) for one in doomed)
    for seconds, _, worker in delays:
        worker.kill_after(seconds)
    for worker in workers:
        worker.wait()


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    run(*arguments, *(WEEK, 1)[len(arguments) :])
