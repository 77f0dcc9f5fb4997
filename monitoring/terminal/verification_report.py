"""Verdicts for a pipeline (JSON) and for a person at a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from monitoring.verification.incidents import FailingRow, IncidentVerdict
from nantrace.tensors.plain_text import one_line

MOST_SHOWN = 5


def verdict_document(verdicts: Sequence[IncidentVerdict]) -> dict[str, Any]:
    """`{"cured", "incidents": [{"id", "title", "rows", "cured", "removed", "failing", "note"}]}`, strict JSON."""
    return {
        "cured": all(verdict.is_cured for verdict in verdicts),
        "incidents": [
            {
                "id": verdict.incident.short_id,
                "title": verdict.incident.title,
                "rows": verdict.rows,
                "cured": verdict.cured,
                "removed": verdict.removed,
                "failing": [asdict(row) for row in verdict.failing],
                "note": verdict.note,
            }
            for verdict in verdicts
        ],
    }


def print_verdicts(name: str, verdicts: Sequence[IncidentVerdict]) -> None:
    """One line an incident, with the first rows that still fail, on standard output."""
    console = Console(highlight=False)
    for verdict in verdicts:
        _print_verdict(console, verdict)
    failed = sum(not verdict.is_cured for verdict in verdicts)
    if not verdicts:
        console.print(f"{escape(name)} has no incidents, so there is nothing to cure.")
    elif failed:
        console.print(f"[bold red]{failed} of {_count(len(verdicts), 'incident')} not cured[/]")
    else:
        console.print(f"[bold green]{_count(len(verdicts), 'incident')} cured[/]")


def _print_verdict(console: Console, verdict: IncidentVerdict) -> None:
    incident = verdict.incident
    colour, mark = ("green", "cured") if verdict.is_cured else ("red", "fails")
    if not verdict.rows:
        colour, mark = "yellow", "no rows"
    stored = _count(verdict.rows, "stored row")
    console.print(f"[{colour}]{mark:<8}[/][bold]{incident.short_id}[/]  {verdict.cured:,} of {stored} cured")
    lines = [escape(one_line(incident.title)), *(_failing(row) for row in verdict.failing[:MOST_SHOWN])]
    if (more := verdict.rows - verdict.cured - MOST_SHOWN) > 0:
        lines.append(f"... and {_count(more, 'row')} more")
    if verdict.removed:
        lines.append(f"[yellow]{_count(verdict.removed, 'row')} no longer kept, so not replayed[/]")
    if verdict.note:
        lines.append(f"[yellow]{verdict.note}[/]")
    console.print(Padding("\n".join(lines), (0, 0, 1, 8)))


def _failing(row: FailingRow) -> str:
    called = f" ({escape(row.id)})" if row.id else ""
    return f"[red]row {row.row} of batch {row.batch[:8]}{called}:[/] {escape(row.reason)}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
