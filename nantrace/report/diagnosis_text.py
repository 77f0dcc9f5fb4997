"""A diagnosis for a person at a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from nantrace import vocabulary
from nantrace.diagnosis.finding import (
    Finding,
    LayerMagnitude,
    Number,
    OperandRange,
    Origin,
    Remedy,
    ResponsibleFeature,
    TrainingRange,
)
from nantrace.report.answers import answer_texts, joined
from nantrace.report.report import Report
from nantrace.report.text_parts import INDENT, borderless_table, indented, plain, print_code, print_notes_and_summary
from nantrace.tensors.plain_text import one_line

MOST_ROWS, MOST_FEATURES, MOST_EXPERIMENTS, MOST_LAYERS = 12, 12, 8, 12
DECADES_A_MARK = 2  # float32 has 38 decades


def write_diagnosis(console: Console, report: Report, incidents: Sequence[Finding]) -> None:
    """Every finding with its origin, features, evidence and remedies."""
    for finding in incidents:
        _print_finding(console, finding)
    print_notes_and_summary(console, report)


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
    table.add_row("cause", plain(named, "bold"))
    table.add_row("proof", f"{finding.proof.grade}: {finding.proof.cured:,} of {finding.proof.rows:,} rows cured")
    table.add_row("rows", _listed(finding.row_indices))
    for answer in finding.answers[:1]:
        if texts := answer_texts(answer, []):
            table.add_row("answers", plain(f"row {answer.row}: {joined(texts)}"))
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
        yield "Layers", _layers(finding.layers)
    if finding.evidence:
        yield "Evidence", _evidence(finding)


def _print_remedy(console: Console, remedy: Remedy) -> None:
    proven = ("  proven by replay", "green") if remedy.proven else ""
    console.print(indented(Text.assemble((one_line(remedy.title), "bold"), proven)))
    console.print(indented(plain(remedy.why), 2 * INDENT))
    if remedy.code:
        print_code(console, remedy.code, 3 * INDENT)


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


def _layers(layers: Sequence[LayerMagnitude]) -> Table:
    """Layers in the order of the computation around the first one that holds bad values; at most 12."""
    table = Table(
        "layer", "operation", "largest", "room to overflow", box=None, header_style="dim", padding=(0, 2, 0, 0)
    )
    first = next((i for i, one in enumerate(layers) if one.bad_rows), 0)
    start = max(0, min(first - MOST_LAYERS // 2, len(layers) - MOST_LAYERS))
    for one in layers[start : start + MOST_LAYERS]:
        name, operation = Text(one_line(one.layer or "-")), Text(one_line(one.operation), "dim")
        table.add_row(name, operation, _largest(one.max), _room(one))
    return table


def _largest(value: Number) -> Text:
    return Text(value, "bold red") if isinstance(value, str) else Text(f"{value:.3g}")


def _room(one: LayerMagnitude) -> Text:
    if one.bad_rows:
        return Text("NaN or infinity here", "red")
    if one.headroom is None:
        return Text(f"all of {one.dtype}", "dim")
    marks = "#" * max(1, round(one.headroom / DECADES_A_MARK))
    return Text.assemble((marks, "green" if one.headroom > 1 else "yellow"), f" {one.headroom:.0f} decades")


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
