"""A comparison with a reference for a person at a terminal."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from nantrace import vocabulary
from nantrace.drift.comparison import PARTS, Comparison
from nantrace.drift.judgement import features_of
from nantrace.drift.statistics import Form, Shown, Statistic, shown_in
from nantrace.feature import FeatureKey
from nantrace.report.report import Report
from nantrace.report.text_parts import INDENT, borderless_table, indented, plain, print_code, print_notes_and_summary
from nantrace.tensors.plain_text import one_line

MOST_FEATURES, MOST_ALARMS, MOST_FAULTS = 15, 15, 10
STEPS = " ▁▂▃▄▅▆▇█"

Json = dict[str, Any]


def write_comparison(console: Console, report: Report, comparison: Comparison) -> None:
    """Faults with their remedies, alarms, and the features that moved most."""
    for fault in comparison.faults[:MOST_FAULTS]:
        _print_fault(console, fault, [comparison.features.name(key) for key in features_of(fault)])
    if comparison.alarms:
        console.print(Text("Alarms", "bold cyan"))
        console.print(indented(_alarms(comparison)))
        console.print()
    console.print(Text("Features that moved most", "bold cyan"))
    console.print(indented(_features(console, comparison)))
    for tensor in comparison.features.profile.tensors:
        if tensor.summary:
            console.print(indented(plain(f"{tensor.name}: {tensor.summary}", "dim")))
    console.print()
    console.print(plain(comparison.assumed.sentence, "dim"))
    print_notes_and_summary(console, report)


def _print_fault(console: Console, fault: Json, names: Sequence[str]) -> None:
    heading = Text.assemble((f"{vocabulary.FAULTS[fault['kind']]} ", "bold red"), (fault["kind"], "dim"))
    console.print(Rule(heading, align="left", style="red"))
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    console.print(Text.assemble((one_line(listed), "bold"), f", {fault['confidence']:.0%} sure"))
    console.print(indented(plain(fault["detail"])))
    remedy = fault["remedy"]
    if remedy["title"]:
        console.print(indented(plain(str(remedy["title"]), "bold")))
    if remedy["code"]:
        print_code(console, remedy["code"], 2 * INDENT)
    console.print()


def _alarms(comparison: Comparison) -> RenderableType:
    alarms = comparison.alarms
    table = borderless_table("feature", "alarm", "what was seen")
    for alarm in alarms[:MOST_ALARMS]:
        name = comparison.features.name(FeatureKey.from_json(alarm))
        label = vocabulary.DRIFT_ALARMS[str(alarm["kind"])][0]
        table.add_row(plain(name, "bold"), Text(label, "red"), plain(alarm["told"]))
    if len(alarms) > MOST_ALARMS:
        table.add_row("", "", Text(f"... and {len(alarms) - MOST_ALARMS:,} more", "dim"))
    return table


def _features(console: Console, comparison: Comparison) -> RenderableType:
    """The worst ones; the bars are the shares of the rows in twelve parts of the reference, which are equal there."""
    documents, statistics = comparison.document()["features"], shown_in(Shown.LIST)
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
    drawn = console.encoding.lower().startswith("utf")
    for heading in ("feature", *(["low to high"] if drawn else [])):
        table.add_column(heading, no_wrap=heading != "feature")
    for statistic in statistics:
        table.add_column(statistic.label, justify="right", no_wrap=True)
    for one in documents[:MOST_FEATURES]:
        style = "bold red" if one["alarms"] else "yellow" if one["faults"] else ""
        number = comparison.features.keys.index(FeatureKey.from_json(one))
        tensor, place = comparison.features.locate(number)
        values = comparison.statistics[tensor]
        table.add_row(
            plain(one["name"], style),
            *([_bars(comparison, number)] if drawn else []),
            *(_figure(statistic, float(values[statistic.name][place])) for statistic in statistics),
        )
    if len(documents) > MOST_FEATURES:
        table.add_row(Text(f"... and {len(documents) - MOST_FEATURES:,} more", "dim"))
    return table


def _bars(comparison: Comparison, number: int) -> Text:
    """Where the finite cells of a feature lie, as steps; three high is what the reference has in every part."""
    shares = comparison.shares_by_part(number)
    return Text("".join(STEPS[min(len(STEPS) - 1, ceil(3 * PARTS * share))] for share in shares), "cyan")


def _figure(statistic: Statistic, value: float) -> Text:
    return _share(value) if statistic.form is Form.SHARE else Text(f"{value:.3f}")


def _share(rate: float) -> Text:
    return Text("-", "dim") if rate <= 0 else Text("<0.1%" if rate < 0.001 else f"{rate:.1%}")
