"""What the audit of a model found, for a notebook, a terminal or a program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nantrace.audit.audit_artifact import Audit
from nantrace.report.markup import Html, element, page
from nantrace.report.numbers import counted
from nantrace.report.report import Report

if TYPE_CHECKING:
    from rich.console import Console

TONES = {"error": "bad", "warning": "warn", "info": "quiet"}
COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "dim"}  # of the same in a terminal


@dataclass(frozen=True, repr=False)
class AuditReport(Report):
    """`notes`: sentences on what was left out of the reference."""

    audit: Audit
    notes: Sequence[str] = ()

    @property
    def found(self) -> bool:
        return self.audit.state != "passed"

    @property
    def summary(self) -> str:
        if self.audit.state == "refused":
            return "The model cannot be loaded."
        remarks = counted(len(self.audit.findings), "remark")
        if not self.found:
            return f"The audit passed, with {remarks}." if self.audit.findings else "The audit passed: nothing wrong."
        return f"The audit has {counted(len(self.audit.findings), 'finding')}."

    def to_dict(self) -> dict[str, Any]:
        """`{"state": "passed" | "findings" | "refused", "findings": [...]}`, as a version shows it in the API."""
        return {"state": self.audit.state, "findings": self.audit.findings}

    def write(self, console: "Console") -> None:
        from nantrace.report.text_parts import print_notes_and_summary

        for finding in self.audit.findings:
            _print_finding(console, finding)
        print_notes_and_summary(console, self)

    def html(self) -> Html:
        notes = [element("p", note, class_="quiet") for note in self.notes]
        summary = element("p", self.summary, class_="summary" if self.found else "summary good")
        return page(summary, *(_article(one) for one in self.audit.findings), *notes)


def _print_finding(console: "Console", finding: dict[str, Any]) -> None:
    from rich.text import Text

    from nantrace.report.text_parts import indented, plain

    where = f" in {finding['layer']}" if finding["layer"] else ""
    severity = finding["severity"]
    console.print(Text.assemble((severity, COLOURS[severity]), f" {finding['code']}", plain(where)))
    console.print(indented(plain(finding["message"], "bold")))
    console.print(indented(plain(finding["remedy"])))
    console.print()


def _article(finding: dict[str, Any]) -> Html:
    severity = element("span", finding["severity"], class_=f"pill {TONES[finding['severity']]}")
    where = [" in ", element("code", finding["layer"])] if finding["layer"] else []
    badge = element("p", severity, " ", element("code", finding["code"]), *where)
    return element("article", badge, element("p", finding["message"]), element("p", finding["remedy"], class_="remedy"))
