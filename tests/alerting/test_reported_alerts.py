"""Notifications of Cloud Monitoring come back to the incidents that they are of, and to no others."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ingest.models import ApiKey, ModelVersion, Project, Scope
from monitoring.alerting.cloud_monitoring import reported
from monitoring.incidents import change_state
from monitoring.models import CloudAlert, CloudChannel, Incident, IncidentState
from monitoring.retention.evidence import delete_old_alerts
from tests.conftest import ApiClient
from tests.incidents.builders import NOON, hit, make_finding, make_version

PATH = "/api/v1/cloud-monitoring/notifications"


def key_of(project: Project, *scopes: Scope) -> str:
    return ApiKey.issue(project, "google", [scope.value for scope in scopes or (Scope.ALERTS,)])[1]


def basic(secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"nanwatch:{secret}".encode()).decode()}


@pytest.fixture
def google(project: Project) -> dict[str, str]:
    """What the channel of the shop sends along."""
    return basic(key_of(project))


def notification(**changes: Any) -> dict[str, Any]:
    """As Google sends it for a condition that is grouped by project, model and cause."""
    incident = {
        "incident_id": "0.abc",
        "state": "open",
        "started_at": 1767323045,
        "ended_at": None,
        "policy_name": "NaNWatch: answers are NaN",
        "severity": "Critical",
        "url": "https://console.cloud.google.com/monitoring/alerting/alerts/0.abc",
        "resource": {"type": "generic_task", "labels": {"namespace": "shop"}},
        "metric": {"type": "custom", "labels": {"model": "churn", "cause": "input_missing"}},
        "documentation": {"content": "...", "mime_type": "text/markdown", "subject": "NaNWatch: NaN (churn)"},
        **changes,
    }
    return {"incident": incident, "version": "1.2"}


def post(document: Any, headers: dict[str, str], status: int = 200, path: str = PATH) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document)
    answer = Client(headers=headers, raise_request_exception=False).post(path, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def incident_of(project: Project, model: str = "churn", **finding: Any) -> Incident:
    version = ModelVersion.objects.filter(model__project=project, model__name=model).first()
    hit(version or make_version(project, model), NOON, [make_finding(**finding)])
    return Incident.objects.filter(project=project, model__name=model).latest("pk")


def alerts_of(incident: Incident) -> list[dict[str, Any]]:
    answer = ApiClient.of(incident.project, "reader", [Scope.READ]).get(f"/incidents/{incident.short_id}")
    found: list[dict[str, Any]] = answer.json()["alerts"]
    return found


def test_an_alert_stands_at_its_incident_and_closes(project: Project, google: dict[str, str]) -> None:
    incident = incident_of(project)
    assert post(notification(), google)["incidents"] == [incident.short_id]

    (alert,) = alerts_of(incident)
    assert alert.pop("received_at")
    assert alert == {
        "id": "0.abc",
        "policy": "NaNWatch: NaN (churn)",
        "severity": "critical",
        "state": "open",
        "started_at": "2026-01-02T03:04:05Z",
        "ended_at": None,
        "url": "https://console.cloud.google.com/monitoring/alerting/alerts/0.abc",
    }
    post(notification(state="closed", ended_at=1767326645), google)
    (alert,) = alerts_of(incident)
    assert (alert["state"], alert["ended_at"]) == ("closed", "2026-01-02T04:04:05Z")


def test_what_comes_twice_or_late_changes_nothing(project: Project, google: dict[str, str]) -> None:
    incident = incident_of(project)
    for changes in ({}, {}, {"state": "CLOSED", "ended_at": 1767326645}, {"ended_at": 0}):
        post(notification(**changes), google)

    (alert,) = alerts_of(incident)
    assert (alert["state"], alert["ended_at"]) == ("closed", "2026-01-02T04:04:05Z")


@pytest.mark.django_db(transaction=True)
def test_notifications_at_once_are_one_alert(project: Project, google: dict[str, str]) -> None:
    incident = incident_of(project)

    def send(number: int) -> None:
        try:
            post(notification(**({"state": "closed", "ended_at": 1767326645} if number else {})), google)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(send, range(4)))
    (alert,) = alerts_of(incident)
    assert alert["state"] == "closed"


@pytest.mark.parametrize(
    ("started", "read"),
    [
        (1767323045, "2026-01-02T03:04:05Z"),
        ("1767323045", "2026-01-02T03:04:05Z"),
        ("2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        *[(text, None) for text in ("", "0", "²", "yesterday", "2026-13-40T00:00:00Z", "9" * 5000)],
        *[(text, None) for text in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")],
        *[(number, None) for number in (None, 0, -1, 10**30)],
        ([], None),
        ({}, None),
    ],
)
def test_every_way_to_write_a_time(project: Project, google: dict[str, str], started: Any, read: str | None) -> None:
    incident = incident_of(project)
    post(notification(started_at=started), google)
    assert alerts_of(incident)[0]["started_at"] == read


@pytest.mark.parametrize(
    "changes",
    [
        {"documentation": "a text"},
        {"metric": None},
        {"resource": "a text"},
        {"state": None},
        {"incident_id": 12345},
        {"policy_name": "x" * 5000, "documentation": {}},
        {"url": "https://a/" + "x" * 5000},
        {"severity": "No severity at all, but long"},
        {"policy_name": "a\x00b", "documentation": None},
    ],
)
def test_every_variant_is_taken(project: Project, google: dict[str, str], changes: dict[str, Any]) -> None:
    incident_of(project)
    post(notification(**changes), google)
    CloudAlert.objects.get(project=project).clean_fields()


def test_a_link_that_is_no_page_is_dropped(project: Project, google: dict[str, str]) -> None:
    incident = incident_of(project)
    post(notification(url="javascript:alert(1)"), google)
    assert alerts_of(incident)[0]["url"] == ""


def test_a_test_of_the_channel_is_no_alert(project: Project, google: dict[str, str]) -> None:
    document = {**notification(documentation="Test notification", started_at=0), "version": "test"}
    assert post(document, google)["note"] == "the channel works"
    assert CloudChannel.objects.get(project=project).tested_at
    assert not CloudAlert.objects.exists()


def test_only_open_incidents_of_the_cause_are_named(project: Project, google: dict[str, str]) -> None:
    missing = incident_of(project)
    incident_of(project, cause="input_unscaled")
    incident_of(project, "fraud")
    assert post(notification(), google)["incidents"] == [missing.short_id]


def test_an_alert_of_one_severity_is_of_the_incidents_that_have_it(project: Project, google: dict[str, str]) -> None:
    urgent, other = incident_of(project), incident_of(project, symptom="replay_failed")
    Incident.objects.filter(pk=urgent.pk).update(severity="critical")
    threshold = {"filter": 'metric.type="x" AND metric.label.severity="critical"'}
    critical = notification(condition={"name": "c", "conditionThreshold": threshold})
    assert post(critical, google)["incidents"] == [urgent.short_id]
    assert set(post(notification(incident_id="0.def"), google)["incidents"]) == {urgent.short_id, other.short_id}


def test_an_alert_of_a_model_is_of_all_its_open_incidents(project: Project, google: dict[str, str]) -> None:
    first, second = incident_of(project), incident_of(project, cause="input_unscaled")
    change_state(first, IncidentState.RESOLVED)
    document = notification(metric={"labels": {"model": "churn"}})
    assert post(document, google)["incidents"] == [second.short_id]


def test_no_cause_is_a_cause(project: Project, google: dict[str, str]) -> None:
    drift = incident_of(project, symptom="drift", cause=None, origin=None)
    document = notification(metric={"labels": {"model": "churn", "cause": "none"}})
    assert post(document, google)["incidents"] == [drift.short_id]


def test_the_last_incident_is_named_where_none_is_open_any_more(project: Project, google: dict[str, str]) -> None:
    incident = incident_of(project)
    change_state(incident, IncidentState.RESOLVED)
    assert post(notification(), google)["incidents"] == [incident.short_id]


def test_alerts_of_others_reach_nothing(project: Project, charlie: ApiClient) -> None:
    incident = incident_of(project)
    theirs = basic(key_of(charlie.project))
    assert post(notification(), theirs)["note"] == "an alert of another project"
    unnamed = notification(resource={"labels": {"task_id": "one"}})
    assert post(unnamed, theirs)["incidents"] == []
    assert alerts_of(incident) == []


def test_the_same_id_in_two_projects_is_two_alerts(
    project: Project, charlie: ApiClient, google: dict[str, str]
) -> None:
    incident = incident_of(project)
    post(notification(), google)
    post(notification(state="closed", resource={}), basic(key_of(charlie.project)))
    assert alerts_of(incident)[0]["state"] == "open"


@pytest.mark.parametrize("headers", [{}, basic("wrong"), {"Authorization": "Basic ?"}, {"Authorization": "Digest x"}])
@pytest.mark.django_db
def test_without_a_known_key(headers: dict[str, str]) -> None:
    answer = Client(headers=headers).post(PATH, "{}", content_type="application/json")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("scopes", [[Scope.READ], list(Scope), [Scope.ALERTS, Scope.READ]])
def test_a_key_that_lies_with_google_may_do_nothing_else(project: Project, scopes: list[Scope]) -> None:
    secret = key_of(project, *scopes)
    assert secret not in json.dumps(post(notification(), basic(secret), 403))


def test_such_a_key_reads_nothing(project: Project) -> None:
    secret = key_of(project)
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/incidents").status_code == 403


def test_a_revoked_key_is_no_key(project: Project) -> None:
    headers = basic(key_of(project))
    for key in ApiKey.objects.all():
        key.revoked_at = timezone.now()
        key.save()
    post(notification(), headers, 401)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, "body"),
        (b"not json", 400, "body"),
        (b"[" * 40_000, 400, "body"),
        (b'{"incident": {"incident_id": "\xff"}}', 400, "body"),
        (b'"text"', 422, "incident"),
        (b'{"incident": {}}', 422, "incident"),
        (b'{"incident": {"state": "open"}}', 422, "incident.incident_id"),
        (json.dumps(notification(incident_id="x" * 201)).encode(), 422, "incident.incident_id"),
        (b'{"incident": {"incident_id": "' + b"x" * 300_000 + b'"}}', 413, "body"),
        (b'{"message": {"data": "?"}}', 400, "message.data"),
    ],
)
def test_what_is_no_notification_is_refused(google: dict[str, str], body: bytes, status: int, field: str) -> None:
    (error,) = post(body, google, status)["errors"]
    assert error["field"] == field
    assert not CloudAlert.objects.exists()


def test_a_project_keeps_so_many_alerts(
    project: Project, google: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reported, "MOST_ALERTS", 1)
    incident_of(project)
    post(notification(), google)
    post(notification(incident_id="another"), google, 429)
    post(notification(state="closed"), google)


def test_old_alerts_are_deleted(project: Project, google: dict[str, str], settings: Settings) -> None:
    incident_of(project)
    post(notification(), google)
    assert delete_old_alerts() == 0
    settings.NANWATCH_RETENTION_DAYS = 0
    assert delete_old_alerts() == 1
    assert Incident.objects.exists()
