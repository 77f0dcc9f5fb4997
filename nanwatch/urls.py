"""Where every request goes."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("ingest.api.urls")),
    path("api/v1/", include("monitoring.api.urls")),
    path("health/", include("ingest.api.health_urls")),
    path("", include("monitoring.views.urls")),
]
