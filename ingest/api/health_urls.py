"""Routes without authentication."""

from django.urls import URLPattern, path

from ingest.api.health import live, ready

urlpatterns: list[URLPattern] = [path("live", live, name="live"), path("ready", ready, name="ready")]
