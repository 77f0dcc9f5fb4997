"""What a person reads of incidents: plain text, the worst first, the cause in the first words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from nantrace.severity import IncidentSeverity

MOST_INCIDENTS = 10  # in words; the others are counted
LONGEST_NAME, LONGEST_LINE = 60, 300


class IncidentChange(StrEnum):
    """What happened to an incident; `word` begins its sentence."""

    OPENED = "opened"
    RETURNED = "returned"
    WORSENED = "worsened"
    STILL_OPEN = "still_open"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        return {"opened": "", "returned": "Back: ", "worsened": "Worse: ", "still_open": "Still open: "}.get(
            self.value, "Closed: "
        )


@dataclass(frozen=True)
class IncidentNotice:
    """One incident as it is reported. Every text is a single printable line; names in it come from users.

    `verdict`: a sentence, the cause first. `remedy` says how well it is proven. `url` is one per incident, and known
    to the service alone.
    """

    change: IncidentChange
    incident_id: int
    short_id: str
    project: str
    model: str
    version: str
    severity: IncidentSeverity
    symptom: str
    cause: str
    verdict: str
    responsible: str
    rows: int
    first_seen: datetime
    remedy: str
    url: str

    @property
    def mute_url(self) -> str:
        return f"{self.url}#mute"

    @property
    def headline(self) -> str:
        return f"{self.change.word}{self.verdict} [{self.short_id}, {self.severity}]"

    @property
    def details(self) -> list[str]:
        """The lines below the headline, without the links."""
        since = f"First seen {self.first_seen:%Y-%m-%d %H:%M} UTC, {self.rows:,} row{'s'[: self.rows != 1]} so far"
        responsible = [f"Responsible: {self.responsible}"] if self.responsible else []
        return [*responsible, since, *([f"What to do: {self.remedy}"] if self.remedy else [])]


@dataclass(frozen=True)
class AlertMessage:
    """One message to a channel. `id` stays when it is sent again; `overview` is where all incidents are listed.

    Without incidents it is a test.
    """

    id: str
    project: str
    overview: str
    notices: Sequence[IncidentNotice] = ()

    @classmethod
    def of(cls, id_: str, project: str, overview: str, notices: Iterable[IncidentNotice]) -> Self:
        """Open before closed, then the most severe, then the one of most rows."""
        order = sorted(notices, key=lambda one: (one.change == IncidentChange.CLOSED, -one.severity.rank, -one.rows))
        return cls(id_, project, overview, order)

    @property
    def headline(self) -> str:
        if not self.notices:
            return f"Test: alerts of {self.project} arrive here"
        first, count = self.notices[0].headline, len(self.notices)
        return first if count == 1 else f"{count} incidents, the worst: {first}"

    @property
    def text(self) -> str:
        """All of it, as lines."""
        if not self.notices:
            return f"{self.headline}.\nNobody has to do anything.\n{self.overview}"
        shown = [_paragraph(one) for one in self.notices[:MOST_INCIDENTS]]
        more = len(self.notices) - MOST_INCIDENTS
        return "\n\n".join([*shown, *([f"And {more} more: {self.overview}"] if more > 0 else [])])


def _paragraph(notice: IncidentNotice) -> str:
    return "\n".join([notice.headline, *notice.details, notice.url, f"Mute: {notice.mute_url}"])
