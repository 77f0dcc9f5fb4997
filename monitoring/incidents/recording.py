"""From the findings of one batch to incidents, hits and history."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.models import Batch, Model
from monitoring.diagnosis.finding import Finding
from monitoring.incidents.fingerprint import fingerprint
from monitoring.incidents.numbering import next_short_id
from monitoring.incidents.states import add_event, change_state
from monitoring.incidents.strict import strict_report
from monitoring.models import Incident, IncidentEvent, IncidentHit, IncidentState

TITLE_LENGTH = 300


def record(batch: Batch, findings: Sequence[Finding]) -> list[Incident]:
    """Files the findings of `batch` under their incidents and returns these, in the order of the findings.

    Must run inside the transaction that also marks the batch as replayed. A batch counts once per incident,
    however often it is recorded. Rows of findings that share a fingerprint are counted once.
    """
    if not findings:
        return []
    # Everything below is one writer per model; NO KEY leaves room for batches that arrive meanwhile.
    model = Model.objects.select_for_update(no_key=True).get(pk=batch.version.model_id)
    return [_record(model, batch, key, finding) for key, finding in _grouped(findings).items()]


def _grouped(findings: Sequence[Finding]) -> dict[str, Finding]:
    grouped: dict[str, Finding] = {}
    for finding in findings:
        key = fingerprint(finding)
        first = grouped.get(key, finding)
        rows = sorted({*first.row_indices, *finding.row_indices})
        grouped[key] = replace(first, row_indices=rows)
    return grouped


def _record(model: Model, batch: Batch, key: str, finding: Finding) -> Incident:
    same = Incident.objects.filter(model=model, fingerprint=key)
    incident = same.select_for_update(no_key=True).first()  # a person may be resolving it right now
    if incident is None:
        incident = _open(model, batch, key, finding)
    elif incident.hits.filter(batch=batch).exists():
        return incident
    else:
        _note_version(incident, batch, finding)
        _update(incident, batch, finding)
    IncidentHit.objects.create(
        incident=incident,
        batch=batch,
        version_id=batch.version_id,
        row_indices=finding.row_indices,
        rows=finding.rows,
        observed_at=batch.observed_at,
    )
    return incident


def _open(model: Model, batch: Batch, key: str, finding: Finding) -> Incident:
    incident = Incident(
        project_id=model.project_id,
        model=model,
        short_id=next_short_id(model),
        fingerprint=key,
        symptom=finding.symptom,
        cause=finding.cause or "",
        rows=finding.rows,
        first_seen=batch.observed_at,
    )
    _describe(incident, batch, finding)
    incident.save()
    add_event(incident, IncidentEvent.Kind.OPENED, f"{_rows(finding)} of version {batch.version.version}")
    return incident


def _update(incident: Incident, batch: Batch, finding: Finding) -> None:
    incident.rows += finding.rows
    incident.first_seen = min(incident.first_seen, batch.observed_at)
    if batch.observed_at >= incident.last_seen:  # batches may arrive in any order
        _describe(incident, batch, finding)
    incident.save()


def _describe(incident: Incident, batch: Batch, finding: Finding) -> None:
    incident.report = strict_report(finding)
    incident.title = incident.report["title"][:TITLE_LENGTH]
    incident.confidence = finding.confidence
    incident.last_seen = batch.observed_at
    incident.last_version = batch.version


def _note_version(incident: Incident, batch: Batch, finding: Finding) -> None:
    version = batch.version.version
    if _is_regression(incident, batch):
        change_state(incident, IncidentState.OPEN, reason=f"version {version} brought it back: {_rows(finding)}")
    elif not incident.hits.filter(version_id=batch.version_id).exists():
        add_event(incident, IncidentEvent.Kind.NEW_VERSION, f"version {version} has it too: {_rows(finding)}")


def _is_regression(incident: Incident, batch: Batch) -> bool:
    """Whether rows came in after a person called it resolved; a backlog from before is no news."""
    if incident.state != IncidentState.RESOLVED:
        return False
    resolved = incident.events.filter(kind=IncidentEvent.Kind.RESOLVED).first()
    return resolved is None or batch.received_at >= resolved.at


def _rows(finding: Finding) -> str:
    return "1 row" if finding.rows == 1 else f"{finding.rows:,} rows"
