"""Profile, claim, replay, diagnose, record: what happens to the batches of a version, from left to right."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from ingest.models import Batch, BatchState
from ingest.sqlite import one_at_a_time
from monitoring.drift_hours import HourCounts, recent_faults
from monitoring.incidents import record
from monitoring.queue import claims
from monitoring.traffic.version_traffic import count, count_wait, keep_headroom
from monitoring.versions.artifacts import ArtifactAwayError, local_artifact, shared_replayer
from monitoring.versions.metered_laboratory import MeteredLaboratory
from monitoring.versions.profiling import is_profiled, metadata_of, profile_version, training_of
from nantrace.diagnosis.finding import Finding
from nantrace.laboratory.examine_batch import PostedRows, examine_canonical
from nantrace.reference import Reference
from nantrace.replay.replay_errors import CannotLockError, NoReplayError, RefusedModelError, ReplayError
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.refusals import NotFound
from nantrace.tensors.tensor import Table, Tensors

NOT_OF_THE_ROWS = (ArtifactAwayError, CannotLockError, NoReplayError)
"""What keeps rows from being replayed here and now, whatever they hold: they wait, and no attempt is counted."""
NO_MEMORY = (
    "the diagnosis of these rows takes more memory than the worker may have; post them in smaller batches (operators: "
    "NANWATCH_MAX_BATCH_BYTES bounds one, NANWATCH_WORKER_MEMORY_BYTES the worker)"
)
HEADROOM_EVERY = 16  # large batches: the layer strip costs up to twice a forward pass

logger = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another worker holds the batch by now; whatever this one found is rolled back."""


@dataclass(frozen=True)
class Job:
    """A claimed batch with its rows unpacked: `inputs` as the model takes them, `outputs` as serving sent them."""

    batch: Batch
    laboratory: MeteredLaboratory
    inputs: Tensors
    outputs: Tensors | None
    left_out: Sequence[str] = ()

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """Raises ArtifactAwayError, ReplayError (RefusedModelError where the artifact cannot be loaded), and NotFound
        where the rows lack something that the model takes.
        """
        groups = unpack_tensors(bytes(batch.payload or b""))
        laboratory = MeteredLaboratory(shared_replayer(), local_artifact(batch.version), batch.signature)
        found = laboratory.matched(Table(groups["inputs"]), metadata_of(batch))
        if found.missing:
            raise NotFound("inputs", found.lack("the model"))
        return cls(batch, laboratory, found.table.tensors, groups.get("outputs"), found.left_out)

    def nonfinite_rows(self) -> NDArray[np.bool_]:
        """Rows with a non-finite or missing value in an input or a served output, shape (rows,)."""
        bad = self.inputs.nonfinite_rows()
        return bad if self.outputs is None else bad | self.outputs.nonfinite_rows()


@dataclass(frozen=True)
class Examined:
    """What is recorded of a batch: its findings, and what its rows add to their hour and to the counters.

    `headroom`: decades, of the layer that came closest to an overflow; None where it was not measured.
    """

    findings: Sequence[Finding]
    nonfinite_rows: NDArray[np.bool_]
    hour_counts: HourCounts | None
    left_out: Sequence[str] = ()
    headroom: float | None = None


def process_version(version_id: int) -> int:
    """Profiles a version where that is still to do, then processes its waiting batches; returns how many."""
    if not is_profiled(version_id):
        _profile(version_id)
    claims.hint_arrived(version_id)  # before the first claim, so that a batch accepted from now on sends its own hint
    processed = 0
    while (batch := claims.claim_next(version_id)) is not None:
        process(batch)
        processed += 1
    return processed


