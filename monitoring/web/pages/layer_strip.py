"""The layers of an incident's replay as bars: how full each number type was, and where the first layer is bad."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from monitoring.web.pages.tags import number

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
    """Up to 40 layers around the marked one, and what is folded away before and after them."""

    before: list[Layer]
    shown: list[Layer]
    after: list[Layer]


def layer_strip(layers: Sequence[Mapping[str, Any]]) -> LayerStrip | None:
    """A finding's layers, in the order of the computation; None without any."""
    if not layers:
        return None
    marked, mark = _marked(layers)
    drawn = [_layer(i, one, mark if i == marked else "") for i, one in enumerate(layers)]
    start = max(0, min(marked - SHOWN // 2, len(drawn) - SHOWN))
    return LayerStrip(drawn[:start], drawn[start : start + SHOWN], drawn[start + SHOWN :])


def _marked(layers: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """The first bad layer; without one the closest to overflow, where that is close."""
    bad = next((i for i, one in enumerate(layers) if one["bad_rows"]), None)
    if bad is not None:
        return bad, "first bad layer"
    room, closest = min((math.inf if one["headroom"] is None else one["headroom"], i) for i, one in enumerate(layers))
    return (closest, "closest to overflow") if room <= NEAR else (0, "")


def _layer(index: int, one: Mapping[str, Any], mark: str) -> Layer:
    tone = _tone(one)
    return Layer(
        place=index + 1,
        name=one["layer"] or one["operation"],
        operation=one["operation"],
        dtype=one["dtype"],
        largest=number(one["max"]),
        room=_room(one),
        full=100.0 if tone == "bad" else _full(one["max"], one["headroom"]),
        tone=tone,
        mark=mark,
    )


def _tone(one: Mapping[str, Any]) -> Tone:
    if one["bad_rows"]:
        return "bad"
    return "near" if one["headroom"] is not None and one["headroom"] <= NEAR else ""


def _room(one: Mapping[str, Any]) -> str:
    if rows := one["bad_rows"]:
        return f"bad in {rows} {'row' if rows == 1 else 'rows'}"
    if one["headroom"] is None:
        return "all room left"
    return f"{one['headroom']:.0f} decades left" if one["headroom"] >= 10 else f"{one['headroom']:.1f} decades left"


def _full(largest: float, headroom: float | None) -> float:
    """Decades above 1 in use, of those that the number type has: its maximum is `headroom` decades above `largest`."""
    if headroom is None:
        return 0.0
    used = math.log10(largest)
    return round(100 * min(1.0, max(0.0, used / (used + headroom))), 1)
