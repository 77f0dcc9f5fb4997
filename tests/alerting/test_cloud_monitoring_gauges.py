"""What people are alerted on: open incidents by severity, drift, headroom, how long batches wait, whether it lives."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from ingest.models import Batch, BatchState, ModelVersion, Project, RefusalReason, RefusedRequests
from ingest.signals import version_registered
from monitoring.alerting.cloud_monitoring.write import write_metrics
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.incidents import change_state, decide, record
from monitoring.models import HOUR, DriftWindow, HourlyCount, Incident, IncidentEvent, IncidentState, hour_of
from monitoring.traffic.version_traffic import count_wait
from tests.alerting.conftest import STARTED, CountPredictions
from tests.incidents.builders import hit, make_batch, make_finding, make_version

MINUTE = timedelta(minutes=1)


@pytest.fixture
def version(cloud: CloudStandIn, db: None) -> ModelVersion:  # noqa: ARG001
    return make_version(Project.objects.create(name="shop"))


def written(cloud: CloudStandIn, kind: str, at: datetime, **labels: str) -> list[float]:
    report = write_metrics(at)
    assert report is not None
    assert report.problem == ""
    return [point.value for point in cloud.points(kind, **labels)]


def now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def test_open_incidents_are_counted_by_model_cause_and_severity(cloud: CloudStandIn, version: ModelVersion) -> None:
    hit(version)
    hit(version, findings=[make_finding(symptom="drift", cause=None, origin=None)])
    labels = {"model": "churn", "cause": "input_missing"}
    assert written(cloud, "open_incidents", now(), **labels, severity="warning") == [1]
    assert [point.value for point in cloud.points("open_incidents", **labels, severity="critical")] == [0]
    assert [point.value for point in cloud.points("open_incidents", cause="none", severity="info")] == [1]


@pytest.mark.parametrize("state", [IncidentState.RESOLVED, IncidentState.IGNORED])
def test_a_closed_one_is_0_for_ten_minutes_and_then_silent(
    cloud: CloudStandIn, version: ModelVersion, state: IncidentState
) -> None:
    labels = {"cause": "input_missing", "severity": "warning"}
    incident, begin = hit(version), now()
    assert written(cloud, "open_incidents", begin, **labels) == [1]
    change_state(incident, state)
    assert written(cloud, "open_incidents", begin + MINUTE, **labels) == [1, 0]
    assert written(cloud, "open_incidents", begin + 9 * MINUTE, **labels) == [1, 0, 0]
    assert written(cloud, "open_incidents", begin + 11 * MINUTE, **labels) == [1, 0, 0]


def test_one_that_a_person_accepted_as_normal_is_closed(cloud: CloudStandIn, version: ModelVersion) -> None:
    labels = {"cause": "none", "severity": "info"}
    incident, begin = hit(version, findings=[make_finding(symptom="drift", cause=None, origin=None)]), now()
    assert written(cloud, "open_incidents", begin, **labels) == [1]
    with transaction.atomic():
        decide(incident, IncidentState.RESOLVED, IncidentEvent.Kind.ACCEPTED, None, "a new customer")
    assert written(cloud, "open_incidents", begin + MINUTE, **labels) == [1, 0]


def test_the_lag_is_that_of_the_oldest_batch_that_waits(cloud: CloudStandIn, version: ModelVersion) -> None:
    begin = now()
    assert written(cloud, "replay_lag", begin) == [0]
    batch = make_batch(version, state=BatchState.PENDING)
    Batch.objects.filter(pk=batch.pk).update(received_at=begin - 2 * MINUTE)
    make_batch(version, state=BatchState.PENDING)
    assert written(cloud, "replay_lag", begin + MINUTE) == [0, 180]
    assert [point.value for point in cloud.points("up")] == [1, 1]


def test_a_registered_version_counts_from_0_before_its_first_prediction(
    cloud: CloudStandIn, version: ModelVersion
) -> None:
    version_registered.send(sender=ModelVersion, version_id=version.pk)
    assert written(cloud, "predictions", now() + MINUTE) == [0]
    assert [point.value for point in cloud.points("nonfinite_predictions", symptom="absorbed")] == [0]


def test_refusals_and_overflows_to_come_are_no_nonfinite_predictions(
    cloud: CloudStandIn, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=100, nonfinite_output=3, replay_failed=4, near_overflow=5)
    assert written(cloud, "failed_predictions", STARTED + MINUTE) == [4]
    assert [point.value for point in cloud.points("near_overflow_predictions")] == [5]
    symptoms = {dict(labels)["symptom"] for kind, labels, _ in cloud.series if kind.endswith("nonfinite_predictions")}
    assert symptoms == {"nonfinite_output", "absorbed"}


def test_the_drift_of_the_last_hours(
    cloud: CloudStandIn, version: ModelVersion, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=1)
    begin = hour_of(now())
    for back, score in enumerate([None, 0.25, 1.5, 0.5, 7.0]):
        DriftWindow.objects.create(
            version=version, hour=begin - back * HOUR, payload=b"", changed_at=begin, score=score
        )
    assert written(cloud, "drift_score_max", begin + MINUTE, model="churn", version="7", cause="none") == [1.5]


def test_one_drift_with_a_named_cause_is_alerted_once(
    cloud: CloudStandIn, version: ModelVersion, count_predictions: CountPredictions
) -> None:
    call_command("provision_alerts", verbosity=0)
    count_predictions(predictions=1)
    begin = hour_of(now())
    window = DriftWindow.objects.create(version=version, hour=begin, payload=b"", changed_at=begin, score=3.0, rows=9)
    with transaction.atomic():
        record(window, [make_finding(symptom="drift", cause="input_unscaled")])
    write_metrics(begin + MINUTE)
    assert [cloud.policies[one.policy].user_labels["nanwatch_policy"] for one in cloud.alerts] == ["other-incident"]
    change_state(Incident.objects.get(), IncidentState.IGNORED)
    write_metrics(begin + 2 * MINUTE)
    assert len(cloud.alerts) == 1
    DriftWindow.objects.create(version=version, hour=begin - HOUR, payload=b"", changed_at=begin, score=1.0)
    write_metrics(begin + 3 * MINUTE)
    assert cloud.policies[cloud.alerts[-1].policy].user_labels["nanwatch_policy"] == "drift"


def test_the_headroom_of_the_last_hours(
    cloud: CloudStandIn, version: ModelVersion, count_predictions: CountPredictions
) -> None:
    count_predictions(predictions=1)
    begin = hour_of(now())
    for back, decades in enumerate([3.5, 0.5, None, None, 0.1]):
        HourlyCount.objects.create(version=version, hour=begin - back * HOUR, least_headroom=decades)
    assert written(cloud, "layer_headroom_min", begin + MINUTE, model="churn", version="7") == [0.5]


def test_what_was_not_measured_has_no_gauge(cloud: CloudStandIn, count_predictions: CountPredictions) -> None:
    count_predictions(predictions=1)
    written(cloud, "predictions", now())
    assert not [kind for kind, _, _ in cloud.series if kind.endswith(("drift_score_max", "layer_headroom_min"))]


def test_how_long_batches_waited_is_a_distribution(cloud: CloudStandIn, version: ModelVersion) -> None:
    for seconds in (0.0, 20.0, 20.0, 10**5):
        batch = make_batch(version)
        batch.received_at = now() - timedelta(seconds=seconds)
        count_wait(batch)
    at = now() + MINUTE
    assert written(cloud, "replay_latency", at) == [4]
    (sent,) = [one for one in cloud.calls[-1].time_series if one.metric.type.endswith("replay_latency")]
    value = sent.points[0].value.distribution_value
    assert [i for i, count in enumerate(value.bucket_counts) for _ in range(count)] == [0, 7, 7, 12]
    assert value.mean == pytest.approx(25_010, abs=1)
    assert written(cloud, "replay_latency", at + MINUTE) == [4, 4]


def test_refused_requests_by_reason(cloud: CloudStandIn, version: ModelVersion) -> None:
    RefusedRequests.objects.create(project=version.model.project, reason="too_much", requests=9)
    assert written(cloud, "ingest_rejected", now() + MINUTE, reason="too_much") == [9]
    reasons = {dict(labels)["reason"] for kind, labels, _ in cloud.series if kind.endswith("ingest_rejected")}
    assert reasons == set(RefusalReason.values), "0 stands where nothing was refused: a rate needs a point before"
