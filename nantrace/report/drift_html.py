"""A comparison with a reference for a notebook."""

from collections.abc import Sequence
from typing import Any

from nantrace import vocabulary
from nantrace.drift.comparison import Comparison
from nantrace.drift.judgement import features_of
from nantrace.drift.statistics import Form, Shown, Statistic, shown_in
from nantrace.feature import FeatureKey
from nantrace.report.distribution import PARTS, shares_by_part
from nantrace.report.markup import Html, element, number_cell, number_heading, page, table, together
from nantrace.report.numbers import percent
from nantrace.report.report import Report

MOST_FEATURES, MOST_FAULTS, MOST_NAMES = 15, 10, 5

Json = dict[str, Any]


def drift_html(report: Report, comparison: Comparison) -> Html:
    """Faults with their remedies, alarms, and the features that moved most."""
    features = report.to_dict()["features"]
    faults = [_fault(comparison, fault) for fault in comparison.faults[:MOST_FAULTS]]
    notes = [element("p", note, class_="quiet") for note in report.notes]
    summary = element("p", report.summary, class_="summary" if report.found else "summary good")
    return page(summary, *faults, *_alarms(features), *_features(comparison, features), *notes)


def _fault(comparison: Comparison, fault: Json) -> Html:
    names = [comparison.features.name(key) for key in features_of(fault)]
    listed = ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")
    kind = element("span", vocabulary.FAULTS[fault["kind"]], class_="pill warn")
    badge = element("p", kind, " ", element("code", fault["kind"]))
    sure = element("strong", f"{percent(fault['confidence'])} sure. ")
    remedy = fault["remedy"]
    code = [element("pre", element("code", remedy["code"]), tabindex="0")] if remedy["code"] else []
    advice = element("div", element("h4", remedy["title"]), *code, class_="remedy") if remedy["title"] or code else ""
    return element("article", badge, element("h2", listed), element("p", sure, fault["detail"]), advice)


def _alarms(features: Sequence[Json]) -> list[Html]:
    rows = [
        [element("strong", one["name"]), vocabulary.DRIFT_ALARMS[alarm["kind"]][0], alarm["detail"]]
        for one in features
        for alarm in one["alarms"]
    ]
    if not rows:
        return []
    return [
        element("section", element("h3", "Alarms"), table(["Feature", "Alarm", "What was seen"], rows[:MOST_FEATURES]))
    ]


def _features(comparison: Comparison, features: Sequence[Json]) -> list[Html]:
    """Those that moved most come first."""
    headings = ["Feature", "Low to high", *(number_heading(one.label) for one in shown_in(Shown.LIST))]
    moved = table(headings, [_feature(comparison, one) for one in features[:MOST_FEATURES]])
    more = len(features) - MOST_FEATURES
    left = [element("p", f"... and {more:,} more", class_="quiet")] if more > 0 else []
    return [element("section", element("h3", "Features that moved most"), moved, *left)]


def _feature(comparison: Comparison, document: Json) -> list[str]:
    number = comparison.features.keys.index(FeatureKey.from_json(document))
    tensor, place = comparison.features.locate(number)
    values = comparison.statistics[tensor]
    name = element("strong", document["name"], class_="bad" if document["alarms"] else "")
    return [
        together([name, " ", _place(document)]),
        _bars(shares_by_part(comparison, number)),
        *(number_cell(_figure(one, float(values[one.name][place]))) for one in shown_in(Shown.LIST)),
    ]


def _figure(statistic: Statistic, value: float) -> str:
    return percent(value) if statistic.form is Form.SHARE else f"{value:.3f}"


def _place(feature: Json) -> Html:
    return element("code", f"{feature['input']}[{feature['index']}]", class_="quiet")


def _bars(shares: Sequence[float]) -> Html:
    """A third of the height is what the reference has in every part."""
    heights = [min(100.0, 100 * PARTS * share / 3) for share in shares]
    return element("div", *(element("i", style=f"height:{height:.0f}%") for height in heights), class_="bars")
