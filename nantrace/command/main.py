"""The command `nantrace`."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from nantrace import __version__
from nantrace.command import answer
from nantrace.command.arguments import add_audit_arguments, add_diagnose_arguments, add_drift_arguments

EXITS = "Exit 0: nothing found. 1: something found. 2: the call or the files cannot be used."


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one call; without `arguments`, those of the process."""
    options = vars(_parser().parse_args(arguments))
    try:
        if options["command"] == "diagnose":
            return answer.diagnose(options, _replayer)
        if options["command"] == "drift":
            return answer.drift(options)
        return answer.audit(options, _replayer)
    except answer.UNUSABLE as error:
        sys.stderr.write(f"nantrace: {error}\n")
        return answer.WRONG_CALL
    except Exception as error:  # noqa: BLE001 - exit 1 would say that something was found
        sys.stderr.write(f"nantrace: {answer.unforeseen(error)}\n")
        return answer.WRONG_CALL
    except KeyboardInterrupt:
        return answer.INTERRUPTED


def _parser() -> ArgumentParser:
    parser = ArgumentParser("nantrace", description="Finds out why a Keras model answers NaN.", epilog=EXITS)
    parser.add_argument("--version", action="version", version=f"nantrace {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning, add_arguments in (
        ("diagnose", "replay rows through a model and say why any of them fails", add_diagnose_arguments),
        ("drift", "compare rows with training inputs, and name what was done to them", add_drift_arguments),
        ("audit", "examine a model before it serves", add_audit_arguments),
    ):
        add_arguments(commands.add_parser(name, help=meaning, description=f"{meaning.capitalize()}.", epilog=EXITS))
    return parser


def _replayer(trusted: bool) -> answer.NarratedReplayer:
    return answer.NarratedReplayer(sandbox=not trusted)
