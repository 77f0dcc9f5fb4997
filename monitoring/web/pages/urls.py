"""Routes of the pages."""

from django.contrib.auth import views as auth
from django.urls import URLPattern, path

from monitoring.web import url_converters  # noqa: F401 - registers <name:...>
from monitoring.web.pages import (
    alert_channels,
    batches,
    cloud_alerts,
    confirm_address,
    drift,
    incident_alerts,
    incidents,
    maintenance,
    models,
    new_normal,
    overview,
    register,
    settings,
    verifications,
)

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path(
        "login",
        auth.LoginView.as_view(template_name="login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("confirm-address/<str:token>", confirm_address.confirm_address, name="confirm-address"),
    path("logout", auth.LogoutView.as_view(next_page="login"), name="logout"),
    path("incidents", incidents.incident_list, name="incidents"),
    path("incidents/<name:short_id>", incidents.incident_detail, name="incident"),
    path("incidents/<name:short_id>/state", incidents.change_incident, name="change-incident"),
    path("incidents/<name:short_id>/mute", incident_alerts.change_mute, name="mute"),
    path("incidents/<name:short_id>/new-normal", new_normal.change_new_normal, name="new-normal"),
    path("incidents/<name:short_id>/verifications", verifications.verifications, name="verifications"),
    path("incidents/<name:short_id>/reproduction", incidents.incident_reproduction, name="reproduction"),
    path("batches/<name:batch_id>", batches.batch_detail, name="batch"),
    path("batches/<name:batch_id>/requeue", batches.requeue_batch, name="requeue-batch"),
    path("register", register.register, name="register"),
    path("models", models.model_list, name="models"),
    path("models/<name:name>", models.model_detail, name="model"),
    path("models/<name:name>/versions/<name:version>", models.version_detail, name="version"),
    path("models/<name:name>/versions/<name:version>/requeue", models.requeue_batches, name="requeue"),
    path("models/<name:name>/versions/<name:version>/drift", drift.drift, name="drift"),
    path("models/<name:name>/versions/<name:version>/drift/feature", drift.drift_feature, name="drift-feature"),
    path("settings", settings.settings_page, name="settings"),
    path("settings/alerts", cloud_alerts.alert_setup, name="alert-setup"),
    path("settings/keys", settings.create_key, name="create-key"),
    path("settings/keys/<int:key_id>/rotate", settings.rotate_key, name="rotate-key"),
    path("settings/keys/<int:key_id>/revoke", settings.revoke_key, name="revoke-key"),
    path("settings/alerts/<slug:kind>", alert_channels.add_channel, name="add-channel"),
    path("settings/alerts/<int:channel_id>/test", alert_channels.test_channel, name="test-channel"),
    path("settings/alerts/<int:channel_id>/remove", alert_channels.remove_channel, name="remove-channel"),
    path("settings/alerts/<int:channel_id>/routes", alert_channels.add_route, name="add-route"),
    path(
        "settings/alerts/<int:channel_id>/routes/<int:route_id>/remove",
        alert_channels.remove_route,
        name="remove-route",
    ),
    path("settings/maintenance", maintenance.add_maintenance, name="add-maintenance"),
    path("settings/maintenance/<int:window_id>/end", maintenance.end_maintenance, name="end-maintenance"),
]
