"""A version with waiting batches, before and after it was profiled."""

from collections.abc import Callable

import pytest

from ingest.models import Batch, BatchState, ModelVersion, Project
from monitoring.models import AuditState, VersionProfile
from tests.incidents.builders import make_batch, make_version

Wait = Callable[[], Batch]


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


@pytest.fixture
def profiled(version: ModelVersion) -> ModelVersion:
    VersionProfile.objects.create(version=version, audit_state=AuditState.PASSED)
    return version


@pytest.fixture
def waiting(version: ModelVersion) -> Wait:
    """Makes one more batch of the version that waits for its replay."""
    return lambda: make_batch(version, state=BatchState.PENDING)
