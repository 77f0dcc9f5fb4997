"""What `up` and its programs say, one line at a time."""

import os
import sys

from monitoring.supervision.supervisor import ask_to_stop

NAME_WIDTH = 6


def say(name: str, line: str) -> None:
    """Prints a program's line behind its name; where nobody can read it any more, `up` stops."""
    try:
        print(f"{name:>{NAME_WIDTH}} | {line}", flush=True)  # noqa: T201 - the console of a command
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ask_to_stop()


def say_block(text: str) -> None:
    """Prints a text of several lines as it is."""
    print(f"\n{text}\n", flush=True)  # noqa: T201 - the console of a command
