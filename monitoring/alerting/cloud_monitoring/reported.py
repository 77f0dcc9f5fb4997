"""What becomes of a notification: an alert of its project, at the incidents that it is of."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from ingest.models import Project
from ingest.refusals import TryLater
from monitoring.alerting.cloud_monitoring.notification import ChannelTest, ReportedAlert
from monitoring.models import CloudAlert, CloudAlertState, CloudChannel, Incident, IncidentState
from nantrace.vocabulary import NO_CAUSE

MOST_ALERTS = 10_000  # of a project; retention makes room
MOST_INCIDENTS = 50  # of an alert: it names a model, and perhaps a cause
LATER = 3600  # seconds


@dataclass(frozen=True)
class Recorded:
    """`alert` is None where there is nothing to record, and `note` says why."""

    alert: CloudAlert | None = None
    note: str = ""


def record(project: Project, said: ChannelTest | ReportedAlert) -> Recorded:
    """Keeps what came for a project; alerts of other projects are not looked at.

    Notifications come twice and in any order: there is one alert for each id, and what is closed stays closed.
    Raises TryLater where the project has more alerts than are kept.
    """
    if isinstance(said, ChannelTest):
        _note(project, tested_at=timezone.now())
        return Recorded(note="the channel works")
    if said.namespace and said.namespace != project.name:
        return Recorded(note="an alert of another project")
    with transaction.atomic():
        alert = _kept(project, said)
        alert.incidents.add(*_affected(project, said))
    _note(project, reported_at=timezone.now())
    return Recorded(alert)


def close_forgotten() -> int:
    """Closes what an earlier stand-in on this machine left open, which nobody will close; returns how many alerts."""
    left = CloudAlert.objects.filter(state=CloudAlertState.OPEN, url__startswith="http://127.0.0.1:")
    return left.update(state=CloudAlertState.CLOSED, ended_at=timezone.now())


def _note(project: Project, **moments: Any) -> None:
    CloudChannel.objects.update_or_create(project=project, defaults=moments)


def _kept(project: Project, said: ReportedAlert) -> CloudAlert:
    alert = CloudAlert.objects.select_for_update().filter(project=project, alert_id=said.alert_id).first()
    if alert is None and project.cloud_alerts.count() >= MOST_ALERTS:
        raise TryLater("incident", f"{MOST_ALERTS} alerts of this project are kept already", LATER)
    alert, is_new = CloudAlert.objects.select_for_update().get_or_create(
        project=project, alert_id=said.alert_id, defaults=_columns(said)
    )
    if not is_new:
        _update(alert, said)
    return alert


def _columns(said: ReportedAlert) -> dict[str, Any]:
    return {
        "policy": said.policy,
        "state": CloudAlertState.CLOSED if said.is_closed else CloudAlertState.OPEN,
        "severity": said.severity,
        "url": said.url,
        "started_at": said.started_at,
        "ended_at": said.ended_at or (timezone.now() if said.is_closed else None),
    }


def _update(alert: CloudAlert, said: ReportedAlert) -> None:
    if alert.state == CloudAlertState.CLOSED and not said.is_closed:
        return
    known = {"started_at": alert.started_at, "ended_at": alert.ended_at}
    for name, value in _columns(said).items():
        setattr(alert, name, known.get(name) or value)
    alert.save()


def _affected(project: Project, said: ReportedAlert) -> list[Incident]:
    """The open incidents of the model and cause that the alert names, else the one that was seen last."""
    if not said.model:
        return []
    found = Incident.objects.filter(project=project, model__name=said.model)
    if said.cause:
        found = found.filter(cause="" if said.cause == NO_CAUSE else said.cause)
    still_open = found.filter(state=IncidentState.OPEN)
    if said.incident_severity:
        still_open = still_open.filter(severity=said.incident_severity)
    return list(still_open[:MOST_INCIDENTS]) or list(found[:1])
