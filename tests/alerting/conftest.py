"""A registered version with counters, and a Cloud Monitoring on loopback."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from ingest.models import Model, ModelVersion, Project
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.server import cloud_stand_in
from monitoring.models import PredictionCounter
from nantrace.artifact import ArtifactFormat

BASE = "https://nanwatch.example.com"
STARTED = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)

CountPredictions = Callable[..., None]


@pytest.fixture
def cloud(settings: Settings, tmp_path: Path) -> Iterator[CloudStandIn]:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, data_dir=tmp_path)
    with cloud_stand_in() as fake:
        fake.clock = lambda: fake.calls[-1].time_series[0].points[0].interval.end_time if fake.calls else STARTED
        settings.NANWATCH_GCP_PROJECT = "some-project"
        settings.NANWATCH_MONITORING_ENDPOINT = fake.endpoint
        settings.NANWATCH_BASE_URL = "http://nanwatch.test:8000"
        yield fake


@pytest.fixture
def google(settings: Settings) -> Iterator[CloudStandIn]:
    with cloud_stand_in() as fake:
        settings.NANWATCH_GCP_PROJECT = "some-project"
        settings.NANWATCH_MONITORING_ENDPOINT = fake.endpoint
        settings.NANWATCH_BASE_URL = BASE
        yield fake


@pytest.fixture
def count_predictions(db: None) -> CountPredictions:  # noqa: ARG001 - brings the database
    """Sets the counters of a version of project `shop`, as the pipeline would have left them."""

    def count(model: str = "churn", version: str = "7", project: str = "shop", **values: int) -> None:
        for symptom, value in values.items():
            PredictionCounter.objects.update_or_create(
                version=_version(project, model, version),
                symptom="" if symptom == "predictions" else symptom,
                defaults={"value": value},
            )
        PredictionCounter.objects.update(started_at=STARTED)

    return count


def _version(project: str, model: str, version: str) -> ModelVersion:
    tenant, _ = Project.objects.get_or_create(name=project)
    named, _ = Model.objects.get_or_create(project=tenant, name=model)
    registered, _ = ModelVersion.objects.get_or_create(
        model=named,
        version=version,
        defaults={"artifact_format": ArtifactFormat.KERAS, "artifact_bytes": 1},
    )
    return registered
