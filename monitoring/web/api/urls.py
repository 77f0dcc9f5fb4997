"""Routes of the read API."""

from django.urls import URLPattern, path

from monitoring.web import url_converters  # noqa: F401 - registers <name:...>
from monitoring.web.api import batches, cloud_notifications, drift, incidents, models

urlpatterns: list[URLPattern] = [
    path("models", models.Models.as_view()),
    path("models/<name:name>", models.OneModel.as_view()),
    path("models/<name:name>/versions/<name:version>", models.OneVersion.as_view()),
    path("models/<name:name>/versions/<name:version>/drift", drift.Drift.as_view()),
    path("cloud-monitoring/notifications", cloud_notifications.CloudNotifications.as_view()),
    path("batches/<name:batch_id>", batches.OneBatch.as_view()),
    path("batches/<name:batch_id>/requeue", batches.RequeuedBatch.as_view()),
    path("incidents", incidents.Incidents.as_view()),
    path("incidents/<name:short_id>", incidents.OneIncident.as_view()),
    path("incidents/<name:short_id>/new_normal", incidents.NewNormalOfIncident.as_view()),
    path("incidents/<name:short_id>/reproduction", incidents.Reproduction.as_view()),
]
