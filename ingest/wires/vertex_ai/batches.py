"""Logged calls of one export -> batches: calls of one version, one hour and one shape of rows are replayed together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from ingest.batches.decoded import BatchFields, DecodedBatch, checked_name, row_ids
from ingest.batches.sides import MAX_PARTS, batches_of_call, merged, row_errors_of
from ingest.limits import BATCH
from ingest.wires.vertex_ai.rows import Export, LoggedCall
from nantrace.tensors.checks import gathered
from nantrace.tensors.refusals import Refusal, TooLarge
from nantrace.tensors.tensor import Tensor, Tensors

Check = Callable[[str, str], object]
"""Raises Refusal where a model has no such version."""


def batches_of(export: Export, model: str, version: str | None, check: Check) -> list[DecodedBatch]:
    """The calls in the order of the export; without `version`, the id of the deployed model is the version.

    A line that cannot be read, or whose version is not registered, is left out; the first batch says which. Raises
    Refusal when no line is left, or too many kinds of them.
    """
    groups: dict[tuple[Any, ...], list[DecodedBatch]] = {}
    refusals = list(export.rejected)
    if version is not None:
        check(model, version)
    for call in export.calls:
        try:
            batches = _batches(call, model, version or call.deployed_model, check)
        except Refusal as refusal:
            refusals.append(type(refusal)(f"{call.line}.{refusal.field}", refusal.message))
            continue
        for one in batches:
            kind = (one.fields.version, _hour(call.logged_at), _layout(one.inputs), _layout(one.outputs))
            groups.setdefault(kind, []).append(one)
    if not groups:
        raise refusals[0] if refusals else Refusal("body", "holds no rows")
    if len(groups) > MAX_PARTS:
        what = "its rows differ in version, hour or shape"
        raise TooLarge("body", f"makes {len(groups):,} batches, as {what}; the limit is {MAX_PARTS}: post fewer rows")
    errors = merged(row_errors_of(refusals), *(one.row_errors for group in groups.values() for one in group))
    return [_together(group, None if at else errors) for at, group in enumerate(groups.values())]


def _batches(call: LoggedCall, model: str, version: str, check: Check) -> list[DecodedBatch]:
    fields = BatchFields(
        model=checked_name("model", model),
        version=checked_name("version", version),
        ids=row_ids(call.request_id, call.inputs.rows) if call.request_id else [],
        observed_at=call.logged_at,
    )
    check(fields.model, fields.version)
    return batches_of_call(call.inputs, call.outputs, fields, unanswered=call.outputs is None)


def _together(parts: list[DecodedBatch], row_errors: dict[str, Any] | None) -> DecodedBatch:
    """Rows of one kind; they have ids where all calls have one."""
    inputs = _stacked("request_payload", [part.inputs for part in parts])
    answers = [part.outputs for part in parts if part.outputs is not None]
    outputs = _stacked("response_payload", answers) if answers else None
    times = [part.fields.observed_at for part in parts if part.fields.observed_at is not None]
    ids = [one for part in parts for one in part.fields.ids] if all(part.fields.ids for part in parts) else []
    fields = replace(parts[0].fields, ids=ids, observed_at=min(times, default=None))
    return DecodedBatch(inputs, outputs, fields, unanswered=parts[0].unanswered, row_errors=row_errors)


def _hour(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(minute=0, second=0, microsecond=0)


def _layout(tensors: Tensors | None) -> tuple[Any, ...] | None:
    """What rows must share to become one tensor; integers and floats can."""
    if tensors is None:
        return None
    kinds = {"b": "boolean", "U": "text"}
    return tuple((one.name, one.values.shape[1:], kinds.get(one.values.dtype.kind, "number")) for one in tensors)


def _stacked(field: str, parts: list[Tensors]) -> Tensors:
    BATCH.check_rows(field, sum(part.rows for part in parts))
    names = list(parts[0].by_name)
    return gathered(field, [_joined(field, [part.by_name[name] for part in parts]) for name in names], BATCH)


def _joined(field: str, parts: list[Tensor]) -> Tensor:
    widest = max(part.values.itemsize for part in parts)  # one long text makes all texts of an array long
    BATCH.check_bytes(field, widest * sum(part.values.size for part in parts))
    values = np.concatenate([part.values for part in parts])
    if all(part.sent is None for part in parts):
        return Tensor(parts[0].name, values)
    sent = [np.zeros(part.values.shape, np.uint8) if part.sent is None else part.sent for part in parts]
    return Tensor(parts[0].name, values, np.concatenate(sent))
