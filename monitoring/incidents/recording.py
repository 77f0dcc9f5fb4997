"""From the findings of one batch, or of one hour, to incidents, hits and history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from ingest.models import Batch, Model, ModelVersion
from monitoring.incidents.adding_up import added_up
from monitoring.incidents.episode import newest_episode
from monitoring.incidents.hour_share import HourShare
from monitoring.incidents.identity import fingerprint, next_short_id
from monitoring.incidents.states import add_event, change_state
from monitoring.models import (
    HOUR,
    DriftWindow,
    Incident,
    IncidentDescription,
    IncidentEvent,
    IncidentHit,
    IncidentState,
)
from nantrace.diagnosis.finding import Finding
from nantrace.report.diagnosis_report import strict_report
from nantrace.severity import IncidentSeverity, severity_of

TITLE_LENGTH = 300
MOST_DESCRIPTIONS = 100  # of an incident


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
        grouped[key] = _together(grouped[key], finding) if key in grouped else finding
    return grouped


def _together(one: Finding, other: Finding) -> Finding:
    """The finding of more rows, with what the other has as well."""
    first = max(one, other, key=lambda finding: finding.rows)
    rows = sorted({*one.row_indices, *other.row_indices})
    return replace(
        first,
        row_indices=rows,
        features=[*one.features, *other.features],
        evidence=[*one.evidence, *other.evidence],
        answers=[*one.answers, *other.answers],
        cured=min(one.cured + other.cured, len(rows)),
    )


def _record(model: Model, seen: Sighting, key: str, finding: Finding) -> Incident:
    same = Incident.objects.filter(model=model, fingerprint=key)
    incident = same.select_for_update(no_key=True).first()  # a person may be resolving it right now
    is_new, has_returned = incident is None, False
    report = strict_report(finding)
    answers = report.pop("answers")  # to single rows: they are kept with these, and go with them
    if incident is None:
        incident = _open(model, seen, key, finding, report)
    elif (hit := incident.hits.filter(batch=seen.batch, window=seen.window).first()) is not None:
        return _grown(incident, hit, seen, finding, report)
    else:
        has_returned = _is_regression(incident, seen)
        _note_version(incident, seen, finding, has_returned=has_returned)
        _update(incident, seen, report, seen.rows(finding))
    IncidentHit.objects.create(
        incident=incident,
        batch=seen.batch,
        window=seen.window,
        version=seen.version,
        row_indices=finding.row_indices,
        rows=seen.rows(finding),
        answers=answers,
        observed_at=seen.observed_at,
    )
    _escalate(incident, seen, is_new=is_new, has_returned=has_returned)
    if seen.window is not None:
        _date(incident)
    return incident


def _date(incident: Incident) -> None:
    """A drift says in its title since when it goes on."""
    episode = newest_episode(incident)
    if episode is not None:
        clause = f" {episode.clause}"
        incident.title = incident.report["title"][: TITLE_LENGTH - len(clause)] + clause
        incident.save(update_fields=["title"])


def _escalate(incident: Incident, seen: Sighting, *, is_new: bool, has_returned: bool) -> None:
    """By the share of the hour's predictions that hit it. It stays as urgent as it was, until it comes back."""
    share = HourShare.of(incident, seen.version, seen.observed_at)
    now = severity_of(
        incident.symptom, incident.cause, failing=share.failing, served=share.served, has_returned=has_returned
    )
    before = IncidentSeverity.INFO if has_returned else IncidentSeverity(incident.severity)
    if now.rank <= before.rank and not has_returned:
        return
    incident.severity = now
    incident.save(update_fields=["severity"])
    if not is_new and not has_returned:
        add_event(incident, IncidentEvent.Kind.WORSENED, f"from {before} to {now}")


def _grown(incident: Incident, hit: IncidentHit, seen: Sighting, finding: Finding, report: dict[str, Any]) -> Incident:
    """A batch never changes; rows that came for an hour since it was recorded are added to its hit."""
    more = seen.rows(finding) - hit.rows
    if seen.window is not None and more > 0:
        _update(incident, seen, report, more)
        hit.rows, hit.observed_at = hit.rows + more, seen.observed_at
        hit.save(update_fields=["rows", "observed_at"])
        _date(incident)
    return incident


def _open(model: Model, seen: Sighting, key: str, finding: Finding, report: dict[str, Any]) -> Incident:
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
    _read_as(incident, report)
    incident.last_seen, incident.last_version = seen.observed_at, seen.version
    incident.save()
    if seen.batch is not None:
        _count_description(incident, seen.batch, report)
    add_event(incident, IncidentEvent.Kind.OPENED, f"{seen.rows_in_words(finding)} of version {seen.version.version}")
    return incident


def _update(incident: Incident, seen: Sighting, report: dict[str, Any], rows: int) -> None:
    incident.rows += rows
    incident.first_seen = min(incident.first_seen, seen.observed_at)
    newest = seen.observed_at >= incident.last_seen  # rows may arrive in any order
    if seen.batch is not None:
        _add(incident, seen.batch, report, newest=newest)
    elif newest:  # an hour was judged as a whole: it adds to no other
        _read_as(incident, report)
    if newest:
        incident.last_seen, incident.last_version = seen.observed_at, seen.version
    incident.save()


def _read_as(incident: Incident, report: dict[str, Any]) -> None:
    incident.report = report
    incident.title = report["title"][:TITLE_LENGTH]
    incident.confidence = report["confidence"]


def _add(incident: Incident, batch: Batch, report: dict[str, Any], *, newest: bool) -> None:
    """What all batches say together, in the words of the description that most rows have."""
    total = added_up([incident.report, report])
    last = report if newest else incident.report
    _count_description(incident, batch, report)
    first = incident.descriptions.first()
    words = report if first is None else first.report
    of_newest = {name: last[name] for name in ("row_indices", "failing_rows") if name in last}
    _read_as(incident, {**words, **total, **of_newest, "rows": incident.rows})


def _count_description(incident: Incident, batch: Batch, report: dict[str, Any]) -> None:
    """Its report is that of the batch with most rows, then the earliest, so that no order of arrival matters."""
    title, rows = report["title"][:TITLE_LENGTH], report["rows"]
    known = incident.descriptions.filter(title=title).first()
    if known is None:
        if incident.descriptions.count() >= MOST_DESCRIPTIONS:
            return
        known = IncidentDescription(incident=incident, title=title, report=report, observed_at=batch.observed_at)
    known.rows += rows
    if (-rows, batch.observed_at, batch.pk) < (-known.batch_rows, known.observed_at, known.batch):
        known.report, known.batch_rows = report, rows
        known.observed_at, known.batch = batch.observed_at, batch.pk
    known.save()


def _note_version(incident: Incident, seen: Sighting, finding: Finding, *, has_returned: bool) -> None:
    version = seen.version.version
    if has_returned:
        change_state(
            incident, IncidentState.OPEN, reason=f"version {version} brought it back: {seen.rows_in_words(finding)}"
        )
    elif not incident.hits.filter(version=seen.version).exists():
        add_event(
            incident, IncidentEvent.Kind.NEW_VERSION, f"version {version} has it too: {seen.rows_in_words(finding)}"
        )


def _is_regression(incident: Incident, seen: Sighting) -> bool:
    """Whether rows came in after a person called it resolved, or normal; a backlog from before is no news."""
    if incident.state != IncidentState.RESOLVED:
        return False
    resolved = incident.events.filter(kind__in=IncidentEvent.CLOSING).first()
    return resolved is None or seen.received_at >= resolved.at
