"""Answers are strict JSON: non-finite numbers leave as texts, never as bare tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from rest_framework.renderers import JSONRenderer

from ingest.batches.accept import StoredBatch
from ingest.models import Batch
from nantrace.tensors.strict_json import strict


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a post of rows came to: the document that answers it, and how many rows it stored."""

    document: Mapping[str, Any]
    new_rows: int
    status: int = 202

    @classmethod
    def of(cls, stored: Sequence[StoredBatch], **more: str) -> Self:
        """Of a post whose rows are one batch, or a batch for each shape that they have; `more` is also answered."""
        batches = [one.batch for one in stored]
        others = {"batches": [batch.pk for batch in batches]} if len(batches) > 1 else {}
        document = {"batch": batches[0].pk, **more, **others, **counts_of(batches)}
        return cls(document, sum(one.new_rows for one in stored))


def counts_of(batches: Sequence[Batch]) -> dict[str, Any]:
    """The rows of all batches of a post; columns that were left out and what is wrong with some rows, if anything."""
    counts = {
        "rows": sum(batch.rows for batch in batches),
        "nonfinite_rows": sum(batch.nonfinite_rows for batch in batches),
    }
    more = {"left_out": batches[0].left_out, "row_errors": batches[0].row_errors}
    return {**counts, **{name: value for name, value in more.items() if value}}


class StrictJSONRenderer(JSONRenderer):
    """How REST framework writes answers: non-finite numbers are the texts that requests may use for them."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return super().render(strict(data), accepted_media_type, renderer_context)
