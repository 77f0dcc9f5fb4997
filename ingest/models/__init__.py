"""The registry and the durable queue of batches."""

from ingest.models.batch import Batch, BatchState, WaitingHalf
from ingest.models.project import ApiKey, Project, RefusalReason, RefusedRequests, Scope
from ingest.models.registry import Model, ModelVersion

__all__ = [
    "ApiKey",
    "Batch",
    "BatchState",
    "Model",
    "ModelVersion",
    "Project",
    "RefusalReason",
    "RefusedRequests",
    "Scope",
    "WaitingHalf",
]
