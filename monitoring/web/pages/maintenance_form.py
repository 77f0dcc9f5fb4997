"""Times in which a project sends no alerts; what happens in them is sent when they end."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from ingest.models import Project

LONGEST = timedelta(days=7)
PICKER = {"type": "datetime-local"}


class MaintenanceForm(forms.Form):
    """From when to when, in UTC."""

    begins = forms.DateTimeField(widget=forms.DateTimeInput(PICKER), label="From (UTC)")
    ends = forms.DateTimeField(widget=forms.DateTimeInput(PICKER), label="until (UTC)")
    reason = forms.CharField(max_length=300, required=False, label="Reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and not begins < ends <= begins + LONGEST:
            raise forms.ValidationError(f"A maintenance ends after it begins, at most {LONGEST.days} days later.")
        if ends and ends <= timezone.now():
            raise forms.ValidationError("A maintenance that is over changes nothing: choose a later end.")
        return cleaned


def maintenance_context(project: Project) -> dict[str, Any]:
    """What the settings page shows of those that are not over."""
    windows = project.maintenance_windows.filter(ends__gt=timezone.now()).select_related("user")
    return {"maintenance_windows": windows, "maintenance_form": MaintenanceForm(auto_id=False)}
