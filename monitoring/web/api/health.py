"""`/health/ready` with the state of the programs behind the web, which no probe of the web itself shows."""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ingest.api.health import live, missing
from monitoring.supervision.service_state import service_state


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """200 when database and storage take writes, else 503 with what is missing.

    Troubles behind the web leave it 200: rows are still taken and kept, and no probe must take the web away for them.
    """
    lacking = missing()
    if lacking:
        return JsonResponse({"status": "not ready", "missing": lacking}, status=503)
    return JsonResponse({"status": "ready", "missing": [], **service_state().document()})


urlpatterns: list[URLPattern] = [path("live", live, name="live"), path("ready", ready, name="ready")]
