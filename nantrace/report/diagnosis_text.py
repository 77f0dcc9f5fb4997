"""A diagnosis for a person at a terminal."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from nantrace import vocabulary
from nantrace.diagnosis.finding import Finding, OperandRange, Origin, Remedy, ResponsibleFeature, TrainingRange
from nantrace.report.layer_strip import layer_table
from nantrace.report.report import Report
from nantrace.report.text_parts import INDENT, borderless_table, indented, plain
from nantrace.tensors.plain_text import one_line

MOST_ROWS, MOST_FEATURES, MOST_EXPERIMENTS = 12, 12, 8


def write_diagnosis(console: Console, report: Report, incidents: Sequence[Finding]) -> None:
    """Every finding with its origin, features, evidence and remedies."""
    for finding in incidents:
        _print_finding(console, finding)
    for note in report.notes:
        console.print(plain(note, "dim"))
    console.print(Text(report.summary, "bold" if report.found else "bold green"))


def _print_finding(console: Console, finding: Finding) -> None:
    symptom = vocabulary.SYMPTOMS.get(finding.symptom, (finding.symptom, ""))[0]
    console.print(Rule(Text.assemble((f"{symptom} ", "bold red"), (finding.symptom, "dim")), align="left", style="red"))
    console.print(plain(finding.title, "bold"))
    console.print()
    console.print(indented(_facts(finding)))
    for heading, part in _parts(finding):
        console.print(Text(f"\n{heading}", "bold cyan"))
        console.print(indented(part))
    if finding.remedies:
        console.print(Text("\nWhat to do", "bold cyan"))
    for remedy in finding.remedies:
        _print_remedy(console, remedy)
    console.print()


def _facts(finding: Finding) -> Table:
    cause = vocabulary.cause_in_words(finding.cause or "", finding.symptom)[0]
    named = f"{cause} ({finding.cause})" if finding.cause else cause
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_row("cause", Text.assemble((named, "bold"), f", {finding.confidence:.0%} sure"))
    table.add_row("rows", _listed(finding.row_indices))
    if finding.origin:
        table.add_row("origin", _place(finding.origin))
    if finding.first_nan and finding.first_nan != finding.origin:
        table.add_row("first NaN", _place(finding.first_nan))
    if finding.reproduced_in:
        variants = [vocabulary.VARIANTS.get(variant, variant) for variant in finding.reproduced_in]
        table.add_row("fails", ", ".join(variants))
    return table


def _parts(finding: Finding) -> Iterator[tuple[str, RenderableType]]:
    if finding.features:
        yield "Features", _features(finding.features)
    if finding.layers and finding.origin and finding.origin.kind != "input":
        yield "Layers", layer_table(finding.layers)
    if finding.evidence:
        yield "Evidence", _evidence(finding)


def _print_remedy(console: Console, remedy: Remedy) -> None:
    proven = ("  proven by replay", "green") if remedy.proven else ""
    console.print(indented(Text.assemble((one_line(remedy.title), "bold"), proven)))
    console.print(indented(plain(remedy.why), 2 * INDENT))
    if remedy.code:
        code = textwrap.indent(remedy.code, " " * 3 * INDENT)
        lines = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(code)
        lines.rstrip()
        console.print(lines, soft_wrap=True)  # a line that is broken here could not be pasted


def _place(place: Origin) -> RenderableType:
    """`MatMul in dense_1, step 3 -> NaN`, and the range of each operand below it."""
    what = place.operation or f"{place.kind} {place.name}"
    where = f" in {place.layer}" if place.layer else ""
    step = f", step {place.iteration}" if place.iteration is not None and place.operation else ""
    value = Text.assemble(" -> ", (place.value, "bold red")) if place.value else Text()
    first = Text.assemble((one_line(what), "bold"), one_line(f"{where}{step}"), value)
    operands = [plain(f"operand {number}: {_range(one)}", "dim") for number, one in enumerate(place.inputs, 1)]
    return Group(first, *operands)


def _features(features: Sequence[ResponsibleFeature]) -> RenderableType:
    table = borderless_table("feature", "what is wrong", "rows", "values", "in training (mean)")
    for feature in features[:MOST_FEATURES]:
        known = feature.reference
        limits = f"{_range(known)} ({_number(known.mean)})" if known else "unknown"
        values = ", ".join("missing" if value is None else _number(value) for value in feature.values)
        table.add_row(
            plain(feature.name, "bold"), plain(feature.reason.clause), f"{feature.rows:,}", plain(values), limits
        )
    more = len(features) - MOST_FEATURES
    return Group(table, Text(f"... and {more:,} more", "dim")) if more > 0 else table


def _evidence(finding: Finding) -> Table:
    table = borderless_table("experiment", "cured", "what was changed")
    for one in finding.evidence[:MOST_EXPERIMENTS]:
        colour = "green" if one.cured == one.rows else "red" if not one.cured else "yellow"
        note = one.note or vocabulary.EVIDENCE.get(one.test, "")
        table.add_row(one.test, Text(f"{one.cured:,} of {one.rows:,}", colour), plain(note))
    return table


def _listed(rows: Sequence[int]) -> str:
    first = ", ".join(str(row) for row in rows[:MOST_ROWS])
    return f"{first}, ... ({len(rows):,} in all)" if len(rows) > MOST_ROWS else first


def _range(limits: OperandRange | TrainingRange) -> str:
    return f"{_number(limits.min)} .. {_number(limits.max)}"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "?" if value is None else str(value)
