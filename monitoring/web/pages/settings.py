"""Settings of a project: API keys, members, alerts, Cloud Monitoring, retention."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ingest.models import ApiKey, Project, Role, Scope
from ingest.registry.invitations import open_invitations
from monitoring.metrics.version_series import count_others
from monitoring.web.pages.alert_forms import alerts_context
from monitoring.web.pages.cloud_alerts import cloud_alerts
from monitoring.web.pages.delivery import delivery
from monitoring.web.pages.maintenance_form import maintenance_context
from monitoring.web.pages.projects import administered_project, current_project

LIFETIMES = (30, 90, 365)  # days
OVERLAP = timedelta(days=1)  # in which the old and the new key work


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(max_length=100, label="What it is for")
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.INGEST],
        label="What it may do",
    )
    days = forms.TypedChoiceField(
        choices=[("", "never"), *((str(days), f"in {days} days") for days in LIFETIMES)],
        coerce=int,
        empty_value=None,
        required=False,
        label="Expires",
    )

    def expiry(self) -> datetime | None:
        days: int | None = self.cleaned_data["days"]
        return None if days is None else timezone.now() + timedelta(days=days)


@login_required
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Everything about a project that is not an incident or a model."""
    project = current_project(request)
    return render(request, "no_project.html") if project is None else show_settings(request, project, KeyForm())


@login_required
@require_POST
@never_cache
def create_key(request: HttpRequest) -> HttpResponse:
    """Makes a key and shows its secret on this answer alone; it is kept nowhere."""
    project, form = administered_project(request), KeyForm(request.POST)
    if not form.is_valid():
        return show_settings(request, project, form, status=422)
    name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
    key, secret = ApiKey.issue(project, name, scopes, expires_at=form.expiry())
    return show_settings(request, project, KeyForm(), key=key, secret=secret)


@login_required
@require_POST
@never_cache
def rotate_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Makes a key of the same name and scopes, shows its secret, and ends the old one a day later."""
    project = administered_project(request)
    old = get_object_or_404(ApiKey, pk=key_id, project=project, revoked_at=None)
    key, secret = old.rotate(OVERLAP)
    return show_settings(request, project, KeyForm(), key=key, secret=secret, rotated=old)


@login_required
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Ends a key for good."""
    key = get_object_or_404(ApiKey, pk=key_id, project=administered_project(request))
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    messages.success(request, f"The key {key.name} ({key.hint}\N{HORIZONTAL ELLIPSIS}) no longer works.")
    return redirect("settings")


def show_settings(
    request: HttpRequest, project: Project, form: KeyForm, status: int = 200, **fresh: Any
) -> HttpResponse:
    """The page with everything on it; `form` may be a refused one, and `fresh` holds what only this answer shows."""
    context = {
        "project": project,
        "form": form,
        "keys": project.api_keys.order_by(F("revoked_at").asc(nulls_first=True), "-created_at"),
        "members": project.memberships.select_related("user").order_by("user__username"),
        "invitations": open_invitations().filter(project=project).select_related("made_by").order_by("-made_at"),
        "roles": Role.values,
        "delivery": delivery(),
        **cloud_alerts(request, project),
        "others": count_others(project),
        "most_series": settings.NANWATCH_MONITORING_MAX_SERIES,
        "gcp_interval": settings.NANWATCH_MONITORING_INTERVAL,
        "retention_days": settings.NANWATCH_RETENTION_DAYS,
        "base_url": settings.NANWATCH_BASE_URL,
        **alerts_context(project),
        **maintenance_context(project),
        **fresh,
    }
    return render(request, "settings.html", context, status=status)
