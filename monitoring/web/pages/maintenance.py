"""Begins and ends maintenance on the settings page."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from monitoring.models import MaintenanceWindow
from monitoring.web.pages.maintenance_form import MaintenanceForm
from monitoring.web.pages.projects import administered_project
from monitoring.web.pages.settings import KeyForm, show_settings


@login_required
@require_POST
def add_maintenance(request: HttpRequest) -> HttpResponse:
    """For all channels of the project."""
    project, form = administered_project(request), MaintenanceForm(request.POST, auto_id=False)
    if not form.is_valid():
        return show_settings(request, project, KeyForm(), status=422, maintenance_form=form)
    project.maintenance_windows.create(user=cast("User", request.user), **form.cleaned_data)
    return redirect("settings")


@login_required
@require_POST
def end_maintenance(request: HttpRequest, window_id: int) -> HttpResponse:
    """At once, or before it has begun."""
    get_object_or_404(MaintenanceWindow, pk=window_id, project=administered_project(request)).delete()
    return redirect("settings")
