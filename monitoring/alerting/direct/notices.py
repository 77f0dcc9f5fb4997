"""From an incident to what is reported of it."""

from collections.abc import Mapping

from django.conf import settings

from ingest.models import Project
from monitoring.alerting.direct.message import LONGEST_LINE, LONGEST_NAME, IncidentChange, IncidentNotice
from monitoring.incidents.hour_share import HourShare
from monitoring.models import Incident
from nantrace import vocabulary
from nantrace.diagnosis.phrases import listed
from nantrace.report.numbers import percent
from nantrace.severity import IncidentSeverity
from nantrace.tensors.plain_text import one_line

ANSWERS = {
    "nonfinite_output": "answers NaN or infinity",
    "absorbed": "answers wrong numbers",
    "replay_failed": "refuses rows",
}


def notices_of(changes: Mapping[Incident, IncidentChange]) -> list[IncidentNotice]:
    """One an incident, as it is stored now. Names and sentences of users become single lines of bounded length."""
    shares = HourShare.of_newest_hours(changes)
    return [_notice(incident, change, shares[incident.pk]) for incident, change in changes.items()]


def overview_url(project: Project) -> str:
    return f"{settings.NANWATCH_BASE_URL}/incidents?project={project.pk}"


def _notice(incident: Incident, change: IncidentChange, share: HourShare) -> IncidentNotice:
    return IncidentNotice(
        change=change,
        incident_id=incident.pk,
        short_id=incident.short_id,
        project=short_name(incident.project.name),
        model=short_name(incident.model.name),
        version=short_name(incident.last_version.version),
        severity=IncidentSeverity(incident.severity),
        symptom=incident.symptom,
        cause=incident.cause,
        verdict=_verdict(incident, share),
        responsible=_responsible(incident),
        rows=incident.rows,
        first_seen=incident.first_seen,
        remedy=_remedy(incident),
        url=f"{settings.NANWATCH_BASE_URL}/incidents/{incident.short_id}?project={incident.project_id}",
    )


def _verdict(incident: Incident, share: HourShare) -> str:
    """`Missing value in the input (income): churn 8 answers NaN or infinity in 12% of its predictions`."""
    model = f"{short_name(incident.model.name)} {short_name(incident.last_version.version)}"
    if incident.symptom not in ANSWERS:  # nothing failed: the title says what moved
        return f"{_bounded(incident.title.rstrip('.'), LONGEST_LINE - len(model) - 3)} ({model})"
    cause, _ = vocabulary.cause_in_words(incident.cause, incident.symptom)
    names = listed(_features(incident))
    return _line(f"{cause}{f' ({names})' if names else ''}: {model} {ANSWERS[incident.symptom]}{_in_words(share)}")


def _in_words(share: HourShare) -> str:
    if not share.served or not share.failing:
        return ""
    return f" in {percent(min(share.failing / share.served, 1.0))} of its predictions"


def _features(incident: Incident) -> list[str]:
    return [short_name(one["name"]) for one in incident.report.get("features", [])]


def _responsible(incident: Incident) -> str:
    features = incident.report.get("features", [])
    return _line(listed([f"{short_name(one['name'])} ({one['reason']})" for one in features]))


def _remedy(incident: Incident) -> str:
    """The first one, with what it rests on."""
    for remedy in incident.report.get("remedies", []):
        proven = "proven: it cured every failing row in a replay" if remedy["proven"] else "advised, not proven"
        return _line(f"{remedy['title']} ({proven})")
    return ""


def short_name(text: str) -> str:
    """A name that a user has given, as a single line of bounded length."""
    return _bounded(text, LONGEST_NAME)


def _line(text: str) -> str:
    return _bounded(text, LONGEST_LINE)


def _bounded(text: str, longest: int) -> str:
    line = " ".join(one_line(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
