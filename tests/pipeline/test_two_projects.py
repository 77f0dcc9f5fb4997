"""Two projects with a model of the same bytes: nothing that one of them was asked with reaches the other."""

from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest.models import ModelVersion
from monitoring.versions.artifacts import local_artifact
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replayer import Replayer
from tests.conftest import ApiClient
from tests.replay.rows import rows_of

pytestmark = pytest.mark.django_db(transaction=True)


def registered(caller: ApiClient, artifact: Path) -> ModelVersion:
    fields = {"name": "shared", "version": "1", "artifact": SimpleUploadedFile(artifact.name, artifact.read_bytes())}
    assert caller.post("/models", fields).status_code == 201
    return ModelVersion.objects.get(model__project=caller.project)


def test_a_model_that_remembers_carries_nothing_over(
    alice: ApiClient, charlie: ApiClient, model_files: Path, replayer: Replayer
) -> None:
    versions = [registered(caller, model_files / "remembers.zip") for caller in (alice, charlie)]
    assert versions[0].artifact_sha256 == versions[1].artifact_sha256
    hers, his = (ReplayLaboratory(replayer, local_artifact(one)) for one in versions)

    def answered(laboratory: ReplayLaboratory, number: float) -> float:
        (values,) = laboratory.replay(rows_of(x=np.array([[number]])), "default").outputs.values()
        return float(values[0, 0])

    assert answered(hers, 4711.0) == 4711
    assert answered(hers, 1.0) == 4711, "it does remember"
    assert answered(his, 1.0) == 1
