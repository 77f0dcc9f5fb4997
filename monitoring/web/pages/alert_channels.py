"""Adds, tests and removes alert channels and their routes; admins of the project may."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from monitoring.alerting.direct import find_kinds
from monitoring.alerting.direct.outbox import queue_test
from monitoring.models import AlertChannel, AlertRoute
from monitoring.web.pages.alert_forms import NewChannel, RouteForm, alerts_context
from monitoring.web.pages.projects import administered_project
from monitoring.web.pages.settings import KeyForm, show_settings

MOST_ROUTES = 20  # of a channel


@login_required
@require_POST
@never_cache
def add_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """A refused form is shown again without its secrets; a secret that we have made is shown on this answer alone."""
    project, how = administered_project(request), find_kinds().get(kind)
    if how is None:
        raise Http404(f"There is no kind of channel {kind}")
    form = NewChannel.of(kind, how, project, request.POST)
    if not form.is_valid():
        return show_settings(request, project, KeyForm(), status=422, **alerts_context(project, form))
    channel, secret = form.save(project, how)
    if secret:
        return show_settings(request, project, KeyForm(), new_channel=channel, channel_secret=secret)
    messages.success(request, f"The channel {channel.name} is added. Send a test to see that it works.")
    return redirect("settings")


@login_required
@require_POST
def test_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Queues a message; how it went is on the settings page a moment later."""
    channel = _channel(request, channel_id)
    queue_test(channel)
    messages.success(
        request, f"A test to {channel.name} is under way. Reload this page in a minute to see how it went."
    )
    return redirect("settings")


@login_required
@require_POST
def remove_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """With its routes, its secrets and whatever still waits for it."""
    channel = _channel(request, channel_id)
    channel.delete()
    messages.success(request, f"The channel {channel.name} is removed. Nothing goes there any more.")
    return redirect("settings")


@login_required
@require_POST
def add_route(request: HttpRequest, channel_id: int) -> HttpResponse:
    """More incidents for a channel."""
    channel = _channel(request, channel_id)
    form = RouteForm(channel.project, request.POST)
    if channel.routes.count() >= MOST_ROUTES:
        form.add_error(None, f"A channel has at most {MOST_ROUTES} routes: remove one first.")
    if not form.is_valid():
        refused = {"refused_route": form, "refused_channel": channel.pk}
        return show_settings(request, channel.project, KeyForm(), status=422, **refused)
    form.save(channel)
    return redirect("settings")


@login_required
@require_POST
def remove_route(request: HttpRequest, channel_id: int, route_id: int) -> HttpResponse:
    """With what still waits for it."""
    get_object_or_404(AlertRoute, pk=route_id, channel=_channel(request, channel_id)).delete()
    return redirect("settings")


def _channel(request: HttpRequest, channel_id: int) -> AlertChannel:
    return get_object_or_404(AlertChannel, pk=channel_id, project=administered_project(request))
