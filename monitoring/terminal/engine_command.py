"""Commands of `manage.py` that are the engine's own, under the service's settings."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from monitoring.versions.artifacts import OPERATORS_WAY_OUT
from nantrace.command.answer import INTERRUPTED, UNUSABLE, WRONG_CALL, NarratedReplayer


class EngineCommand(BaseCommand):
    """Exit 0: nothing found. 1: something found. 2: the call or the files cannot be used."""

    requires_system_checks = []

    def answer(self, options: dict[str, Any], colour: bool | None) -> int:
        """Writes the report, and returns the exit code."""
        raise NotImplementedError

    def handle(self, **options: Any) -> None:
        colour = False if options["no_color"] else options["force_color"] or None
        try:
            code = self.answer(options, colour)
        except UNUSABLE as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        if code:
            sys.exit(code)


def replayer(trusted: bool) -> NarratedReplayer:
    """As locked as the operator wants it, unless the caller trusts the model."""
    return NarratedReplayer(sandbox=settings.NANWATCH_SANDBOX and not trusted, way_out=OPERATORS_WAY_OUT)
