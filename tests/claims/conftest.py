"""A version with waiting batches."""

from collections.abc import Callable

import pytest

from ingest.models import Batch, BatchState, ModelVersion, Project
from tests.incidents.builders import make_batch, make_version

Wait = Callable[[], Batch]


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


@pytest.fixture
def waiting(version: ModelVersion) -> Wait:
    """Makes one more batch of the version that waits for its replay."""
    return lambda: make_batch(version, state=BatchState.PENDING)
