"""Writers of SQLite stand in line: threads of one process, processes of one machine."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from ingest.sqlite import one_at_a_time

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="other databases take many writers"),
]
TRY = """
import fcntl, sys
with open(sys.argv[1], "r+") as file:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
"""


def other_process_can_take_it() -> bool:
    lock = Path(f"{connection.settings_dict['NAME']}-turn")
    return subprocess.run([sys.executable, "-c", TRY, lock], capture_output=True, check=False).returncode == 0


def test_another_process_waits_for_its_turn() -> None:
    with one_at_a_time():
        assert not other_process_can_take_it()
    assert other_process_can_take_it()


def test_a_turn_inside_a_turn_ends_with_the_outer_one() -> None:
    with one_at_a_time():
        with one_at_a_time():
            pass
        assert not other_process_can_take_it()


def test_a_turn_ends_with_an_error() -> None:
    with pytest.raises(ZeroDivisionError), one_at_a_time():
        _ = 1 / 0
    assert other_process_can_take_it()


def test_threads_take_turns() -> None:
    seen: list[str] = []
    begun = threading.Event()

    def other() -> None:
        begun.set()
        with one_at_a_time():
            seen.append("other")
        connection.close()

    with one_at_a_time():
        thread = threading.Thread(target=other)
        thread.start()
        begun.wait()
        seen.append("first")
    thread.join()
    assert seen == ["first", "other"]
