"""The whole loop on one machine: incident, metric, alert, notification, and back on the incident's page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ingest.models import Project
from monitoring.alerting.cloud_monitoring.reported import close_forgotten
from monitoring.alerting.cloud_monitoring.setup_orders import request_setup
from monitoring.alerting.cloud_monitoring.write import write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.server import cloud_stand_in
from monitoring.incidents import change_state
from monitoring.models import CloudAlert, IncidentState
from monitoring.tasks import set_up_alerts
from tests.alerting.test_reported_alerts import alerts_of, incident_of


class Loop:
    """The stand-in and the service that it posts to, at a time that the test moves."""

    def __init__(self, cloud: CloudStandIn) -> None:
        self.cloud, self.now = cloud, timezone.now()
        cloud.clock = self.clock

    def clock(self) -> datetime:
        return self.now

    def write(self) -> None:
        """Metrics are written, policies looked at, notifications posted and taken."""
        write_metrics(self.now)
        self.cloud.outbox.join()
        self.now += timedelta(minutes=2)


@pytest.fixture
def loop(live_server: LiveServer, settings: Settings) -> Iterator[Loop]:
    with cloud_stand_in() as cloud:
        settings.NANWATCH_GCP_PROJECT = "some-project"
        settings.NANWATCH_MONITORING_ENDPOINT = cloud.endpoint
        settings.CONFIGURATION = replace(settings.CONFIGURATION, port=urlsplit(live_server.url).port)
        yield Loop(cloud)


def test_an_alert_comes_back_to_the_page_of_its_incident_and_closes_with_it(loop: Loop, project: Project) -> None:
    incident = incident_of(project)
    set_up_alerts(request_setup(project).pk)
    loop.write()

    (sent,) = loop.cloud.sent
    assert (sent.state, sent.outcome) == ("open", "200 OK")
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    page = client.get(f"/incidents/{incident.short_id}").content.decode()
    assert "Alerts of Cloud Monitoring" in page
    assert "NaNWatch: an incident is open (input_missing, churn)" in page
    assert "not of Google" in page

    change_state(incident, IncidentState.RESOLVED)
    loop.write()
    (alert,) = alerts_of(incident)
    assert alert["state"] == "closed"
    assert alert["ended_at"]


def test_alerts_that_an_earlier_stand_in_left_open_are_closed(project: Project) -> None:
    kept = {"project": project, "policy": "a policy"}
    CloudAlert.objects.create(alert_id="here", url="http://127.0.0.1:8002/#here", **kept)
    CloudAlert.objects.create(alert_id="google", url="https://console.cloud.google.com/x", **kept)
    assert close_forgotten() == 1
    assert CloudAlert.objects.get(state="open").alert_id == "google"
