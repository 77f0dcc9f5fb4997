"""What a diagnosis found, for a notebook, a terminal or a program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nantrace import vocabulary
from nantrace.diagnosis.finding import Finding, Origin, Remedy, RowAnswers
from nantrace.feature import FeatureNames
from nantrace.report.answers import answer_texts, joined
from nantrace.report.layer_bars import layer_strip, layer_table
from nantrace.report.markup import Html, TableCell, element, number_cell, number_heading, page, table, together
from nantrace.report.numbers import counted, is_nonfinite, number
from nantrace.report.report import Report
from nantrace.report.row_table import GivenRows, row_table
from nantrace.severity import severity_of
from nantrace.tensors.strict_json import strict
from nantrace.tensors.tensor import Tensors

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS, MOST_FEATURES, MOST_LAYERS = 10, 30, 12
LIMITS = ("min", "mean", "max")


@dataclass(frozen=True, repr=False)
class DiagnosisReport(Report):
    """`incidents`: one for each reason why rows fail. `notes`: sentences on what was left out of the rows."""

    inputs: Tensors
    incidents: Sequence[Finding]
    outputs: Tensors | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """The number of rows that were looked at."""
        return self.inputs.rows

    @property
    def found(self) -> bool:
        return bool(self.incidents)

    @property
    def summary(self) -> str:
        if not self.incidents:
            return f"{counted(self.rows, 'row')}, nothing wrong."
        failing = len({row for finding in self.incidents for row in finding.row_indices})
        return f"{counted(self.rows, 'row')}, {failing:,} of them in {counted(len(self.incidents), 'incident')}."

    def to_dict(self) -> dict[str, Any]:
        """`{"rows": n, "incidents": [...]}`, as `nantrace diagnose --json` prints it."""
        return {"rows": self.rows, "incidents": [self._document(finding) for finding in self.incidents]}

    def _document(self, finding: Finding) -> dict[str, Any]:
        """With how urgent it would be, were these rows all that was served."""
        severity = severity_of(finding.symptom, finding.cause, failing=finding.rows, served=self.rows)
        return {**strict_report(finding), "severity": severity}

    def write(self, console: "Console") -> None:
        from nantrace.report.diagnosis_text import write_diagnosis

        write_diagnosis(console, self, self.incidents)

    def html(self) -> Html:
        """Each incident with the parts that its page in the service has."""
        names = FeatureNames.of(self.metadata, list(self.inputs.by_name))
        given = GivenRows(self.inputs, self.outputs, names)
        notes = [element("p", note, class_="quiet") for note in self.notes]
        summary = element("p", self.summary, class_="summary" if self.found else "summary good")
        return page(summary, *(_incident(finding, given) for finding in self.incidents), *notes)


def strict_report(finding: Finding) -> dict[str, Any]:
    """The finding in the contract's words, with non-finite numbers as text.

    Texts lose NUL characters and lone surrogates, which PostgreSQL refuses; sent text inputs may hold both.
    """
    return {name: _storable(value) for name, value in strict(finding.report()).items()}


def _storable(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _storable(item) for key, item in value.items()}
        case list():
            return [_storable(item) for item in value]
        case str():
            return value.replace("\x00", "?").encode("utf-8", "replace").decode()
        case _:
            return value


def _incident(finding: Finding, given: GivenRows) -> Html:
    symptom, seen = vocabulary.SYMPTOMS.get(finding.symptom, (finding.symptom, ""))
    badge = element("p", element("span", symptom, class_="pill bad"), " ", element("code", finding.symptom))
    parts = [part for part in _parts(finding, seen) if part]
    rows = _failing_rows(finding, given)
    return element("article", badge, element("h2", finding.title), *parts, *([rows] if rows else []))


def _parts(finding: Finding, seen: str) -> Iterator[Html | None]:
    yield _why(finding, seen)
    yield _section("What to do", [_remedy(one) for one in finding.remedies])
    yield _section("Where it starts", _story(finding))
    yield _layers(finding)
    yield _features(finding)
    yield _evidence(finding)


def _section(heading: str, content: Sequence[str]) -> Html | None:
    return element("section", element("h3", heading), *content) if content else None


def _why(finding: Finding, seen: str) -> Html:
    cause, meaning = vocabulary.cause_in_words(finding.cause or "", finding.symptom)
    named = [element("strong", cause), *([" ", element("code", finding.cause)] if finding.cause else [])]
    grade, ground = vocabulary.proof_in_words(finding.proof)
    claimed = [element("p", element("strong", f"{grade}. "), ground)] if finding.cause else []
    why = [element("p", *named), element("p", f"{meaning} {seen}"), *claimed, *map(_answers, _shown(finding))]
    return element("section", element("h3", "Why"), *why)


def _shown(finding: Finding) -> list[RowAnswers]:
    return [row for row in finding.answers[:1] if answer_texts(row, [])]


def _answers(row: RowAnswers) -> Html:
    return element("p", f"Row {row.row}: {joined(answer_texts(row, []))}")


def _remedy(remedy: Remedy) -> Html:
    proven = [" ", element("span", "proven by replay", class_="pill good")] if remedy.proven else []
    code = [element("pre", element("code", remedy.code), tabindex="0")] if remedy.code else []
    title = element("h4", remedy.title, *proven)
    return element("div", title, element("p", remedy.why), *code, class_="remedy")


def _story(finding: Finding) -> list[Html]:
    """Origin and first NaN, in the order in which the values pass them."""
    steps = [("Origin", finding.origin), ("First NaN", finding.first_nan)]
    if finding.first_nan == finding.origin:
        steps = steps[:1]
    return [_place(heading, place) for heading, place in steps if place is not None]


def _place(heading: str, place: Origin) -> Html:
    kind = vocabulary.PLACE_KINDS.get(place.kind, place.kind)
    what = [element("code", place.operation)] if place.operation else [f"{kind} ", element("code", place.name)]
    where = [" in layer ", element("code", place.layer)] if place.layer else []
    step = [f", loop iteration {place.iteration}"] if place.iteration is not None else []
    verb = " answers " if place.operation else " holds "
    value = [verb, element("code", place.value, class_="bad")] if place.value else []
    operands = [
        element("li", f"operand {i}: ", _value(one.min), " to ", _value(one.max))
        for i, one in enumerate(place.inputs, 1)
    ]
    line = element("p", element("span", f"{heading}: ", class_="quiet"), *what, *where, *step, *value)
    return together([line, *([element("ul", *operands)] if operands else [])])


def _value(value: object) -> Html:
    text = "missing" if value is None else number(value)
    return element("code", text, class_="bad") if is_nonfinite(value) else element("code", text)


def _layers(finding: Finding) -> Html | None:
    strip = layer_strip(finding.layers, MOST_LAYERS)
    if strip is None:
        return None
    folded = len(strip.before) + len(strip.after)
    note = (
        "The largest magnitude behind each layer; the empty part of a bar is the room before its number type overflows."
    )
    more = f" {counted(folded, 'layer')} further away are not shown." if folded else ""
    return _section("Layer strip", [element("p", note + more, class_="quiet"), layer_table(strip)])


def _features(finding: Finding) -> Html | None:
    compared = any(one.reference for one in finding.features)
    reference = [number_heading(f"Reference {name}") for name in LIMITS] if compared else []
    heads = ["Feature", "What is wrong", number_heading("Rows"), "Values", *reference]
    rows = [
        [
            together([element("strong", one.name), " ", element("code", f"{one.input}[{one.index}]", class_="quiet")]),
            one.reason.clause,
            number_cell(number(one.rows)),
            together(part for value in one.values for part in (_value(value), " ")),
            *(number_cell(number(getattr(one.reference, name, None))) for name in (LIMITS if compared else ())),
        ]
        for one in finding.features[:MOST_FEATURES]
    ]
    more = len(finding.features) - MOST_FEATURES
    left = [element("p", f"... and {more:,} more", class_="quiet")] if more > 0 else []
    return _section("Responsible features", [table(heads, rows), *left]) if rows else None


def _evidence(finding: Finding) -> Html | None:
    variants = [vocabulary.VARIANTS.get(one, one) for one in finding.reproduced_in]
    where = [element("p", f"The replay fails {', '.join(variants)}.")] if variants else []
    heads = ["Experiment on the failing rows", number_heading("Rows"), number_heading("Cured"), "Note"]
    rows = [
        [
            together([vocabulary.EVIDENCE.get(one.test, one.test), " ", element("code", one.test, class_="quiet")]),
            number_cell(number(one.rows)),
            number_cell(number(one.cured), bad=not one.cured),
            TableCell(element("td", one.note, class_="note")),
        ]
        for one in finding.evidence
    ]
    return _section("Evidence", [*where, *([table(heads, rows)] if rows else [])])


def _failing_rows(finding: Finding, given: GivenRows) -> Html | None:
    shown = finding.row_indices[:MOST_ROWS]
    if not shown:
        return None
    left = len(finding.row_indices) - len(shown)
    note = [element("p", f"... and {counted(left, 'more row')}", class_="quiet")] if left > 0 else []
    responsible = {(one.input, one.index) for one in finding.features}
    return _section("Failing rows", [row_table(given, shown, responsible), *note])
