"""A new version is profiled once: its artifact audited, the statistics of its training inputs taken."""

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from ingest.limits import MAX_FILE_BYTES
from ingest.models import Batch, ModelVersion
from monitoring.drift_hours import keep_training_inputs
from monitoring.models import VersionProfile
from monitoring.versions.artifacts import local_artifact, materialise_reference, shared_replayer
from nantrace.audit.audit_artifact import Audit, audit, refused
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.examine_batch import reference_of
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.reference import Reference
from nantrace.replay.replay_errors import CannotLockError, RefusedModelError, ReplayError
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.table_files import read_named_table
from nantrace.tensors.tensor import Tensors

NO_MEMORY = "profiling it takes more memory than the worker may have (operators: NANWATCH_WORKER_MEMORY_BYTES)"
SMALLER = "Register it as the next version with a random sample of the reference's rows."

logger = logging.getLogger(__name__)


def is_profiled(version_id: int) -> bool:
    return VersionProfile.objects.filter(version_id=version_id).exists()


def profile_version(version_id: int) -> None:
    """Audits a version's artifact and takes the statistics of its reference, whose rows are then deleted.

    Does nothing for a version that has a profile, or that was deleted: a message can outlive its version. Raises
    ArtifactAwayError, and ReplayError where the replay, not the model, is at fault.
    """
    version = ModelVersion.objects.filter(pk=version_id).first()
    if version is None or is_profiled(version_id):
        return
    found, training = _audited(version)
    if training is not None:
        keep_training_inputs(version_id, _laboratory(version), training[0])
    VersionProfile.objects.get_or_create(
        version=version,
        defaults={
            "audit_state": found.state,
            "findings": found.findings,
            "signature": found.signature,
            "reference": None if training is None else training[1].as_json(),
        },
    )
    if version.reference_path:
        default_storage.delete(version.reference_path)
        ModelVersion.objects.filter(pk=version_id).update(reference_path="")


def metadata_of(batch: Batch) -> dict[str, Any]:
    """What is registered of the inputs of a batch: of another signature than the default one, inputs by name only."""
    metadata: dict[str, Any] = batch.version.named_metadata
    features = metadata.get("features")
    if not batch.signature:
        return metadata
    return {"features": features} if isinstance(features, dict) else {}


def training_of(batch: Batch) -> tuple[Reference | None, dict[str, Any]]:
    """The reference and the metadata of the rows of a batch; the reference is of the default signature."""
    profile = None if batch.signature else VersionProfile.objects.filter(version_id=batch.version_id).first()
    known = None if profile is None or profile.reference is None else Reference.from_json(profile.reference)
    return known, metadata_of(batch)


def _audited(version: ModelVersion) -> tuple[Audit, tuple[Tensors, Reference] | None]:
    """What is wrong with the artifact itself, and its training inputs with their statistics."""
    try:
        training = _training_inputs(version)
        found = audit(shared_replayer(), local_artifact(version), training, version.named_metadata)
    except CannotLockError:  # that is this machine, not the model
        raise
    except RefusedModelError as error:
        return refused(error.reason, error.way_out), None
    except Refusal as error:
        return refused(str(error)), None
    except MemoryError:
        return refused(NO_MEMORY, SMALLER), None
    return found, training


def _training_inputs(version: ModelVersion) -> tuple[Tensors, Reference] | None:
    """The reference as this model's inputs take it, and its statistics; what rows are made of is known from then on."""
    laboratory = _laboratory(version)
    if not version.reference_path:
        _keep_inputs(version, laboratory, version.metadata)
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = materialise_reference(version, Path(folder))
        table = read_named_table(path, "reference", MAX_FILE_BYTES)
        metadata = laboratory.named(version.metadata, table, table)
        rows = laboratory.taken(table, metadata, "reference").tensors
    _keep_inputs(version, laboratory, metadata)
    return rows, _reference(version, rows)


def _reference(version: ModelVersion, rows: Tensors) -> Reference:
    """Their statistics, and how far they take each layer where the model answers them."""
    try:
        return reference_of(shared_replayer(), local_artifact(version), rows)
    except ReplayError as error:
        logger.warning("version %s: how far its training inputs take each layer is not known: %s", version.pk, error)
        return take_reference(rows)


def _keep_inputs(version: ModelVersion, laboratory: ReplayLaboratory, metadata: Mapping[str, Any]) -> None:
    version.inputs = [one.as_json() for one in laboratory.wanted(metadata)]
    ModelVersion.objects.filter(pk=version.pk).update(inputs=version.inputs)


def _laboratory(version: ModelVersion) -> ReplayLaboratory:
    return ReplayLaboratory(shared_replayer(), local_artifact(version))
