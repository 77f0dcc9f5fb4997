"""Layers as bars: where a replay goes wrong, and how much room is left."""

from dataclasses import replace

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Project
from nantrace.diagnosis.finding import LayerMagnitude
from nantrace.report.layer_bars import SHOWN, LayerStrip, layer_strip
from tests.dashboard.stories import layer
from tests.incidents.builders import NOON, hit, make_finding, make_version

FINITE = layer("dense", "MatMul", 10.0, 37.53)
BAD = layer("deep/dense", "Exp", "Infinity", None, bad_rows=3)


def strip(*layers: LayerMagnitude) -> LayerStrip:
    made = layer_strip(layers)
    assert made is not None
    return made


def marks(drawn: LayerStrip) -> list[tuple[str, str]]:
    return [(one.name, one.mark) for one in drawn.shown if one.mark]


def test_without_layers_there_is_no_strip() -> None:
    assert layer_strip([]) is None


@pytest.mark.parametrize(
    ("one", "room", "full", "tone"),
    [
        (FINITE, "38 decades left", 2.6, ""),
        (layer("a", "Exp", 0.001, 41.5), "42 decades left", 0.0, ""),
        (layer("a", "Relu", 0.0, None), "all room left", 0.0, ""),
        (layer("a", "Square", 60000.0, 0.04, "float16"), "0.0 decades left", 99.2, "near"),
        (layer("a", "Square", 1000.0, 1.82, "float16"), "1.8 decades left", 62.2, ""),
        (BAD, "bad in 3 rows", 100.0, "bad"),
        (layer("a", "Log", "NaN", None, bad_rows=1), "bad in 1 row", 100.0, "bad"),
    ],
)
def test_a_bar_is_as_full_as_the_number_type(one: LayerMagnitude, room: str, full: float, tone: str) -> None:
    (drawn,) = strip(one).shown
    assert (drawn.room, drawn.full, drawn.tone) == (room, full, tone)


def test_the_first_bad_layer_is_marked_alone() -> None:
    near = layer("scale", "Mul", 2e38, 0.23)
    assert marks(strip(near, FINITE, BAD, replace(BAD, layer="next"))) == [("deep/dense", "first bad layer")]


def test_without_a_bad_layer_the_closest_one_is_marked_if_it_is_close() -> None:
    near, nearer = layer("scale", "Mul", 1e38, 0.53), layer("square", "Square", 2e38, 0.23)
    assert marks(strip(FINITE, near, nearer)) == [("square", "closest to overflow")]
    assert marks(strip(FINITE, FINITE)) == []


def test_a_layer_outside_of_all_layers_is_known_by_its_operation() -> None:
    assert strip(layer("", "RealDiv", 1.0, 38.53)).shown[0].name == "RealDiv"


@given(st.integers(1, 300), st.data())
def test_every_layer_is_there_once_and_the_bad_one_is_not_folded_away(count: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, count - 1))
    drawn = strip(*[BAD if i == bad else FINITE for i in range(count)])
    assert [one.place for one in (*drawn.before, *drawn.shown, *drawn.after)] == list(range(1, count + 1))
    assert len(drawn.shown) == min(count, SHOWN)
    assert marks(drawn) == [("deep/dense", "first bad layer")]


def test_the_page_folds_a_deep_model(page_of: Client, shop: Project) -> None:
    deep = [layer(f"block_{i}", "MatMul", 10.0, 37.53) for i in range(100)]
    deep[60] = BAD
    hit(make_version(shop), NOON, [make_finding(layers=deep)])
    text = " ".join(page_of.get("/incidents/CHURN-1").content.decode().split())
    for expected in (
        "<summary>40 earlier layers</summary>",
        '<ol class="layers" role="list" start="41">',
        "<summary>20 later layers</summary>",
        "<code>deep/dense</code>",
        "first bad layer",
        "bad in 3 rows",
    ):
        assert expected in text, expected


def test_an_incident_without_layers_shows_no_strip(page_of: Client, shop: Project) -> None:
    hit(make_version(shop), NOON, [make_finding()])
    assert "Layer strip" not in page_of.get("/incidents/CHURN-1").content.decode()
