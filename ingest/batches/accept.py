"""Takes a batch in: everything checked first, then one committed row, then a hint."""

from dataclasses import dataclass

from django.db import IntegrityError
from django.utils import timezone

from ingest.batches.batch_fields import read_fields
from ingest.batches.decoded import Posted
from ingest.batches.store import store
from ingest.batches.version_ids import forget_versions, version_id_of
from ingest.limits import MAX_TEXT
from ingest.models import Batch, Project
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import TensorError, Tensors


@dataclass(frozen=True)
class Delivery:
    """What makes two posts the same: the caller's idempotency key, if any, and the digest of the body."""

    idempotency_key: str | None = None
    body_sha256: str = ""

    def __post_init__(self) -> None:
        key = self.idempotency_key
        if key is not None and not (0 < len(key) <= MAX_TEXT and key.isascii() and key.isprintable()):
            raise Refusal("Idempotency-Key", f"must be 1 to {MAX_TEXT} printable ASCII characters")


def accept_batch(project: Project, posted: Posted, delivery: Delivery | None = None) -> Batch:
    """Stores the batch and returns it committed; raises Refusal naming the field, and stores nothing then.

    A repeated idempotency key returns the batch of the first post, whichever of two racing posts that was.
    """
    delivery = delivery or Delivery()
    batch = _checked(project, posted)
    batch.idempotency_key, batch.body_sha256 = delivery.idempotency_key, delivery.body_sha256
    try:
        store(batch)
    except IntegrityError:
        forget_versions()  # or the version was deleted after it was looked up
        earlier = earlier_batch(project, delivery)
        if earlier is None:
            raise
        return earlier
    return batch


def earlier_batch(project: Project, delivery: Delivery) -> Batch | None:
    """The batch that this very post has become before; raises Refusal when the key had another body."""
    if delivery.idempotency_key is None:
        return None
    earlier = (
        Batch.objects.filter(project=project, idempotency_key=delivery.idempotency_key)
        .only("rows", "nonfinite_rows", "body_sha256")
        .first()
    )
    if earlier is not None and earlier.body_sha256 != delivery.body_sha256:
        raise Refusal("Idempotency-Key", "was used before with another body; make a new key for every batch")
    return earlier


def _checked(project: Project, posted: Posted) -> Batch:
    inputs, outputs = posted.inputs, posted.outputs
    fields = read_fields(posted.fields, inputs.rows)
    if outputs is not None and outputs.rows != inputs.rows:
        raise TensorError("outputs", f"has {outputs.rows} rows, inputs has {inputs.rows}")
    version_id = version_id_of(project, fields.model, fields.version)
    nonfinite = inputs.nonfinite_rows()
    groups: dict[str, Tensors] = {"inputs": inputs}
    if outputs is not None:
        nonfinite |= outputs.nonfinite_rows()
        groups["outputs"] = outputs
    return Batch(
        project=project,
        version_id=version_id,
        rows=inputs.rows,
        nonfinite_rows=int(nonfinite.sum()),
        payload=pack_tensors(**groups),
        row_ids=fields.ids,
        environment=fields.environment,
        counts=fields.counts,
        unanswered=posted.unanswered,
        observed_at=fields.observed_at or timezone.now(),
    )
