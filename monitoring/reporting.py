"""A diagnosis for a person at a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table

from monitoring.diagnosis.finding import Finding, GuiltyFeature, Place


def print_report(rows: int, findings: Sequence[Finding]) -> None:
    """Every finding with its origin, features, evidence and remedies, on standard output."""
    console = Console()
    if not findings:
        console.print(f"[green]{rows} rows, nothing wrong.[/green]")
    for finding in findings:
        _print_finding(console, finding)


def _print_finding(console: Console, finding: Finding) -> None:
    console.rule(f"[bold]{finding.symptom}[/bold] · {finding.cause}", align="left")
    console.print(f"[bold]{finding.title}[/bold]")
    console.print(f"confidence {finding.confidence:.0%}, rows {_listed(finding.row_indices)}")
    if finding.origin:
        console.print(f"origin   {place_text(finding.origin)}")
    if finding.nan_birth and finding.nan_birth != finding.origin:
        console.print(f"NaN born {place_text(finding.nan_birth)}")
    if finding.features:
        console.print(_features(finding.features))
    if finding.evidence:
        console.print(_evidence(finding))
    for remedy in finding.remedies:
        proven = " [green](proven by replay)[/green]" if remedy.proven else ""
        console.print(f"→ [bold]{remedy.title}[/bold]{proven}\n  {remedy.why}")
        if remedy.code:
            console.print(Padding(Syntax(remedy.code, "python", word_wrap=True), (0, 2)))


def place_text(place: Place) -> str:
    """`MatMul in dense_1, step 3 -> NaN; inputs -3..5, 0..0`."""
    what = place.operation or f"{place.kind} {place.name}"
    where = f" in {place.layer}" if place.layer else ""
    step = f", step {place.iteration}" if place.iteration is not None else ""
    ranges = ", ".join(f"{one.get('min')} .. {one.get('max')}" for one in place.inputs)
    return f"{what}{where}{step} -> {place.value}" + (f"; inputs {ranges}" if ranges else "")


def _listed(rows: Sequence[int]) -> str:
    told = ", ".join(str(row) for row in rows[:12])
    return f"{told} ... ({len(rows)} in all)" if len(rows) > 12 else told


def _features(features: Sequence[GuiltyFeature]) -> Table:
    table = Table("feature", "why", "rows", "values", "training range", box=None, header_style="dim")
    for feature in features:
        known = feature.reference or {}
        limits = f"{known.get('min')} .. {known.get('max')}" if known else "unknown"
        values = ", ".join(str(value) for value in feature.values)
        table.add_row(feature.name, feature.reason, str(feature.rows), values, limits)
    return table


def _evidence(finding: Finding) -> Table:
    table = Table("replayed with", "cured", "what was changed", box=None, header_style="dim")
    for one in finding.evidence:
        table.add_row(one.test, f"{one.cured} of {one.rows}", one.note)
    return table
