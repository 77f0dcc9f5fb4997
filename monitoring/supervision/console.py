"""What `up` and its programs print, one line at a time."""

import os
import sys

from monitoring.supervision.supervisor import ask_to_stop

NAME_WIDTH = 6


def say(name: str, line: str) -> None:
    """Prints a program's line behind its name."""
    _print(f"{name:>{NAME_WIDTH}} | {line}")


def say_block(text: str) -> None:
    """Prints a text of several lines as it is."""
    _print(f"\n{text}\n")


def _print(text: str) -> None:
    """Where nobody can read it any more (`up | head`), the service stops, as other programs do."""
    try:
        print(text, flush=True)  # noqa: T201 - the console of a command
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ask_to_stop()
