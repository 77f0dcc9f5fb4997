"""Where in the model the failing rows go wrong, as a table for a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from nantrace.diagnosis.finding import LayerMagnitude, Number
from nantrace.tensors.plain_text import one_line

MOST_LAYERS = 12
DECADES_A_MARK = 2  # float32 has 38 decades


def layer_table(layers: Sequence[LayerMagnitude]) -> Table:
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
