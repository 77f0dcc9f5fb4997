"""The registry and the durable queue of batches."""

from ingest.models.batch import Batch, BatchState, WaitingHalf
from ingest.models.project import (
    ApiKey,
    Invitation,
    Membership,
    Project,
    RefusalReason,
    RefusedRequests,
    Role,
    Scope,
)
from ingest.models.registry import Model, ModelVersion

__all__ = [
    "ApiKey",
    "Batch",
    "BatchState",
    "Invitation",
    "Membership",
    "Model",
    "ModelVersion",
    "Project",
    "RefusalReason",
    "RefusedRequests",
    "Role",
    "Scope",
    "WaitingHalf",
]
