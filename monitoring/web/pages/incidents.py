"""The list of incidents, one incident, and the buttons under it."""

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from monitoring.drift_hours.new_normal import accepted_now
from monitoring.incidents import change_state
from monitoring.incidents.examples import examples
from monitoring.incidents.related import related
from monitoring.incidents.states import add_event
from monitoring.models import Incident, IncidentEvent, IncidentState
from monitoring.reproduction import NothingKept, download
from monitoring.web.pages.incident_alerts import alert_context
from monitoring.web.pages.incident_search import ANY_STATE, as_query, chosen_filters, matching
from monitoring.web.pages.incident_story import origin_story, tabulate, versions_affected
from monitoring.web.pages.new_normal import shown
from monitoring.web.pages.projects import current_project, visible_incident
from monitoring.web.pages.verifications import verification_context
from monitoring.web.paging import page_of
from nantrace import vocabulary
from nantrace.diagnosis.finding import LayerMagnitude
from nantrace.report.layer_bars import layer_strip
from nantrace.severity import SEVERITIES
from nantrace.tensors.plain_text import without_nul

MOST_ALERTS = 20
COMMENT = "comment"  # in the place of a state: the button that Enter presses


@login_required
@require_safe
@vary_on_headers("HX-Request")
def incident_list(request: HttpRequest) -> HttpResponse:
    """All incidents of a project, newest first; htmx asks for the rows alone."""
    project = current_project(request)
    if project is None:
        return render(request, "no_project.html")
    chosen = chosen_filters(request.GET)
    context = {
        "page": page_of(request, matching(project, chosen).select_related("model", "last_version")),
        "chosen": chosen,
        "models": project.models.order_by("name").values_list("name", flat=True),
        "tabs": {state: as_query(chosen, state=state) for state in (*IncidentState.values, ANY_STATE)},
        "severities": SEVERITIES[::-1],
        "causes": vocabulary.CAUSES,
        "symptoms": vocabulary.SYMPTOMS,
        "any_at_all": Incident.objects.filter(project=project).exists(),
        "query": as_query(chosen),
    }
    if request.headers.get("HX-Target") != "incidents":
        return render(request, "incidents/list.html", context)
    rows = render(request, "incidents/_table.html", context)
    rows.headers["HX-Push-Url"] = f"{request.path}?{context['query']}"
    return rows


@login_required
@require_safe
def incident_detail(request: HttpRequest, short_id: str) -> HttpResponse:
    """One incident: what happened, why, where, and what to do."""
    incident = visible_incident(request, short_id)
    context = {
        **_state_context(incident),
        "report": incident.report,
        "story": origin_story(incident),
        "fails": incident.symptom not in vocabulary.CAUSELESS,
        "faults": vocabulary.FAULTS,
        "strip": layer_strip([LayerMagnitude(**one) for one in incident.report.get("layers", [])]),
        "versions": versions_affected(incident),
        "alerts": incident.cloud_alerts.all()[:MOST_ALERTS],
        "emulator": settings.NANWATCH_MONITORING_ENDPOINT,
        "table": tabulate(examples(incident), incident),
        **verification_context(incident),
        **alert_context(incident),
    }
    return render(request, "incidents/detail.html", context)


@login_required
@require_POST
def change_incident(request: HttpRequest, short_id: str) -> HttpResponse:
    """Resolves, ignores or reopens, with those of the same fault if asked for; or writes a comment and changes nothing.

    Answers the changed parts to htmx and the page to everybody else.
    """
    incident = visible_incident(request, short_id)
    wanted = request.POST.get("state", "")
    if wanted not in (*IncidentState.values, COMMENT):
        return HttpResponseBadRequest(f"state must be one of {', '.join((*IncidentState.values, COMMENT))}")
    user = cast("User", request.user)
    reason = without_nul(request.POST.get("reason", "").strip())
    if wanted == COMMENT:
        if reason:
            add_event(incident, IncidentEvent.Kind.COMMENTED, reason, user)
        return _answered(request, incident)
    for one in (incident, *(related(incident) if request.POST.get("same_fault") else ())):
        change_state(one, IncidentState(wanted), user, reason)
    return _answered(request, incident)


def _answered(request: HttpRequest, incident: Incident) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "incidents/_changed.html", _state_context(incident))
    return redirect("incident", short_id=incident.short_id)


@login_required
@require_safe
def incident_reproduction(request: HttpRequest, short_id: str) -> HttpResponse:
    """A zip file: a script, some of the failing rows, and what is claimed about them."""
    try:
        return download(visible_incident(request, short_id))
    except NothingKept as error:
        raise Http404(str(error)) from error


def _state_context(incident: Incident) -> dict[str, object]:
    return {
        "incident": incident,
        "comment": COMMENT,
        "events": incident.events.select_related("user"),
        "same_fault": related(incident),
        "normals": shown(accepted_now(incident)[:1]),
    }
