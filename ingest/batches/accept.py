"""Takes a batch in: everything checked first, then one committed row, then a hint to the workers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from django.db import IntegrityError, transaction
from django.utils import timezone

from ingest.batches.decoded import DecodedBatch
from ingest.batches.store import store
from ingest.batches.version_ids import forget_versions, inputs_of, version_id_of
from ingest.limits import BATCH, MAX_TEXT
from ingest.models import Batch, Project
from ingest.sqlite import one_at_a_time
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.named_columns import MatchedColumns, match_columns
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Table, TensorError, Tensors


@dataclass(frozen=True)
class Idempotency:
    """What makes two posts the same: the caller's key, None where it sent none, and the digest of the body."""

    key: str | None = None
    body_sha256: str = ""

    def __post_init__(self) -> None:
        key = self.key
        if key is not None and not (0 < len(key) <= MAX_TEXT and key.isascii() and key.isprintable()):
            raise Refusal("Idempotency-Key", f"must be 1 to {MAX_TEXT} printable ASCII characters")

    @classmethod
    def of(cls, key: str | None, body: bytes, header: str = "") -> Self:
        """Of a post whose fields may stand in a header; raises Refusal naming `Idempotency-Key`.

        Without a key nothing is digested: that costs as much as reading a compact body.
        """
        return cls() if key is None else cls(key, hashlib.sha256(header.encode() + b"\0" + body).hexdigest())


@dataclass(frozen=True)
class StoredBatch:
    """A committed batch; `is_new` is False where an earlier post of the same key stored it."""

    batch: Batch
    is_new: bool

    @property
    def new_rows(self) -> int:
        return self.batch.rows if self.is_new else 0


def accept_post(project: Project, batches: Sequence[DecodedBatch], idempotency: Idempotency) -> list[StoredBatch]:
    """Stores the batches of one post, all or none; raises Refusal. A repeated key answers what the first post did."""
    earlier = earlier_batch(project, idempotency)  # refuses another body under the key before anything is written
    if len(batches) == 1:
        return [earlier or accept_batch(project, batches[0], idempotency)]
    with one_at_a_time(), transaction.atomic():
        return [accept_batch(project, one, _numbered(idempotency, number)) for number, one in enumerate(batches)]


def _numbered(idempotency: Idempotency, number: int) -> Idempotency:
    """Every batch of a post has a key of its own; the first has the post's."""
    if idempotency.key is None or not number:
        return idempotency
    digest = hashlib.sha256(idempotency.key.encode()).hexdigest()
    return Idempotency(f"part:{digest}:{number}", idempotency.body_sha256)


def accept_batch(project: Project, decoded: DecodedBatch, idempotency: Idempotency | None = None) -> StoredBatch:
    """Stores the batch and returns once it is committed; raises Refusal naming the field, and stores nothing then.

    A repeated idempotency key returns the batch of the first post, whichever of two racing posts that was.
    """
    idempotency = idempotency or Idempotency()
    batch = _row(project, decoded)
    batch.idempotency_key, batch.body_sha256 = idempotency.key, idempotency.body_sha256
    try:
        store(batch)
    except IntegrityError:
        forget_versions()  # or the version was deleted after it was looked up
        earlier = earlier_batch(project, idempotency)
        if earlier is None:
            raise
        return earlier
    return StoredBatch(batch, is_new=True)


def earlier_batch(project: Project, idempotency: Idempotency) -> StoredBatch | None:
    """The batch that an earlier post of the same key stored; raises Refusal when that post had another body."""
    if idempotency.key is None:
        return None
    earlier = (
        Batch.objects.filter(project=project, idempotency_key=idempotency.key)
        .only("rows", "nonfinite_rows", "left_out", "body_sha256", "row_errors")
        .first()
    )
    if earlier is None:
        return None
    if earlier.body_sha256 != idempotency.body_sha256:
        raise Refusal("Idempotency-Key", "was used before with another body; make a new key for every batch")
    return StoredBatch(earlier, is_new=False)


def matched_inputs(version_id: int, signature: str, inputs: Tensors) -> MatchedColumns:
    """The inputs of the model, put together where they came as columns by name; as they are where that is not known.

    What is known is of the default signature, "".
    Raises TensorError naming the columns that are missing, TooLarge.
    """
    may_be_columns = len(inputs) > 1 or all(tensor.values.shape[1:] in ((), (1,)) for tensor in inputs)
    wanted = inputs_of(version_id) if may_be_columns and not signature else None
    if wanted is None:
        return MatchedColumns(Table(inputs))
    found = match_columns(Table(inputs), [replace(one, kind=None) for one in wanted], BATCH)
    if found.missing:
        raise TensorError("inputs", found.lack("the model"))
    return found


def _row(project: Project, decoded: DecodedBatch) -> Batch:
    outputs, fields = decoded.outputs, decoded.fields
    version_id = version_id_of(project, fields.model, fields.version)
    matched = matched_inputs(version_id, fields.signature, decoded.inputs)
    inputs = matched.table.tensors
    if outputs is not None and outputs.rows != inputs.rows:
        raise TensorError("outputs", f"has {outputs.rows} rows, inputs has {inputs.rows}")
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
        left_out=list(matched.left_out),
        environment=fields.environment,
        signature=fields.signature,
        counts=fields.counts,
        unanswered=decoded.unanswered,
        row_errors=decoded.row_errors,
        observed_at=fields.observed_at or timezone.now(),
    )
