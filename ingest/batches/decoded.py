"""What every decoder returns: the rows of one batch and its checked fields."""

from dataclasses import dataclass

from ingest.batches.batch_fields import BatchFields
from nantrace.tensors.tensor import Tensors


@dataclass(frozen=True)
class DecodedBatch:
    """Tensors of one number of rows; `outputs` are what serving answered, None where that is not known.

    `unanswered`: the serving stack logged the request and no prediction for it.
    """

    inputs: Tensors
    outputs: Tensors | None
    fields: BatchFields
    unanswered: bool = False
