"""True cause against reported cause over all cases, as the table that stands in the page of numbers."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.cases.runner.run_cases import ROOT, Result
from tests.cases.runner.scoring import NONE

PAGE: Path = ROOT / "docs" / "numbers.md"
BEGIN, END = "<!-- cases: begin -->\n", "<!-- cases: end -->\n"


def matrix(results: Iterable[Result]) -> str:
    """A Markdown table: a row a true cause, a column a reported one, numbered as the rows are."""
    counts = Counter(pair for result in results if result.score for pair in result.score.causes)
    causes = [*sorted({cause for pair in counts for cause in pair} - {NONE}), NONE]
    lines = ["| true \\ reported | " + " | ".join(str(i + 1) for i in range(len(causes))) + " |"]
    lines.append("|---|" + "---|" * len(causes))
    for i, true in enumerate(causes):
        cells = [str(counts[true, reported] or "") for reported in causes]
        lines.append(f"| {i + 1} `{true}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def stated_matrix() -> str:
    """The table as it stands in the page."""
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0]


def write_matrix(results: Iterable[Result]) -> None:
    """Puts the table in its place in the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + matrix(results) + END + rest.partition(END)[2])
