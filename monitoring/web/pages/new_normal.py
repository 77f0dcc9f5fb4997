"""A person accepts the hours of a drift as normal, or takes that back; what is accepted is shown with its features."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from monitoring.drift_hours.new_normal import accept, names_of, withdraw
from monitoring.models import NewNormal
from monitoring.web.pages.projects import visible_incident
from nantrace.diagnosis.phrases import listed
from nantrace.tensors.plain_text import without_nul
from nantrace.tensors.refusals import Refusal

ACTIONS = {"accept": accept, "withdraw": withdraw}


@dataclass(frozen=True)
class ShownNormal:
    """Accepted hours, and the features that are judged against them, in words."""

    stored: NewNormal
    features: str


def shown(normals: Iterable[NewNormal]) -> list[ShownNormal]:
    return [ShownNormal(one, listed(names_of(one))) for one in normals]


@login_required
@require_POST
def change_new_normal(request: HttpRequest, short_id: str) -> HttpResponse:
    """Accepts or takes back, and goes back to the incident; a refusal says what is missing."""
    incident = visible_incident(request, short_id)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return HttpResponseBadRequest(f"action must be one of {', '.join(ACTIONS)}")
    try:
        action(incident, cast("User", request.user), without_nul(request.POST.get("reason", "")).strip())
    except Refusal as refusal:
        return HttpResponseBadRequest(str(refusal))
    return redirect("incident", short_id=incident.short_id)
