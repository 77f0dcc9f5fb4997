"""How reports show themselves: HTML in a notebook, text in a terminal, a document for a program."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import nantrace
from nantrace.audit.audit_artifact import Audit, refused
from nantrace.diagnosis.finding import Evidence, Finding, Origin, Reason, ResponsibleFeature
from nantrace.report.audit_report import AuditReport
from nantrace.report.diagnosis_report import DiagnosisReport, strict_report
from nantrace.tensors.tensor import Tensor, Tensors
from tests.dashboard.stories import EXPONENTIAL, FEATURES, MISSING_INCOME, NEAR_OVERFLOW, REFUSED

HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"rect", "col", "br", "meta"}


class Page(HTMLParser):
    """The texts of a page, and the elements that nobody closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.elements.add(tag)
        self.open += [tag] if tag not in VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def diagnosed(*findings: Finding) -> DiagnosisReport:
    rows = np.random.default_rng(0).normal(size=(40, 3))
    rows[[0, 2], 1] = np.nan
    served = Tensors.of(Tensor("outputs", np.zeros((40, 1))))
    inputs = Tensors.of(Tensor("inputs", rows))
    return DiagnosisReport(inputs, list(findings), served, {"features": FEATURES}, ["Left out: 'id'"])


def page(report: object) -> Page:
    made = Page(report._repr_html_())  # type: ignore[attr-defined]
    assert not made.open
    assert not made.elements & {"script", "link", "iframe", "img", "object"}
    return made


def test_the_whole_story_is_in_the_html() -> None:
    text = page(diagnosed(MISSING_INCOME)).text
    for expected in (
        "40 rows, 2 of them in 1 incident.",
        "Hidden NaN absorbed 2 rows miss income, and the model answers 0.0 as if nothing had happened",
        "Missing value in the input input_missing",
        "Row 0: as served 0 \N{MIDDLE DOT} without fused kernels NaN \N{MIDDLE DOT} with missing cells filled 41.5",
        "Proven on 2 of 2 rows. An experiment on the failing rows cured every one of them.",
        "Fill missing income before the model sees it proven by replay",
        "rows[:, 1] = np.nan_to_num(rows[:, 1], nan=41250.5)",
        "Origin: An input inputs holds NaN First NaN: MatMul in layer dense_1 answers NaN",
        "operand 2: -0.71 to 0.68",
        "dense_1 MatMul, float32 first bad layer NaN bad in 2 rows",
        "Responsible features",
        "income inputs[1] is missing 2 missing NaN 1,200 41,250 184,000",
        "The replay fails as served, without fused kernels, op by op.",
        "impute 2 2 income filled with the mean",
        "Failing rows Row income tenure age Served",
        "Left out: 'id'",
    ):
        assert expected in re.sub(r" +", " ", text), expected


def test_nothing_found_has_a_sentence() -> None:
    report = diagnosed()
    assert not report.found
    assert "40 rows, nothing wrong." in page(report).text
    assert str(report).splitlines()[-1] == "40 rows, nothing wrong."
    assert repr(report) == "<DiagnosisReport: 40 rows, nothing wrong.>"
    assert report.to_dict() == {"rows": 40, "incidents": []}


def test_what_is_not_ours_is_escaped() -> None:
    finding = replace(
        MISSING_INCOME,
        title=HOSTILE,
        origin=Origin("operation", HOSTILE, layer=HOSTILE, operation=HOSTILE, value="NaN"),
        features=[ResponsibleFeature("inputs", HOSTILE, 1, Reason(HOSTILE), 1, [HOSTILE])],
        evidence=[Evidence("clip", 1, 0, HOSTILE)],
        remedies=[replace(MISSING_INCOME.remedies[0], code=HOSTILE, title=HOSTILE, why=HOSTILE)],
    )
    report = replace(diagnosed(finding), notes=[HOSTILE], metadata={"features": [HOSTILE] * 3})
    text = page(report).text
    assert text.count("alert(1)") >= 10


def test_it_adapts_to_light_and_dark_and_styles_nothing_else() -> None:
    html = diagnosed(MISSING_INCOME)._repr_html_()
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style
    rules = [one.strip() for one in re.findall(r"([^{};]+)\{", style)]
    assert all(rule.startswith((".nantrace", "@media")) for rule in rules), rules


def test_many_rows_features_and_layers_stay_a_page() -> None:
    many = [ResponsibleFeature("inputs", f"f{i}", i, Reason("is missing"), 1) for i in range(1_000)]
    made = page(diagnosed(replace(EXPONENTIAL, features=many)))
    assert "... and 970 more" in made.text
    assert "layers further away are not shown." in made.text
    assert "... and 21 more rows" in made.text
    assert len(made.text) < 10_000


def test_a_finding_without_a_cause_claims_none() -> None:
    assert "% sure" not in page(diagnosed(NEAR_OVERFLOW)).text
    assert "Model refuses the rows" in page(diagnosed(REFUSED)).text


def test_images_are_summarised() -> None:
    inputs = Tensors.of(Tensor("image", np.full((2, 28, 28, 1), np.inf)))
    finding = Finding("nonfinite_output", "input_infinite", 0.9, "1 image holds infinity", [1])
    assert "784 non-finite" in page(DiagnosisReport(inputs, [finding])).text


def test_the_document_is_strict_json_and_the_findings_are_typed() -> None:
    report = diagnosed(MISSING_INCOME, EXPONENTIAL)
    document = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    missing, exponential = (
        {**strict_report(MISSING_INCOME), "severity": "warning"},  # 2 rows of 40
        {**strict_report(EXPONENTIAL), "severity": "critical"},
    )
    assert document == {"rows": 40, "incidents": [missing, exponential]}
    assert report.incidents[0].cause == "input_missing"


def test_texts_that_no_database_holds_are_mended() -> None:
    finding = replace(MISSING_INCOME, title="NUL \x00 and \ud800")
    assert strict_report(finding)["title"] == "NUL ? and ?"


def test_drift_shows_faults_alarms_and_features() -> None:
    rng = np.random.default_rng(0)
    report = nantrace.drift(rng.normal(1013, 9, (500, 2)), rng.normal(1013, 9, (200, 2)) * [1, 100])
    text = page(report).text
    for expected in (
        report.summary,
        "In another unit unit_change",
        "rows[..., 1]",
        "out of range",
        "inputs[1]",
        "100%",
    ):
        assert expected in text, expected
    assert report.summary in str(report)


def test_an_audit_shows_what_it_found() -> None:
    report = AuditReport(refused(f"it holds {HOSTILE}"))
    assert report.found
    assert report.to_dict()["state"] == "refused"
    assert f"it holds {HOSTILE}" in page(report).text
    assert "The model cannot be loaded." in str(report)
    passed = AuditReport(Audit("passed"))
    assert not passed.found
    assert "The audit passed: nothing wrong." in page(passed).text


@pytest.mark.parametrize("colour", [None, False])
def test_a_report_is_printed_as_text(capsys: pytest.CaptureFixture[str], colour: bool | None) -> None:
    report = diagnosed(MISSING_INCOME)
    report.print(colour)
    printed = capsys.readouterr().out
    assert "What to do" in printed
    assert printed.split() == str(report).split() or "\x1b" not in printed
