"""Answers are strict JSON: non-finite numbers leave as texts, never as bare tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from rest_framework.renderers import JSONRenderer

from ingest.batches.accept import StoredBatch
from nantrace.tensors.strict_json import strict


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a post of rows came to: the document that answers it, and how many rows it stored."""

    document: Mapping[str, Any]
    new_rows: int
    status: int = 202

    @classmethod
    def of(cls, stored: StoredBatch) -> Self:
        """Of a post that is one batch; it names the columns that were left out, where there were any."""
        batch = stored.batch
        document = {"batch": batch.pk, "rows": batch.rows, "nonfinite_rows": batch.nonfinite_rows}
        if batch.left_out:
            document["left_out"] = batch.left_out
        return cls(document, stored.new_rows)


class StrictJSONRenderer(JSONRenderer):
    """How REST framework writes answers: non-finite numbers are the texts that requests may use for them."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return super().render(strict(data), accepted_media_type, renderer_context)
