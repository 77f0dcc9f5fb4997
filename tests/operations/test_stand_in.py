"""What `up --demo` starts where there is no project of Google: a stand-in, and the service writing to it."""

import socket
from contextlib import suppress

import pytest

from ingest.models import Project
from monitoring.management.commands.up import with_stand_in
from monitoring.models import AlertSetup
from monitoring.supervision import programs
from monitoring.supervision.exclusive_use import free_pair_of_ports
from tests.operations.running import free_port


def test_every_program_writes_to_the_stand_in_and_its_alerts_are_ordered(project: Project) -> None:
    *service, stand_in = with_stand_in(project, [programs.web(3), *programs.behind_the_web()])

    (endpoint,) = {one.environment["NANWATCH_MONITORING_ENDPOINT"] for one in service}
    assert {one.environment["NANWATCH_GCP_PROJECT"] for one in service} == {"google-stand-in"}
    assert stand_in.command[-1] == "--port=" + endpoint.removeprefix("127.0.0.1:")
    assert next(one for one in service if one.name == "replay").environment.items() >= programs.AS_ROOT.items()
    assert AlertSetup.objects.get().project == project


def test_the_interval_of_a_person_is_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANWATCH_MONITORING_INTERVAL", "45")
    web, _ = with_stand_in(project, [programs.web(3)])
    assert web.environment["NANWATCH_MONITORING_INTERVAL"] == "45"


def test_a_port_in_use_is_passed_over() -> None:
    first = free_port()
    with socket.socket() as taken:
        with suppress(OSError):  # somebody else has it: taken it is all the same
            taken.bind(("127.0.0.1", first + 1))
        assert free_pair_of_ports(first) >= first + 2
