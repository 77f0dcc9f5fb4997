"""An audit for a person at a terminal."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from nantrace.report.report import Report
from nantrace.report.text_parts import indented, plain

COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "dim"}


def write_audit(console: Console, report: Report, findings: Sequence[dict[str, Any]]) -> None:
    """Every finding with its remedy."""
    for finding in findings:
        _print_finding(console, finding)
    for note in report.notes:
        console.print(plain(note, "dim"))
    console.print(Text(report.summary, "bold" if report.found else "bold green"))


def _print_finding(console: Console, finding: dict[str, Any]) -> None:
    where = f" in {finding['layer']}" if finding["layer"] else ""
    severity = finding["severity"]
    console.print(Text.assemble((severity, COLOURS[severity]), f" {finding['code']}", plain(where)))
    console.print(indented(plain(finding["message"], "bold")))
    console.print(indented(plain(finding["remedy"])))
    console.print()
