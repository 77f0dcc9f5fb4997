"""The layers of an incident's replay as bars: how full each number type was, and where the first layer is bad."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nantrace.diagnosis.finding import LayerMagnitude
from nantrace.report.markup import Html, TableCell, element, number_cell, number_heading, table, together
from nantrace.report.numbers import number

SHOWN = 40
NEAR = 1.0  # decade

Tone = Literal["bad", "near", ""]


@dataclass(frozen=True)
class Layer:
    """One place of the computation; `full` is the share of its number type's decades in use, 0 to 100."""

    place: int
    name: str
    operation: str
    dtype: str
    largest: str
    room: str
    full: float
    tone: Tone
    mark: str = ""


@dataclass(frozen=True)
class LayerStrip:
    """The layers around the marked one, and what is folded away before and after them."""

    before: list[Layer]
    shown: list[Layer]
    after: list[Layer]


def layer_strip(layers: Sequence[LayerMagnitude], most: int = SHOWN) -> LayerStrip | None:
    """A finding's layers, in the order of the computation, at most `most` of them shown; None without any."""
    if not layers:
        return None
    marked, mark = _marked(layers)
    drawn = [_layer(i, one, mark if i == marked else "") for i, one in enumerate(layers)]
    start = max(0, min(marked - most // 2, len(drawn) - most))
    return LayerStrip(drawn[:start], drawn[start : start + most], drawn[start + most :])


def layer_table(strip: LayerStrip) -> Html:
    """The layers that are shown, a row each."""
    return table(["Layer", "", number_heading("Largest"), "Room"], [_row(layer) for layer in strip.shown])


def _row(layer: Layer) -> list[str]:
    mark = [" ", element("span", layer.mark, class_="pill bad")] if layer.mark else []
    name = [element("code", layer.name), element("span", f" {layer.operation}, {layer.dtype}", class_="quiet"), *mark]
    used = element("div", style=f"width:{layer.full:.1f}%", class_=layer.tone or "used")
    bar = element("div", used, class_="bar")
    room = TableCell(element("td", layer.room, class_="room"))
    return [together(name), bar, number_cell(layer.largest, bad=layer.tone == "bad"), room]


def _marked(layers: Sequence[LayerMagnitude]) -> tuple[int, str]:
    """The first bad layer; without one the closest to overflow, where that is close."""
    bad = next((i for i, one in enumerate(layers) if one.bad_rows), None)
    if bad is not None:
        return bad, "first bad layer"
    room, closest = min((math.inf if one.headroom is None else one.headroom, i) for i, one in enumerate(layers))
    return (closest, "closest to overflow") if room <= NEAR else (0, "")


def _layer(index: int, one: LayerMagnitude, mark: str) -> Layer:
    tone = _tone(one)
    return Layer(
        place=index + 1,
        name=one.layer or one.operation,
        operation=one.operation,
        dtype=one.dtype,
        largest=number(one.max),
        room=_room(one),
        full=100.0 if tone == "bad" else _full(one),
        tone=tone,
        mark=mark,
    )


def _tone(one: LayerMagnitude) -> Tone:
    if one.bad_rows:
        return "bad"
    return "near" if one.headroom is not None and one.headroom <= NEAR else ""


def _room(one: LayerMagnitude) -> str:
    if rows := one.bad_rows:
        return f"bad in {rows} {'row' if rows == 1 else 'rows'}"
    if one.headroom is None:
        return "all room left"
    return f"{one.headroom:.0f} decades left" if one.headroom >= 10 else f"{one.headroom:.1f} decades left"


def _full(one: LayerMagnitude) -> float:
    """Decades above 1 in use, of those that the number type has: its maximum is `headroom` decades above `max`."""
    if one.headroom is None or isinstance(one.max, str):
        return 0.0
    used = math.log10(one.max)
    return round(100 * min(1.0, max(0.0, used / (used + one.headroom))), 1)
