"""Which stored rows another model cures, by really replaying them."""

from pathlib import Path

import numpy as np
import pytest

from ingest.models import Batch, Project
from monitoring.models import Incident, VersionProfile
from monitoring.verification import IncidentVerdict, verify
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replay_errors import RefusedModelError
from nantrace.replay.replayer import Replayer
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Tensor, Tensors
from tests.incidents.builders import NOON, hit, hours, make_finding, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.tensorflow]


@pytest.fixture
def incident(project: Project) -> Incident:
    """Rows 0 and 2 of 40 miss the second of three values; the reference lies in 0 to 1."""
    version = make_version(project)
    rows = np.random.default_rng(1).random((200, 3)).astype(np.float32)
    reference = take_reference(Tensors.of(Tensor("inputs", rows))).as_json()
    VersionProfile.objects.create(version=version, audit_state="passed", reference=reference)
    values = rows[:40].copy()
    values[[0, 2]] = [0.1, np.nan, 0.2]
    return hit(version, payload=pack_tensors(inputs=Tensors.of(Tensor("inputs", values))))


def judged(incident: Incident, replayer: Replayer, file: Path) -> IncidentVerdict:
    return verify(incident, ReplayLaboratory(replayer, file))


def test_a_model_that_imputes_cures_rows_that_are_still_bad(
    incident: Incident, replayer: Replayer, files: Path
) -> None:
    verdict = judged(incident, replayer, files / "imputes.keras")
    assert (verdict.rows, verdict.cured, verdict.failing) == (2, 2, [])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("answers_nan.keras", "answers NaN or infinity as served"),
        ("absorbs.keras", "answers NaN or infinity without fused kernels"),
        ("saved_model", "answers NaN or infinity without fused kernels"),
        ("takes_four.keras", "the model cannot take it"),
    ],
)
def test_rows_that_still_fail_are_told_with_their_reason(
    incident: Incident, replayer: Replayer, files: Path, file: str, reason: str
) -> None:
    verdict = judged(incident, replayer, files / file)
    assert (verdict.rows, verdict.cured) == (2, 0)
    assert [(row.row, row.id) for row in verdict.failing] == [(0, "req-0"), (2, "req-2")]
    assert all(reason in row.reason for row in verdict.failing), verdict.failing


def test_hiding_a_bad_value_is_no_cure(incident: Incident, replayer: Replayer, files: Path) -> None:
    """Max-pooling drops NaN in every variant: finite, and wrong where what is missing was the largest."""
    verdict = judged(incident, replayer, files / "hides.keras")
    assert verdict.cured == 0
    assert "finite but wrong" in verdict.failing[0].reason


def test_some_rows_may_be_cured(project: Project, replayer: Replayer, files: Path) -> None:
    values = np.full((40, 3), 0.5, np.float32)
    values[0, 0], values[2, 1] = np.nan, np.nan
    payload = pack_tensors(inputs=Tensors.of(Tensor("inputs", values)))
    verdict = judged(hit(make_version(project), payload=payload), replayer, files / "imputes_first.keras")
    assert (verdict.rows, verdict.cured) == (2, 1)
    assert [row.row for row in verdict.failing] == [2]


def test_every_batch_counts_and_removed_rows_are_told(project: Project, replayer: Replayer, files: Path) -> None:
    version = make_version(project)
    incident = hit(version)
    for i in range(3):
        hit(version, NOON + hours(i + 1))
    Batch.objects.filter(hits__incident=incident).order_by("hits__pk")[0].delete()
    incident.refresh_from_db()
    told: list[int] = []
    verdict = verify(incident, ReplayLaboratory(replayer, files / "imputes.keras"), told.append)
    assert (verdict.rows, verdict.cured, verdict.removed) == (6, 6, 2)
    assert told == [2, 4, 6]


@pytest.mark.parametrize(("file", "cured"), [("half.keras", 1), ("answers_nan.keras", 2)])
def test_room_to_overflow(project: Project, replayer: Replayer, files: Path, file: str, cured: int) -> None:
    """Rows of 3,000s add up to 9,000 in a float16 layer, which ends at 65,504; rows of 2,000s stay below 6,550."""
    values = np.full((40, 3), 2e3, np.float32)
    values[0] = 3e3
    payload = pack_tensors(inputs=Tensors.of(Tensor("inputs", values)))
    finding = make_finding(symptom="near_overflow", cause=None, origin=None)
    verdict = judged(hit(make_version(project), findings=[finding], payload=payload), replayer, files / file)
    assert (verdict.rows, verdict.cured) == (2, cured)
    assert all("within a decade of an overflow" in row.reason for row in verdict.failing)


def test_what_no_replay_can_cure_is_told(project: Project, replayer: Replayer, files: Path) -> None:
    finding = make_finding(symptom="nonfinite_output", cause="software_mismatch", row_indices=[1], origin=None)
    verdict = judged(hit(make_version(project), findings=[finding]), replayer, files / "imputes.keras")
    assert verdict.is_cured
    assert "no replay can show" in verdict.note


def test_a_file_that_cannot_be_loaded_is_no_verdict(incident: Incident, replayer: Replayer, tmp_path: Path) -> None:
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"PK nothing")
    with pytest.raises(RefusedModelError):
        judged(incident, replayer, broken)
