"""Where every request goes."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("monitoring.api.urls")),  # first: its view of `models` extends that of ingest
    path("api/v1/", include("ingest.api.urls")),
    path("health/", include("ingest.api.health_urls")),
    path("", include("monitoring.views.urls")),
]

handler400 = "ingest.api.fallbacks.bad_request"
handler404 = "ingest.api.fallbacks.not_found"
handler500 = "ingest.api.fallbacks.failed"
