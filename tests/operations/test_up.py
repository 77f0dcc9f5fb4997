"""`manage.py up` as a person meets it: it starts, says what it says, survives crashes, and stops."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.operations.conftest import NewServers
from tests.operations.running import (
    API_KEY,
    PATIENCE,
    ROOT,
    Running,
    alive,
    command_line,
    environment,
    free_port,
    mapped,
    up,
    wait_until,
)
from tests.operations.test_compose import SERVICES

PROGRAMS = ("gunicorn", "--queues=replay", "--queues=default", "celery --quiet --app nanwatch beat")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def servers(new_servers: NewServers) -> dict[str, str]:
    return new_servers()


@pytest.fixture(scope="module")
def service(data_dir: Path, servers: dict[str, str]) -> Iterator[Running]:
    """One running service for the tests that leave it running."""
    with up(data_dir, free_port(), **servers) as running:
        yield running.ready()


def test_it_says_where_it_is_and_how_to_get_in(service: Running) -> None:
    assert service.said(service.url)
    assert re.search(r"login +admin", service.output())
    assert re.search(r"password +\S{12,}", service.output())
    assert service.answers()


def test_the_key_for_automation_works(service: Running) -> None:
    request = Request(f"{service.url}/api/v1/models", headers={"Authorization": f"Bearer {API_KEY}"})
    with urlopen(request) as answer:
        assert json.load(answer) == {"results": [], "next": None}


@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="workers on the broker in files take no questions")
@pytest.mark.parametrize("worker", ["replay", "tasks"])
def test_a_worker_answers_the_health_check_of_compose(
    service: Running, data_dir: Path, servers: dict[str, str], worker: str
) -> None:
    check = SERVICES[worker]["healthcheck"]["test"][1].replace("$$", "$")
    command = ["sh", "-c", f"exec {Path(sys.executable).parent}/{check}"]
    variables = {**environment(data_dir, 1, **servers), "WORKER": worker}

    def answers() -> bool:
        return subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, check=False).returncode == 0

    wait_until(answers, service.output)


def test_the_web_is_small(service: Running) -> None:
    sizes = [resident_megabytes(pid) for pid, command in service.processes().items() if "gunicorn" in command]
    assert len(sizes) >= 2
    assert sum(sizes) < 200


def test_every_program_reports_that_it_lives(service: Running) -> None:
    def seen() -> bool:
        with urlopen(f"{service.url}/health/ready") as answer:
            return not json.load(answer)["troubles"]

    wait_until(seen, service.output)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_program_is_started_again(service: Running, program: str) -> None:
    everything(service)
    victim, said_before = service.one(program), len(service.lines)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: service.said("killed by SIGKILL); starting it again in", since=said_before), service.output)
    assert not alive(victim)
    wait_until(lambda: any(program in command for command in service.processes().values()), service.output)
    wait_until(service.answers, service.output)


def test_a_second_one_on_the_same_data_is_refused(service: Running, data_dir: Path, servers: dict[str, str]) -> None:
    with up(data_dir, free_port(), **servers) as second:
        assert second.process.wait(PATIENCE) == 2
    (line,) = second.lines
    assert f"process {service.process.pid}" in line
    assert "NANWATCH_DATA_DIR" in line


def test_a_port_in_use_is_named(service: Running, tmp_path: Path, servers: dict[str, str]) -> None:
    port = int(service.url.rpartition(":")[2])
    with up(tmp_path, port, **servers) as second:
        assert second.process.wait(PATIENCE) == 2
    (line,) = second.lines
    assert f"port {port}" in line
    assert "NANWATCH_PORT" in line


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    with up(tmp_path, free_port(), DATABASE_URL="postgres://nobody:hunter2@127.0.0.1:1/none") as running:
        assert running.process.wait(PATIENCE) == 2
    assert running.said("nanwatch: the database does not answer")
    assert not running.said("hunter2")


def test_ctrl_c_stops_everything_and_the_next_start_finds_its_data(tmp_path: Path, new_servers: NewServers) -> None:
    port, servers = free_port(), new_servers()
    with up(tmp_path, port, **servers) as first:
        processes = everything(first)
        assert not [line for line in first.lines if re.match(r" *(web|replay|tasks|beat) \|", line)]
        time.sleep(3)  # longer than the workers' heartbeat
        assert first.interrupt() == 0
        assert not [message for message in (tmp_path / "broker").glob("*.msg") if ".celeryev." in message.name]
        assert not any(alive(pid) for pid in processes)
        assert first.lines[-1].endswith("stopped")
    with up(tmp_path, port, **servers) as second:
        second.ready()
        assert second.said("as printed by the first start")


def test_its_sudden_death_leaves_no_process_behind(tmp_path: Path, new_servers: NewServers) -> None:
    with up(tmp_path, free_port(), **new_servers()) as running:
        processes = everything(running)
        os.kill(running.process.pid, signal.SIGKILL)
        wait_until(lambda: not any(alive(pid) and command_line(pid) for pid in processes))


def everything(running: Running) -> dict[int, str]:
    """The processes of a service, once each has loaded the application."""
    running.ready()
    wait_until(lambda: all(any(program in command for command in running.processes().values()) for program in PROGRAMS))
    wait_until(lambda: all("numpy" in mapped(pid) for pid in running.processes()))
    return running.processes()


def resident_megabytes(pid: int) -> float:
    """What the process has resident, pages that it shares with others counted in part (PSS, proc_pid_smaps(5))."""
    found = re.search(r"Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text())
    assert found
    return int(found[1]) / 1024
