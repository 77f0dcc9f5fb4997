"""The first page: what is wrong now, and what is being served."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ingest.models import Model, Project
from monitoring.models import HourlyCount, Incident, IncidentState, hour_of
from monitoring.supervision.service_state import service_state
from monitoring.web.pages.charts import SPARKLINE_HOURS, Sparkline, sparkline
from monitoring.web.pages.delivery import delivery
from monitoring.web.pages.projects import current_project

NEWEST = 10


@dataclass(frozen=True)
class ModelTraffic:
    """A model and its last 24 hours."""

    model: Model
    day: Sparkline
    open_incidents: int


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Open incidents, models with their traffic, whether rows are looked at, and whether Cloud Monitoring is fed."""
    project = current_project(request)
    if project is None:
        return render(request, "no_project.html")
    still_open = Incident.objects.filter(project=project, state=IncidentState.OPEN)
    context = {
        "incidents": still_open.select_related("model", "last_version")[:NEWEST],
        "open_count": still_open.count(),
        "traffic": traffic(project),
        "delivery": delivery(),
        "failing_channels": [channel for channel in project.alert_channels.all() if channel.is_failing],
        "base_url": settings.NANWATCH_BASE_URL,
        "troubles": service_state().troubles,
    }
    return render(request, "overview.html", context)


def traffic(project: Project) -> list[ModelTraffic]:
    """Every model of the project with the hours of its versions added up, those with open incidents first."""
    last_hour = hour_of(timezone.now())
    hours = _hours_by_model(project, last_hour)
    still_open = Incident.objects.filter(project=project, state=IncidentState.OPEN)
    open_of: dict[int, int] = {}
    for model_id in still_open.values_list("model_id", flat=True):
        open_of[model_id] = open_of.get(model_id, 0) + 1
    found = [
        ModelTraffic(model, sparkline(hours.get(model.pk, {}), last_hour), open_of.get(model.pk, 0))
        for model in project.models.order_by("name")
    ]
    return sorted(found, key=lambda one: (-one.open_incidents, -one.day.rows, one.model.name))


def _hours_by_model(project: Project, last_hour: datetime) -> dict[int, dict[datetime, tuple[int, int]]]:
    since = last_hour - timedelta(hours=SPARKLINE_HOURS - 1)
    counts = HourlyCount.objects.filter(version__model__project=project, hour__gte=since, hour__lte=last_hour)
    hours: dict[int, dict[datetime, tuple[int, int]]] = {}
    for model_id, hour, rows, bad in counts.values_list("version__model_id", "hour", "predictions", "incident_rows"):
        of_model = hours.setdefault(model_id, {})
        before = of_model.get(hour, (0, 0))
        of_model[hour] = (before[0] + rows, before[1] + bad)
    return hours
