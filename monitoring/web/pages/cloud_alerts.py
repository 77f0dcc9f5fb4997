"""Alerts of Cloud Monitoring on the settings page: the button that sets them up, and whether they come back."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ingest.models import Project
from monitoring.alerting.cloud_monitoring.setup_orders import request_setup
from monitoring.google_stand_in import PROJECT as STAND_IN
from monitoring.models import CloudChannel, OrderState
from monitoring.web.pages.projects import current_project

MOST_EMAILS, MOST_SHOWN = 10, 5


class AlertSetupForm(forms.Form):
    """Who gets a mail of each alert, besides the incidents themselves."""

    emails = forms.CharField(required=False, max_length=1000)

    def clean_emails(self) -> list[str]:
        addresses = str(self.cleaned_data["emails"]).replace(",", " ").split()
        if len(addresses) > MOST_EMAILS:
            raise forms.ValidationError(f"at most {MOST_EMAILS} addresses")
        for address in addresses:
            validate_email(address)
        return addresses


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def alert_setup(request: HttpRequest) -> HttpResponse:
    """GET: how far it is, for htmx. POST: orders it.

    The policies are of the whole service, and a mail about one project names its models: so only administrators order.
    """
    project = current_project(request)
    if project is None:
        raise Http404("You are in no project")
    if request.method == "POST":
        return _ordered(request, project)
    return render(request, "settings/_alert_setup.html", cloud_alerts(request, project))


def _ordered(request: HttpRequest, project: Project) -> HttpResponse:
    user, form = cast("User", request.user), AlertSetupForm(request.POST)
    if not user.is_superuser:
        raise PermissionDenied("Only administrators set up alerts: the policies are of the whole service.")
    if not form.is_valid():
        return HttpResponseBadRequest(f"emails: up to {MOST_EMAILS} addresses, such as oncall@example.com")
    request_setup(project, form.cleaned_data["emails"], user)
    return redirect("settings")


def cloud_alerts(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What the section of the settings page shows."""
    last = project.alert_setups.first()
    return {
        "project": project,
        "setup": last,
        "setup_waits": last is not None and last.state == OrderState.WAITING,
        "may_set_up": cast("User", request.user).is_superuser and bool(settings.NANWATCH_GCP_PROJECT),
        "channel": CloudChannel.objects.filter(project=project).first(),
        "other_alerts": project.cloud_alerts.filter(incidents=None)[:MOST_SHOWN],
        "emulator": settings.NANWATCH_MONITORING_ENDPOINT,
        "stand_in_page": _page_of_stand_in(),
    }


def _page_of_stand_in() -> str:
    """The page of `manage.py fake_cloud_monitoring` is on the port after its services."""
    if settings.NANWATCH_GCP_PROJECT != STAND_IN:
        return ""
    host, _, port = settings.NANWATCH_MONITORING_ENDPOINT.rpartition(":")
    return f"http://{host}:{int(port) + 1}" if port.isdigit() else ""
