"""Alerts of an incident on its page: what was sent, and the mute, which every alert links to."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitoring.incidents.muting import MuteEnd, active_mute, mute, unmute
from monitoring.models import Incident, QueuedAlert
from monitoring.web.pages.projects import visible_incident

MOST_QUEUED = 5  # on an incident's page
HOURS = [("", "no limit"), ("1", "1 hour"), ("4", "4 hours"), ("24", "1 day"), ("168", "1 week")]


class MuteForm(forms.Form):
    """Until when; the first that comes."""

    hours = forms.ChoiceField(choices=HOURS, required=False, label="Time")
    other_version = forms.BooleanField(required=False, label="Until another version has it")
    more_rows = forms.IntegerField(required=False, min_value=1, max_value=10**12, label="Until so many more rows")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError("Choose when the mute ends: a time, another version, or a number of rows.")
        return cleaned

    @property
    def end(self) -> MuteEnd:
        hours, more_rows = self.cleaned_data["hours"], self.cleaned_data["more_rows"]
        until = timezone.now() + timedelta(hours=int(hours)) if hours else None
        return MuteEnd(until, self.cleaned_data["other_version"], more_rows)


@login_required
@require_POST
def change_mute(request: HttpRequest, short_id: str) -> HttpResponse:
    """Mutes or, with `action=unmute`, ends the mute; a refusal says what is missing."""
    incident, user = visible_incident(request, short_id), cast("User", request.user)
    if request.POST.get("action") == "unmute":
        unmute(incident, user)
        return redirect("incident", short_id=incident.short_id)
    form = MuteForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), content_type="text/plain; charset=utf-8")
    mute(incident, form.end, user)
    return redirect("incident", short_id=incident.short_id)


def alert_context(incident: Incident) -> dict[str, object]:
    """What the incident's page shows of its alerts: the newest, and the mute."""
    alerts = QueuedAlert.objects.filter(event__incident=incident).select_related("channel").order_by("-pk")
    return {
        "queued_alerts": alerts[:MOST_QUEUED],
        "mute": active_mute(incident, timezone.now()),
        "mute_form": MuteForm(auto_id=False),
    }
