"""Drift for a person at a terminal."""

import io
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from nantrace import vocabulary
from nantrace.drift.comparison import Comparison
from nantrace.drift.judgement import features_of
from nantrace.drift.statistics import Form, Shown, Statistic, shown_in
from nantrace.feature import FeatureKey
from nantrace.report.text_parts import INDENT, borderless_table, indented, plain
from nantrace.tensors.plain_text import one_line

MOST_FEATURES, MOST_ALARMS, MOST_FAULTS = 15, 15, 10
STEPS = " ▁▂▃▄▅▆▇█"
PARTS = 12  # of the reference, of equal mass

Json = dict[str, Any]


def print_drift(comparison: Comparison, colour: bool | None = None) -> None:
    """Faults with their remedies, alarms, and the features that moved most, on standard output.

    Without `colour`, a terminal is coloured unless NO_COLOR is set.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, force_terminal=colour, no_color=None if colour is None else not colour)
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
    console.print(_summary(comparison))


def _print_fault(console: Console, fault: Json, names: Sequence[str]) -> None:
    heading = Text.assemble((f"{vocabulary.FAULTS[fault['kind']]} ", "bold red"), (fault["kind"], "dim"))
    console.print(Rule(heading, align="left", style="red"))
    told = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    console.print(Text.assemble((one_line(told), "bold"), f", {fault['confidence']:.0%} sure"))
    console.print(indented(plain(fault["detail"])))
    remedy = fault["remedy"]
    if remedy["title"]:
        console.print(indented(plain(str(remedy["title"]), "bold")))
    if remedy["code"]:
        code = textwrap.indent(remedy["code"], " " * 2 * INDENT)
        lines = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(code)
        lines.rstrip()
        console.print(lines, soft_wrap=True)  # a line that is broken here could not be pasted
    console.print()


def _alarms(comparison: Comparison) -> RenderableType:
    alarms = comparison.alarms
    table = borderless_table("feature", "alarm", "what was seen")
    for alarm in alarms[:MOST_ALARMS]:
        name = comparison.features.name(FeatureKey.from_json(alarm))
        told = vocabulary.DRIFT_ALARMS[str(alarm["kind"])][0]
        table.add_row(plain(name, "bold"), Text(told, "red"), plain(alarm["told"]))
    if len(alarms) > MOST_ALARMS:
        table.add_row("", "", Text(f"... and {len(alarms) - MOST_ALARMS:,} more", "dim"))
    return table


def _features(console: Console, comparison: Comparison) -> RenderableType:
    """The worst ones; the bars are the shares of the rows in twelve parts of the reference, which are equal there."""
    told, statistics = comparison.document()["features"], shown_in(Shown.LIST)
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
    drawn = console.encoding.lower().startswith("utf")
    for heading in ("feature", *(["low to high"] if drawn else [])):
        table.add_column(heading, no_wrap=heading != "feature")
    for statistic in statistics:
        table.add_column(statistic.label, justify="right", no_wrap=True)
    for one in told[:MOST_FEATURES]:
        style = "bold red" if one["alarms"] else "yellow" if one["faults"] else ""
        number = comparison.features.keys.index(FeatureKey.from_json(one))
        tensor, place = comparison.features.locate(number)
        values = comparison.statistics[tensor]
        table.add_row(
            plain(one["name"], style),
            *([_bars(comparison, number)] if drawn else []),
            *(_figure(statistic, float(values[statistic.name][place])) for statistic in statistics),
        )
    if len(told) > MOST_FEATURES:
        table.add_row(Text(f"... and {len(told) - MOST_FEATURES:,} more", "dim"))
    return table


def _bars(comparison: Comparison, number: int) -> Text:
    """Where the finite cells of a feature lie, as steps; three high is what the reference has in every part."""
    tensor, place = comparison.features.locate(number)
    known = comparison.features.profile.reference.tensors[tensor].bins[place]
    shares = _parts(known, comparison.window.tensors[tensor].bins[place])
    return Text("".join(STEPS[min(len(STEPS) - 1, int(np.ceil(3 * PARTS * share)))] for share in shares), "cyan")


def _parts(known: Any, seen: Any) -> list[float]:
    """The rows' shares in parts that hold equal shares of the reference; an outer bin goes to its neighbour."""
    if not known.sum() or not seen.sum():
        return [0.0] * PARTS
    middle = (known.cumsum() - known / 2) / known.sum()
    part = np.minimum((middle * PARTS).astype(int), PARTS - 1)
    counts = np.bincount(part, weights=seen, minlength=PARTS)
    return [float(count) for count in counts / seen.sum()]


def _summary(comparison: Comparison) -> Text:
    rows = f"{comparison.window.rows:,} rows against {comparison.features.profile.rows:,} of the reference"
    if not comparison.alarms and not comparison.faults:
        return Text(f"{rows}: no drift.", "bold green")
    alarms, faults = len(comparison.alarms), len(comparison.faults)
    told = [_count(alarms, "alarm")] if alarms else []
    told += [_count(faults, "named fault")] if faults else []
    return Text(f"{rows}: {', '.join(told)}.", "bold")


def _figure(statistic: Statistic, value: float) -> Text:
    return _share(value) if statistic.form is Form.SHARE else Text(f"{value:.3f}")


def _share(rate: float) -> Text:
    return Text("-", "dim") if rate <= 0 else Text("<0.1%" if rate < 0.001 else f"{rate:.1%}")


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
