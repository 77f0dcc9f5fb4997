"""Claim, replay, diagnose, record: what happens to a batch, from left to right."""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from ingest.limits import MAX_FILE_BYTES
from ingest.models import Batch, BatchState, ModelVersion
from ingest.registry.artifacts import materialise_reference
from ingest.sqlite.write_lock import one_at_a_time
from monitoring.drift_hours import HourCounts, keep_training_inputs, recent_faults
from monitoring.incidents import record
from monitoring.models import VersionProfile
from monitoring.queue import claims, leases
from monitoring.traffic.counters import count
from monitoring.versions.artifacts import ArtifactAwayError, local_artifact, shared_replayer
from nantrace.audit import Audit, audit, refused
from nantrace.diagnosis.finding import Finding
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.examine_batch import Rows, examine
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.reference import Reference
from nantrace.replay.replayer import RefusedModelError, ReplayError
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.table_files import read_table
from nantrace.tensors.tensor import Tensors

HEADROOM_EVERY = 16  # large batches: the layer strip costs up to twice a forward pass

logger = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another worker holds the batch by now; whatever this one found is rolled back."""


def process_version(version_id: int) -> int:
    """Processes pending batches of a version until none is left; returns how many."""
    processed = 0
    while (batch := claims.claim_next(version_id, leases.LEASE)) is not None:
        process(batch)
        processed += 1
    return processed


def process(batch: Batch) -> None:
    """Replays a claimed batch, diagnoses it, and records what came of it in one transaction."""
    try:
        with leases.renewed(batch):
            findings = _examined(batch)
            hour_counts = _hour_counts(batch)
        _record(batch, findings, hour_counts)
    except RefusedModelError as error:
        claims.finish(batch, BatchState.FAILED, keep_payload=True, failure=str(error))
    except ArtifactAwayError as error:
        logger.warning("batch %s of version %s: %s", batch.pk, batch.version_id, error)
        claims.postpone(batch, str(error))
    except ReplayError as error:
        logger.warning("batch %s was not replayed (attempt %d): %s", batch.pk, batch.attempts, error)
        claims.give_back(batch, str(error))
    except LeaseLostError:
        logger.warning("batch %s was taken over by another worker", batch.pk)
    except Exception as error:  # a fault of ours in one batch must not stop the others, nor go unseen
        logger.exception("batch %s was not diagnosed (attempt %d)", batch.pk, batch.attempts)
        claims.give_back(batch, f"the diagnosis failed: {type(error).__name__}")


def profile_version(version_id: int) -> None:
    """Audits a version's artifact and takes the statistics of its reference, whose rows are then deleted.

    Raises ArtifactAwayError.
    """
    version = ModelVersion.objects.get(pk=version_id)
    if VersionProfile.objects.filter(version=version).exists():
        return
    audit, training = _audited(version)
    if training is not None:
        laboratory = ReplayLaboratory(shared_replayer(), local_artifact(version))
        keep_training_inputs(version_id, laboratory, training[0])
    VersionProfile.objects.get_or_create(
        version=version,
        defaults={
            "audit_state": audit.state,
            "findings": audit.findings,
            "signature": audit.signature,
            "reference": None if training is None else training[1].as_json(),
        },
    )
    if version.reference_path:
        default_storage.delete(version.reference_path)
        ModelVersion.objects.filter(pk=version_id).update(reference_path="")


def _audited(version: ModelVersion) -> tuple[Audit, tuple[Tensors, Reference] | None]:
    """What is wrong with the artifact itself, and its training inputs with their statistics."""
    try:
        artifact = local_artifact(version)
        training = _training_inputs(version, artifact)
        found = audit(shared_replayer(), artifact, training, version.metadata)
    except (RefusedModelError, Refusal) as error:
        return refused(str(error)), None
    return found, training


def _training_inputs(version: ModelVersion, artifact: Path) -> tuple[Tensors, Reference] | None:
    """The reference as this model's inputs take it, and its statistics."""
    if not version.reference_path:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = materialise_reference(version, Path(folder))
        rows = ReplayLaboratory(shared_replayer(), artifact).canonical(read_table(path, "reference", MAX_FILE_BYTES))
    return rows, take_reference(rows)


def _examined(batch: Batch) -> list[Finding]:
    if not batch.rows:  # counts alone
        return []
    profile_version(batch.version_id)
    profile = VersionProfile.objects.get(version_id=batch.version_id)
    known = None if profile.reference is None else Reference.from_json(profile.reference)
    groups = unpack_tensors(bytes(batch.payload or b""))
    rows = Rows(groups["inputs"], groups.get("outputs"), batch.environment)
    artifact = local_artifact(batch.version)
    return examine(
        shared_replayer(),
        artifact,
        rows,
        known,
        batch.version.metadata,
        known_faults=recent_faults(batch),
        check_headroom=int(batch.pk, 16) % HEADROOM_EVERY == 0,  # batch ids are random: an even sample
    )


def _hour_counts(batch: Batch) -> HourCounts | None:
    """What its rows count to in their hour. A fault of ours there must not cost the diagnosis."""
    if not batch.rows:
        return None
    groups = unpack_tensors(bytes(batch.payload or b""))
    try:
        inputs = ReplayLaboratory(shared_replayer(), local_artifact(batch.version)).canonical(groups["inputs"])
        return HourCounts.of(batch, inputs, groups.get("outputs"))
    except Exception:
        logger.exception("the rows of batch %s are in no drift window", batch.pk)
        return None


def _record(batch: Batch, findings: Sequence[Finding], hour_counts: HourCounts | None) -> None:
    """Everything that a replay leaves behind, or nothing: counts, incidents, drift, the state of the batch."""
    with one_at_a_time(), transaction.atomic():
        if not claims.finish(batch, BatchState.REPLAYED, keep_payload=bool(findings)):
            raise LeaseLostError
        record(batch, findings)
        count(batch, findings)
        if hour_counts is not None:
            hour_counts.write(refused=_refused(findings))


def _refused(findings: Sequence[Finding]) -> set[int]:
    return {row for finding in findings if finding.symptom == "replay_failed" for row in finding.row_indices}
