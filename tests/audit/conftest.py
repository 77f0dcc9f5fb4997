"""One replayer and one set of models for all tests of the audit."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from monitoring.versions.artifacts import shared_replayer
from nantrace.audit.audit_artifact import Audit, audit
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensor, Tensors

Auditing = Callable[..., Audit]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models and of their training inputs."""
    folder = tmp_path_factory.mktemp("models")
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    program = Path(__file__).with_name("build_models.py")
    done = subprocess.run(
        [sys.executable, str(program), str(folder)], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.fixture(scope="session")
def replayer() -> Iterator[Replayer]:
    """The one that workers use, so that tests of the whole way share it."""
    found = shared_replayer()
    yield found
    found.close()


@pytest.fixture(scope="session")
def audited(models: Path, replayer: Replayer) -> Auditing:
    """Audits a model by file name, with training inputs unless told otherwise."""

    def auditing(file: str, reference: bool = True, inputs: str = "") -> Audit:
        artifact, training = models / file, None
        if reference:
            rows = np.load(models / f"{inputs or Path(file).stem}.npy")
            tensors = ReplayLaboratory(replayer, artifact).canonical(Tensors.of(Tensor("inputs", rows)))
            training = (tensors, take_reference(tensors))
        return audit(replayer, artifact, training, {})

    return auditing
