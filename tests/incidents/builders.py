"""Registered models, batches and findings without a replay."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from ingest.models import Batch, BatchState, Model, ModelVersion, Project
from monitoring import incidents
from monitoring.models import Incident
from nantrace.artifact import ArtifactFormat
from nantrace.diagnosis.finding import Finding, Origin
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Tensor, Tensors

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_version(project: Project, model: str = "churn", version: str = "7", pk: int | None = None) -> ModelVersion:
    """A registered version; its artifact is only a name."""
    owner, _ = Model.objects.get_or_create(project=project, name=model)
    return ModelVersion.objects.create(
        pk=pk,
        model=owner,
        version=version,
        artifact_format=ArtifactFormat.KERAS,
        artifact_path=f"{uuid.uuid4().hex}.keras",
        artifact_sha256="a" * 64,
        artifact_bytes=183_000,
    )


def make_batch(version: ModelVersion, at: datetime = NOON, **fields: Any) -> Batch:
    """A replayed batch of 40 rows and three columns, of which row 0 and row 2 miss their second value."""
    values = np.arange(120, dtype=np.float32).reshape(40, 3)
    sent = np.zeros((40, 3), np.uint8)
    values[[0, 2], 1], sent[[0, 2], 1] = np.nan, 1
    inputs = Tensors.of(Tensor("inputs", values, sent))
    outputs = Tensors.of(Tensor("outputs", values[:, 1:2].copy()))
    defaults: dict[str, Any] = {
        "rows": 40,
        "nonfinite_rows": 2,
        "payload": pack_tensors(inputs=inputs, outputs=outputs),
        "row_ids": [f"req-{i}" for i in range(40)],
        "state": BatchState.REPLAYED,
        "body_sha256": "b" * 64,
    }
    project = version.model.project
    return Batch.objects.create(project=project, version=version, observed_at=at, **{**defaults, **fields})


def make_finding(**changes: Any) -> Finding:
    """Rows 0 and 2 miss a value; the model hides it behind a relu."""
    given: dict[str, Any] = {
        "symptom": "absorbed",
        "cause": "input_missing",
        "confidence": 0.98,
        "title": "Two rows miss age, and the model answers 0.0 as if nothing had happened",
        "row_indices": [0, 2],
        "origin": Origin("input", "inputs", value="NaN"),
    }
    return Finding(**{**given, **changes})


def record(batch: Batch, *findings: Finding) -> list[Incident]:
    """`incidents.record` as the pipeline calls it: in a transaction, on a batch read from the database."""
    with transaction.atomic():
        return incidents.record(Batch.objects.get(pk=batch.pk), findings)


def hit(version: ModelVersion, at: datetime = NOON, findings: Sequence[Finding] = (), **batch: Any) -> Incident:
    """A batch with one finding (or the first of `findings`), and the incident it hits."""
    return record(make_batch(version, at, **batch), *(findings or [make_finding()]))[0]


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
