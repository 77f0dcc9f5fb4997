"""`manage.py up`: the whole service in one foreground process group."""

import asyncio
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import OperationalError, connections

from ingest.models import Project
from monitoring.alerting.cloud_monitoring.reported import close_forgotten
from monitoring.alerting.cloud_monitoring.setup_orders import request_setup
from monitoring.google_stand_in import PROJECT as STAND_IN
from monitoring.supervision import first_start, programs
from monitoring.supervision.exclusive_use import InUseError, data_dir_held, free_pair_of_ports, port_held
from monitoring.supervision.programs import ServiceProgram
from monitoring.supervision.supervisor import OWN_NAME, Supervisor, ask_to_stop

NAME_WIDTH = 6


class Command(BaseCommand):
    help = "Migrates, then runs web, workers and scheduler until Ctrl-C; restarts what dies."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="fill an empty dashboard with a small demo")

    def handle(self, *, demo: bool, **_: Any) -> None:
        try:
            _up(demo)
        except InUseError as taken:
            self._refuse(str(taken))
        except OperationalError as error:
            self._refuse(f"the database does not answer: {str(error).strip().splitlines()[0]}")

    def _refuse(self, reason: str) -> None:
        self.stderr.write(f"nanwatch: {reason}")
        raise SystemExit(2)


def _up(demo: bool) -> None:
    here = settings.CONFIGURATION
    with ExitStack() as held:
        held.enter_context(data_dir_held(here.data_dir))
        listener = held.enter_context(port_held(here.host, here.port))
        _say(OWN_NAME, f"starting on {here.data_dir}; stop it with Ctrl-C")
        call_command("migrate", verbosity=0)
        start = first_start.prepare()
        web, *afterwards = [programs.web(listener.fileno()), *programs.behind_the_web()]
        if demo:
            if not here.gcp_project:
                web, *afterwards = with_stand_in(start.project, [web, *afterwards])
            api_key = held.enter_context(first_start.demo_key(start.project))
            afterwards.append(programs.demo(here.local_url, api_key))
        connections.close_all()
        asyncio.run(_supervise(web, here.local_url, start.greeting(here.base_url), afterwards))
    _say(OWN_NAME, "stopped")


def with_stand_in(project: Project, service: Sequence[ServiceProgram]) -> list[ServiceProgram]:
    """The programs writing to a stand-in of Google, which runs behind them, and the order to set its alerts up.

    Its memory is empty at every start: it knows no alert of the last one, and its policies are made anew.
    """
    close_forgotten()
    port = free_pair_of_ports(settings.CONFIGURATION.port + 1)
    request_setup(project)
    pushing = programs.writing_to(f"127.0.0.1:{port}", STAND_IN)
    return [*(programs.with_environment(one, pushing) for one in service), programs.stand_in(port)]


async def _supervise(web: ServiceProgram, url: str, greeting: str, afterwards: Sequence[ServiceProgram]) -> None:
    """Starts the web first: on few cores, all at once would only be slower."""
    supervisor = Supervisor(_say)

    async def start_up() -> None:
        supervisor.start(web)
        await programs.web_ready(url, lambda problem: _say(OWN_NAME, f"still waiting for the web: {problem}"))
        for program in afterwards:
            supervisor.start(program)
        _say_block(greeting)

    await supervisor.run(start_up)


def _say(name: str, line: str) -> None:
    """Prints a program's line behind its name."""
    _print(f"{name:>{NAME_WIDTH}} | {line}")


def _say_block(text: str) -> None:
    """Prints a text of several lines as it is."""
    _print(f"\n{text}\n")


def _print(text: str) -> None:
    """Where nobody can read it any more (`up | head`), the service stops, as other programs do."""
    try:
        print(text, flush=True)  # noqa: T201 - the console of a command
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ask_to_stop()
