"""From the findings of one batch, or of one hour, to incidents, hits and history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from ingest.models import Batch, Model, ModelVersion
from monitoring.incidents.identity import fingerprint, next_short_id
from monitoring.incidents.states import add_event, change_state
from monitoring.models import DriftWindow, Incident, IncidentEvent, IncidentHit, IncidentState
from nantrace.diagnosis.finding import Finding
from nantrace.report.diagnosis_report import strict_report

TITLE_LENGTH = 300
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Sighting:
    """Where findings were seen: in rows of a batch, or in the counts of an hour.

    `observed_at`: when the rows were served. `received_at`: when the service learned of them.
    """

    version: ModelVersion
    observed_at: datetime
    received_at: datetime
    batch: Batch | None = None
    window: DriftWindow | None = None

    @classmethod
    def of(cls, source: Batch | DriftWindow) -> Self:
        if isinstance(source, Batch):
            return cls(source.version, source.observed_at, source.received_at, batch=source)
        latest = min(source.changed_at, source.hour + HOUR)  # an hour that still runs, or one whose rows came later
        return cls(source.version, max(latest, source.hour), source.changed_at, window=source)

    def rows(self, finding: Finding) -> int:
        """A batch counts the rows that fail, an hour all that it counted: none of them alone is drift."""
        return finding.rows if self.window is None else self.window.rows

    def rows_in_words(self, finding: Finding) -> str:
        rows = self.rows(finding)
        return "1 row" if rows == 1 else f"{rows:,} rows"


def record(source: Batch | DriftWindow, findings: Sequence[Finding]) -> list[Incident]:
    """Files the findings of `source` under their incidents and returns these, in the order of the findings.

    Must run inside the transaction that also marks the batch as replayed, or the hour as judged. A source counts
    once per incident, however often it is recorded; an hour that has grown meanwhile counts with what it has now.
    Rows of findings that share a fingerprint are counted once.
    """
    if not findings:
        return []
    # Everything below is one writer per model; NO KEY leaves room for batches that arrive meanwhile.
    model = Model.objects.select_for_update(no_key=True).get(pk=source.version.model_id)
    seen = Sighting.of(source)
    return [_record(model, seen, key, finding) for key, finding in _grouped(findings).items()]


def _grouped(findings: Sequence[Finding]) -> dict[str, Finding]:
    grouped: dict[str, Finding] = {}
    for finding in findings:
        key = fingerprint(finding)
        first = grouped.get(key, finding)
        rows = sorted({*first.row_indices, *finding.row_indices})
        grouped[key] = replace(first, row_indices=rows)
    return grouped


def _record(model: Model, seen: Sighting, key: str, finding: Finding) -> Incident:
    same = Incident.objects.filter(model=model, fingerprint=key)
    incident = same.select_for_update(no_key=True).first()  # a person may be resolving it right now
    if incident is None:
        incident = _open(model, seen, key, finding)
    elif (hit := incident.hits.filter(batch=seen.batch, window=seen.window).first()) is not None:
        return _grown(incident, hit, seen, finding)
    else:
        _note_version(incident, seen, finding)
        _update(incident, seen, finding, seen.rows(finding))
    IncidentHit.objects.create(
        incident=incident,
        batch=seen.batch,
        window=seen.window,
        version=seen.version,
        row_indices=finding.row_indices,
        rows=seen.rows(finding),
        observed_at=seen.observed_at,
    )
    return incident


def _grown(incident: Incident, hit: IncidentHit, seen: Sighting, finding: Finding) -> Incident:
    """A batch never changes; rows that came for an hour since it was recorded are added to its hit."""
    more = seen.rows(finding) - hit.rows
    if seen.window is not None and more > 0:
        _update(incident, seen, finding, more)
        hit.rows, hit.observed_at = hit.rows + more, seen.observed_at
        hit.save(update_fields=["rows", "observed_at"])
    return incident


def _open(model: Model, seen: Sighting, key: str, finding: Finding) -> Incident:
    incident = Incident(
        project_id=model.project_id,
        model=model,
        short_id=next_short_id(model),
        fingerprint=key,
        symptom=finding.symptom,
        cause=finding.cause or "",
        rows=seen.rows(finding),
        first_seen=seen.observed_at,
    )
    _describe(incident, seen, finding)
    incident.save()
    add_event(incident, IncidentEvent.Kind.OPENED, f"{seen.rows_in_words(finding)} of version {seen.version.version}")
    return incident


def _update(incident: Incident, seen: Sighting, finding: Finding, rows: int) -> None:
    incident.rows += rows
    incident.first_seen = min(incident.first_seen, seen.observed_at)
    if seen.observed_at >= incident.last_seen:  # rows may arrive in any order
        _describe(incident, seen, finding)
    incident.save()


def _describe(incident: Incident, seen: Sighting, finding: Finding) -> None:
    incident.report = strict_report(finding)
    incident.title = incident.report["title"][:TITLE_LENGTH]
    incident.confidence = finding.confidence
    incident.last_seen = seen.observed_at
    incident.last_version = seen.version


def _note_version(incident: Incident, seen: Sighting, finding: Finding) -> None:
    version = seen.version.version
    if _is_regression(incident, seen):
        change_state(
            incident, IncidentState.OPEN, reason=f"version {version} brought it back: {seen.rows_in_words(finding)}"
        )
    elif not incident.hits.filter(version=seen.version).exists():
        add_event(
            incident, IncidentEvent.Kind.NEW_VERSION, f"version {version} has it too: {seen.rows_in_words(finding)}"
        )


def _is_regression(incident: Incident, seen: Sighting) -> bool:
    """Whether rows came in after a person called it resolved; a backlog from before is no news."""
    if incident.state != IncidentState.RESOLVED:
        return False
    resolved = incident.events.filter(kind=IncidentEvent.Kind.RESOLVED).first()
    return resolved is None or seen.received_at >= resolved.at