def process(batch: Batch) -> None:
    """Replays a claimed batch, diagnoses it, and records what came of it in one transaction."""
    try:
        with claims.held(batch):
            examined = _examined(batch)
        _record(batch, examined)
    except NOT_OF_THE_ROWS as error:
        logger.warning("batch %s of version %s waits: %s", batch.pk, batch.version_id, error)
        claims.postpone(batch, str(error))
    except (RefusedModelError, NotFound) as error:
        claims.finish(batch, BatchState.FAILED, keep_payload=True, failure=str(error))
    except MemoryError:
        logger.exception("batch %s takes more memory than this worker may have", batch.pk)
        claims.finish(batch, BatchState.FAILED, keep_payload=True, failure=NO_MEMORY)
    except ReplayError as error:  # what the model wrote is for its project, and not for this log
        logger.warning("batch %s was not replayed (attempt %d): %s", batch.pk, batch.attempts + 1, error.ours)
        claims.give_back(batch, str(error))
    except LeaseLostError:
        logger.warning("batch %s was taken over by another worker", batch.pk)
    except Exception as error:  # a fault of ours in one batch must not stop the others, nor go unseen
        logger.exception("batch %s was not diagnosed (attempt %d)", batch.pk, batch.attempts + 1)
        claims.give_back(batch, f"the diagnosis failed: {type(error).__name__}")


def _profile(version_id: int) -> None:
    """Its hint is kept meanwhile: loading a model twice at once helps nobody."""
    try:
        with claims.hint_kept(version_id):
            profile_version(version_id)
    except NOT_OF_THE_ROWS as error:  # the sweeper hints again
        logger.warning("version %s is not profiled: %s", version_id, error)
        claims.say_why_waiting(version_id, str(error))
    except ReplayError as error:
        logger.warning("version %s is not profiled: %s", version_id, error.ours)
        claims.say_why_waiting(version_id, str(error))


def _examined(batch: Batch) -> Examined:
    if not batch.rows:  # counts alone
        return Examined([], np.zeros(0, bool), None)
    job = Job.of(batch)
    reference, metadata = training_of(batch)
    findings = _findings(job, reference, metadata)
    headroom = job.laboratory.least_headroom(reference)
    return Examined(findings, job.nonfinite_rows(), _hour_counts(job), job.left_out, headroom)


def _findings(job: Job, reference: Reference | None, metadata: dict[str, Any]) -> list[Finding]:
    batch = job.batch
    return examine_canonical(
        job.laboratory,
        PostedRows(job.inputs, job.outputs, batch.environment),
        reference,
        metadata,
        known_faults=[] if batch.signature else recent_faults(batch),
        check_headroom=int(batch.pk, 16) % HEADROOM_EVERY == 0,  # batch ids are random: an even sample
    )


def _hour_counts(job: Job) -> HourCounts | None:
    """What its rows count to in their hour, where the default signature takes them, as it takes the reference.

    Encoded bytes (images, tf.Examples) have no distribution that says anything.
    A fault of ours there must not cost the diagnosis.
    """
    if job.batch.signature or job.inputs.holds_bytes():
        return None
    try:
        return HourCounts.of(job.batch, job.inputs, job.outputs)
    except Exception:
        logger.exception("the rows of batch %s are in no drift window", job.batch.pk)
        return None


def _record(batch: Batch, examined: Examined) -> None:
    """Everything that a replay leaves behind, or nothing: counts, incidents, drift, the state of the batch."""
    findings = examined.findings
    with one_at_a_time(), transaction.atomic():
        if not claims.finish(batch, BatchState.REPLAYED, keep_payload=bool(findings)):
            raise LeaseLostError
        if examined.left_out:
            Batch.objects.filter(pk=batch.pk).update(left_out=[*batch.left_out, *examined.left_out])
        count(batch, findings, examined.nonfinite_rows)
        if examined.headroom is not None:
            keep_headroom(batch, examined.headroom)
        record(batch, findings)  # how urgent an incident is depends on what was served in its hour
        if examined.hour_counts is not None:
            examined.hour_counts.write(refused=_refused(findings))
        count_wait(batch)


def _refused(findings: Sequence[Finding]) -> set[int]:
    return {row for finding in findings if finding.symptom == "replay_failed" for row in finding.row_indices}
