"""`manage.py drift`: drift and its faults in files, no database, no server."""

from typing import Any

from django.core.management.base import CommandParser

from monitoring.terminal.engine_command import EngineCommand
from nantrace.command import answer
from nantrace.command.arguments import add_drift_arguments


class Command(EngineCommand):
    """Exit 0: no drift. 1: an alarm or a named fault. 2: the call or the files cannot be used."""

    help = "Compares rows with a reference, and names what was done to them."

    def add_arguments(self, parser: CommandParser) -> None:
        add_drift_arguments(parser)

    def answer(self, options: dict[str, Any], colour: bool | None) -> int:
        return answer.drift(options, colour)
