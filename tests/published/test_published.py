"""Files that others published load or are refused truly; healthy rows are silent, and as plain TensorFlow answers them.

A package that cannot be had here is skipped with the reason. Plain TensorFlow answers in one process for all models.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.audit.audit_artifact import audit
from nantrace.laboratory.examine_batch import PostedRows
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.narrow_answers import narrowed, width_for
from nantrace.replay.replay_errors import RefusedModelError
from nantrace.replay.replayer import Replayer
from tests.examined import examine
from tests.published.files import (
    LOADABLE,
    REFUSED,
    MissingModelError,
    PublishedFile,
    PublishedModel,
    RefusedModel,
    file_of,
)
from tests.published.rows import FAULTS, HEALTHY, Arrays, as_tensors, healthy, with_faults
from tests.replay.conftest import sandboxed

pytestmark = pytest.mark.tensorflow
# Examined ones first: pytest groups the tests by the place of a model in their lists, so each is loaded once for all.
REPLAYED = sorted((model for model in LOADABLE if model.replayed), key=lambda model: not model.examined)
EXAMINED = [model for model in REPLAYED if model.examined]
name_of = attrgetter("name")
CAUSES = {"missing": "input_missing", "infinite": "input_infinite"}


@pytest.fixture(scope="module")
def replayer() -> Iterator[Replayer]:
    started = Replayer(sandbox=sandboxed())
    started.warm_up()
    yield started
    started.close()


def artifact(model: PublishedFile) -> Path:
    try:
        return file_of(model)
    except MissingModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def batches(replayer: Replayer) -> Mapping[str, Arrays]:
    """Rows of every model that can be had: NAME.healthy, one where it is not examined, and NAME.faults."""
    found = {}
    for model in REPLAYED:
        try:
            specs = replayer.inputs(file_of(model))
        except MissingModelError:
            continue
        found[f"{model.name}.healthy"] = rows = healthy(model, specs, HEALTHY if model.examined else 1)
        if model.examined and any(values.dtype.kind == "f" for values in rows.values()):
            found[f"{model.name}.faults"] = with_faults(rows)
    return found


@pytest.fixture(scope="module")
def plain(batches: Mapping[str, Arrays], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Arrays]:
    """What TensorFlow and Keras alone answer; without fused kernels, which would hide NaN."""
    folder = tmp_path_factory.mktemp("plain")
    for name, rows in batches.items():
        np.savez(folder / f"{name}.npz", allow_pickle=False, **rows)
    for model in REPLAYED:
        if f"{model.name}.healthy" in batches:
            (folder / f"{model.name}.path").write_text(f"{file_of(model)}\n{model.keras}")
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    command = [sys.executable, "-m", "tests.published.plain", str(folder)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: dict(np.load(folder / f"{name}.answers.npz")) for name in batches}


def _same(answer: NDArray[Any], expected: NDArray[Any]) -> bool:
    if expected.dtype.kind == "S":
        return np.array_equal(answer, expected.astype(np.str_))
    return np.allclose(answer, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("model", [model for model in LOADABLE if not model.replayed], ids=name_of)
def test_those_that_are_not_replayed_load(replayer: Replayer, model: PublishedModel) -> None:
    assert replayer.inputs(artifact(model))


@pytest.mark.parametrize("model", REPLAYED, ids=name_of, scope="module")
def test_healthy_rows_are_silent_and_answered_as_plain_tensorflow_does(
    replayer: Replayer, batches: Mapping[str, Arrays], plain: Mapping[str, Arrays], model: PublishedModel
) -> None:
    path, name = artifact(model), f"{model.name}.healthy"
    rows = as_tensors(batches[name])
    as_compared, _ = narrowed(plain[name], width_for(rows.rows))

    for variant in ("default", "unfused"):
        outcome = ReplayLaboratory(replayer, path).replay(rows, variant)
        assert not outcome.refused
        by_name = [outcome.outputs[key] for key in sorted(outcome.outputs)]
        for answer, expected in zip(by_name, as_compared.values(), strict=True):
            assert _same(answer, expected), variant
    assert examine(replayer, path, PostedRows(rows), None, {}) == []


@pytest.mark.parametrize("model", EXAMINED, ids=name_of, scope="module")
def test_the_rows_that_fail_are_those_that_plain_tensorflow_answers_with_nan(
    replayer: Replayer, batches: Mapping[str, Arrays], plain: Mapping[str, Arrays], model: PublishedModel
) -> None:
    path, name = artifact(model), f"{model.name}.faults"
    if name not in batches:
        pytest.skip("the model has no input of floats")

    findings = examine(replayer, path, PostedRows(as_tensors(batches[name])), None, {})

    bad = np.zeros(HEALTHY + len(FAULTS), bool)
    for values in plain[name].values():
        bad |= ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    said = {row: one for one in findings for row in one.row_indices}
    assert not set(said) & set(range(HEALTHY)), "healthy rows"
    assert set(np.flatnonzero(bad)) <= set(said)
    for row, one in said.items():
        fault = FAULTS[row - HEALTHY]
        assert bad[row] or (one.symptom == "absorbed" and fault in CAUSES), (fault, one.symptom)
        assert one.cause == CAUSES.get(fault, one.cause), fault
        assert fault not in CAUSES or (one.origin is not None and one.origin.kind == "input")


@pytest.mark.parametrize("model", EXAMINED, ids=name_of, scope="module")
def test_rows_that_are_too_short_are_refused_as_such(
    replayer: Replayer, batches: Mapping[str, Arrays], model: PublishedModel
) -> None:
    path = artifact(model)
    rows = {name: values[:, :-1] for name, values in batches[f"{model.name}.healthy"].items()}

    (finding,) = examine(replayer, path, PostedRows(as_tensors(rows)), None, {})

    assert (finding.symptom, finding.cause) == ("replay_failed", "shape_or_type")
    assert finding.row_indices == list(range(HEALTHY))


@pytest.mark.parametrize("model", EXAMINED, ids=name_of, scope="module")
def test_the_audit_finds_nothing_wrong(replayer: Replayer, model: PublishedModel) -> None:
    found = audit(replayer, artifact(model), None, {})

    assert found.state == "passed", found.findings


@pytest.mark.parametrize("model", REFUSED, ids=name_of)
def test_what_cannot_be_loaded_is_refused_for_what_it_lacks(replayer: Replayer, model: RefusedModel) -> None:
    with pytest.raises(RefusedModelError) as refused:
        replayer.describe(artifact(model))

    assert model.needs in refused.value.reason
    assert refused.value.way_out
