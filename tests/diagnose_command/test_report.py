"""The report that a person reads in a terminal, a pipe or a log."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from nantrace.diagnosis.finding import Evidence, Finding, LayerMagnitude, Origin, Reason, ResponsibleFeature
from nantrace.report.diagnosis_report import DiagnosisReport
from nantrace.tensors.tensor import Tensor, Tensors
from tests.dashboard.stories import DIVERGED, EXPONENTIAL, MISSING_INCOME, NOT_REPRODUCED, REFUSED

ESCAPE = "\x1b"
ROWS = Tensors.of(Tensor("inputs", np.zeros((40, 3))))
Report = Callable[[Sequence[Finding]], str]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setenv("COLUMNS", "80")

    def printed(findings: Sequence[Finding], colour: bool | None = None) -> str:
        DiagnosisReport(ROWS, findings).print(colour)
        return capsys.readouterr().out

    return printed


def one_spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_whole_story_is_printed(report: Report) -> None:
    printed = one_spaced(report([MISSING_INCOME]))
    for expected in (
        "Hidden NaN absorbed",
        "2 rows miss income, and the model answers 0.0",
        "Missing value in the input (input_missing)",
        "proof proven: 2 of 2 rows cured",
        "answers row 0: as served 0 \N{MIDDLE DOT} without fused kernels NaN \N{MIDDLE DOT}",
        "rows 0, 2",
        "origin input inputs -> NaN",
        "first NaN MatMul in dense_1 -> NaN operand 1: NaN .. NaN operand 2: -0.71 .. 0.68",
        "as served, without fused kernels, op by op",
        "income is missing 2 missing, NaN 1200 .. 1.84e+05 (4.125e+04)",
        "impute 2 of 2 income filled with the mean",
        "Fill missing income before the model sees it proven by replay",
        "rows[:, 1] = np.nan_to_num(rows[:, 1], nan=41250.5)",
        "40 rows, 2 of them in 1 incident.",
    ):
        assert expected in printed, expected


def test_the_loop_iteration_and_the_many_rows(report: Report) -> None:
    printed = one_spaced(report([EXPONENTIAL]))
    assert "Exp in decoder/attention, step 17 -> Infinity" in printed
    assert "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ... (31 in all)" in printed


def test_rows_in_two_incidents_count_once(report: Report) -> None:
    assert "40 rows, 3 of them in 2 incidents." in report([MISSING_INCOME, replace(NOT_REPRODUCED, row_indices=[2, 5])])


def test_nothing_is_wrong(report: Report) -> None:
    assert report([]) == "40 rows, nothing wrong.\n"


def test_no_line_is_wider_than_the_terminal(report: Report) -> None:
    reason = Reason("lies far outside of training")
    wide = ResponsibleFeature("inputs", "a_feature_with_quite_a_long_name", 3, reason, 4, [1e9] * 5)
    finding = replace(EXPONENTIAL, features=[wide] * 3, evidence=[Evidence("clip", 31, 0, "a long note " * 12)])
    for line in report([finding, DIVERGED, REFUSED, NOT_REPRODUCED]).splitlines():
        assert len(line) <= 80, line


def test_code_is_not_broken_because_it_is_pasted(report: Report) -> None:
    code = "scores = keras.activations.softmax(logits, axis=-1)  # " + "a remark " * 10
    printed = report([replace(EXPONENTIAL, remedies=[replace(EXPONENTIAL.remedies[0], code=code)])])
    assert code.rstrip() in printed


def test_colour_is_for_terminals(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ESCAPE not in report([MISSING_INCOME])
    monkeypatch.setenv("FORCE_COLOR", "1")  # as a terminal: the rule of force-color.org
    assert f"{ESCAPE}[1;31m" in report([MISSING_INCOME])
    monkeypatch.setenv("NO_COLOR", "1")
    colours = re.findall(ESCAPE + r"\[[\d;]*(?<!\d)(?:3|4|9)\d[\d;]*m", report([MISSING_INCOME]))
    assert colours == []


def test_django_options_decide_too(report: Callable[..., str]) -> None:
    assert f"{ESCAPE}[1;31m" in report([MISSING_INCOME], True)
    assert not re.search(ESCAPE + r"\[[\d;]*31m", report([MISSING_INCOME], False))


def test_names_are_no_markup_and_no_escape_codes(report: Report) -> None:
    hostile = "[bold]x[/bold]\x1b[2J\nnext"
    feature = ResponsibleFeature("inputs", hostile, 0, Reason(hostile), 1, [hostile])
    finding = replace(
        MISSING_INCOME,
        title=hostile,
        origin=Origin("operation", hostile, layer=hostile, operation="Log"),
        features=[feature],
        evidence=[Evidence("clip", 1, 0, hostile)],
    )
    printed = report([finding])
    assert ESCAPE not in printed
    assert "[bold]x[/bold]" in printed


def test_a_thousand_features_do_not_fill_the_screen(report: Report) -> None:
    features = [ResponsibleFeature("inputs", f"f{i}", i, Reason("is missing"), 1) for i in range(1000)]
    printed = report([replace(MISSING_INCOME, features=features)])
    assert "... and 988 more" in printed
    assert len(printed.splitlines()) < 60


def test_the_layers_around_the_first_bad_one(report: Report) -> None:
    layers = [LayerMagnitude(f"dense_{i}", "MatMul", "float32", max=1e3, bad_rows=0, headroom=35.5) for i in range(300)]
    layers[150] = replace(layers[150], max="Infinity", bad_rows=31, headroom=None)
    printed = report([replace(EXPONENTIAL, layers=layers)])
    shown = re.findall(r"dense_(\d+) ", printed)
    assert "150" in shown
    assert len(shown) == 12
    assert re.search(r"dense_150 +MatMul +Infinity +NaN or infinity here", printed)
    assert re.search(r"dense_149 +MatMul +1e\+03 +#+ 36 decades", printed)
