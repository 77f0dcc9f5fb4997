"""What a comparison of rows with a reference found, for a notebook, a terminal or a program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nantrace import vocabulary
from nantrace.drift.comparison import PARTS, Comparison
from nantrace.drift.judgement import features_of
from nantrace.drift.statistics import Form, Shown, Statistic, shown_in
from nantrace.feature import FeatureKey
from nantrace.report.markup import Html, element, number_cell, number_heading, page, table, together
from nantrace.report.numbers import counted, percent
from nantrace.report.report import Report

if TYPE_CHECKING:
    from rich.console import Console

MOST_FEATURES, MOST_FAULTS, MOST_NAMES = 15, 10, 5

Json = dict[str, Any]


@dataclass(frozen=True, repr=False)
class ComparisonReport(Report):
    """`notes`: sentences on what was left out of the comparison."""

    comparison: Comparison
    notes: Sequence[str] = ()

    @property
    def found(self) -> bool:
        return bool(self.comparison.alarms or self.comparison.faults)

    @property
    def alarm(self) -> bool:
        """Whether the rows differ from the reference by more than chance explains."""
        return self.comparison.alarm

    @property
    def summary(self) -> str:
        known, rows = self.comparison.features.profile.rows, self.comparison.window.rows
        compared = f"{counted(rows, 'row')} against {known:,} of the reference"
        alarms, faults = len(self.comparison.alarms), len(self.comparison.faults)
        found = [counted(alarms, "alarm")] if alarms else []
        found += [counted(faults, "named fault")] if faults else []
        return f"{compared}: {', '.join(found) or 'no drift'}."

    def to_dict(self) -> dict[str, Any]:
        """`{"alarm": bool, "features": [...]}`, as `nantrace drift --json` prints it."""
        return self.comparison.document()

    def write(self, console: "Console") -> None:
        from nantrace.report.comparison_text import write_comparison

        write_comparison(console, self, self.comparison)

    def html(self) -> Html:
        """Faults with their remedies, alarms, and the features that moved most."""
        comparison, features = self.comparison, self.to_dict()["features"]
        faults = [_fault(comparison, fault) for fault in comparison.faults[:MOST_FAULTS]]
        notes = [element("p", note, class_="quiet") for note in self.notes]
        summary = element("p", self.summary, class_="summary" if self.found else "summary good")
        assumed = element("p", comparison.assumed.sentence, class_="quiet")
        return page(summary, *faults, *_alarms(features), *_features(comparison, features), assumed, *notes)


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
        _bars(comparison.shares_by_part(number)),
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
