"""Where every request goes."""

from django.urls import URLPattern, URLResolver, include, path

from ingest.urls import intake
from monitoring.web.api.prometheus import PrometheusMetrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(intake)),
    path("api/v1/", include("monitoring.web.api.urls")),  # before ingest: its view of `models` extends the one there
    path("api/v1/", include("ingest.urls")),
    path("metrics", PrometheusMetrics.as_view(), name="prometheus-metrics"),
    path("health/", include("monitoring.web.api.health")),
    path("", include("monitoring.web.pages.urls")),
]

handler400 = "ingest.api.problems.bad_request"
handler404 = "ingest.api.problems.not_found"
handler500 = "ingest.api.problems.failed"
