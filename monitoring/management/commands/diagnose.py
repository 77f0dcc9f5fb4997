"""`manage.py diagnose`: the whole diagnosis offline, no database, no server."""

from typing import Any

from django.core.management.base import CommandParser

from monitoring.terminal.engine_command import EngineCommand, replayer
from nantrace.command import answer
from nantrace.command.arguments import add_diagnose_arguments


class Command(EngineCommand):
    """Exit 0: nothing found. 1: incidents. 2: the call or the files cannot be used."""

    help = "Replays rows through a Keras model and says why any of them fails."

    def add_arguments(self, parser: CommandParser) -> None:
        add_diagnose_arguments(parser)

    def answer(self, options: dict[str, Any], colour: bool | None) -> int:
        return answer.diagnose(options, replayer, colour)
