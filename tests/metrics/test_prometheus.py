"""`GET /metrics` shows a scraper the project of its key, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

from ingest.models import Project, RefusedRequests, Scope
from monitoring.metrics.prometheus import name_of
from monitoring.metrics.readings import read_metrics
from monitoring.metrics.series_budget import OF_A_PROJECT, OF_A_VERSION
from monitoring.metrics.table import Metric
from monitoring.models import HOUR, DriftWindow, HourlyCount, PredictionCounter, hour_of
from monitoring.traffic.version_traffic import count_wait
from tests.conftest import ApiClient
from tests.incidents.builders import hit, make_batch, make_version

OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2"


def scrape(caller: ApiClient | None, **headers: str) -> Any:
    if caller is not None:
        headers["Authorization"] = f"Bearer {caller.secret}"
    return Client(headers=headers, raise_request_exception=False).get("/metrics")


def samples(body: str, parse: Any = text) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in parse(body):
        for sample in family.samples:
            yield sample.name, dict(sample.labels), sample.value


def value(body: str, name: str, **labels: str) -> float:
    (found,) = [number for one, its, number in samples(body) if one == name and labels.items() <= its.items()]
    return found


def furnish(project: Project) -> None:
    """Everything that a metric is made of, once."""
    version = make_version(project)
    for symptom, count in {"": 100, "nonfinite_output": 3, "replay_failed": 2}.items():
        PredictionCounter.objects.create(version=version, symptom=symptom, value=count)
    this_hour = hour_of(timezone.now())
    drifted = {"version": version, "payload": b"", "changed_at": this_hour, "score": 0.5}
    DriftWindow.objects.create(hour=this_hour, **drifted)
    explained = DriftWindow.objects.create(hour=this_hour - HOUR, **drifted)
    HourlyCount.objects.create(version=version, hour=this_hour - HOUR, least_headroom=12.5)
    incident = hit(version)
    incident.hits.create(window=explained, version=version, row_indices=[], rows=0, observed_at=this_hour)
    batch = make_batch(version)
    batch.received_at = timezone.now() - timedelta(seconds=20)
    count_wait(batch)
    RefusedRequests.objects.create(project=project, reason="invalid", requests=4)


def test_it_shows_every_metric(bob: ApiClient) -> None:
    furnish(bob.project)
    answer = scrape(bob)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    body = answer.content.decode()
    of_version = {"project": "shop", "model": "churn", "version": "7"}
    assert value(body, "nanwatch_predictions_total", **of_version) == 100
    assert value(body, "nanwatch_nonfinite_predictions_total", **of_version, symptom="nonfinite_output") == 3
    assert value(body, "nanwatch_failed_predictions_total", **of_version) == 2
    assert value(body, "nanwatch_near_overflow_predictions_total", **of_version) == 0
    assert value(body, "nanwatch_drift_score_max", **of_version, cause="none") == 0.5
    assert value(body, "nanwatch_drift_score_max", **of_version, cause="input_missing") == 0.5
    assert value(body, "nanwatch_layer_headroom_min", **of_version) == 12.5
    assert value(body, "nanwatch_open_incidents", model="churn", severity="warning") == 1
    assert value(body, "nanwatch_replay_lag_seconds", project="shop") == 0
    assert value(body, "nanwatch_replay_latency_seconds_bucket", le="10.0") == 0
    assert value(body, "nanwatch_replay_latency_seconds_bucket", le="30.0") == 1
    assert value(body, "nanwatch_replay_latency_seconds_sum") == pytest.approx(20, abs=1)
    assert value(body, "nanwatch_ingest_rejected_total", reason="invalid") == 4
    assert value(body, "nanwatch_up") == 1
    names = {name for name, *_ in samples(body)}
    assert {name_of(one) for one in Metric if one is not Metric.REPLAY_LATENCY} <= names


def test_the_budget_knows_how_many_series_there_are(bob: ApiClient) -> None:
    furnish(bob.project)
    readings = list(read_metrics(timezone.now(), project=bob.project))
    of_project = [one for one in readings if not one.version_id and one.metric is not Metric.OPEN_INCIDENTS]
    assert (len(of_project), sum(bool(one.version_id) for one in readings)) == (OF_A_PROJECT, OF_A_VERSION)


def test_openmetrics_is_spoken_too(bob: ApiClient) -> None:
    furnish(bob.project)
    answer = scrape(bob, Accept=OPENMETRICS)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert "nanwatch_predictions_total" in {name for name, *_ in samples(answer.content.decode(), openmetrics)}


def test_charlie_sees_nothing_of_the_others(alice: ApiClient, charlie: ApiClient) -> None:
    furnish(alice.project)
    body = scrape(charlie).content.decode()
    assert {labels["project"] for _, labels, _ in samples(body)} == {charlie.project.name}
    assert "churn" not in body


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("ingest", 403)])
def test_who_may_not_read_gets_a_problem(project: Project, who: str | None, status: int) -> None:
    caller = None if who is None else ApiClient.of(project, "sender", [Scope(who)])
    answer = scrape(caller, Accept=OPENMETRICS)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "nanwatch_" not in answer.content.decode()


def test_names_with_quotes_and_newlines_stay_one_label(bob: ApiClient) -> None:
    version = make_version(bob.project, model='a"b\\c\nd')
    PredictionCounter.objects.create(version=version, value=1)
    body = scrape(bob).content.decode()
    assert value(body, "nanwatch_predictions_total", model='a"b\\c\nd') == 1
