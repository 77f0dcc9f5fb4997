"""Logged calls of one export -> batches: calls of one version, one hour and one shape of rows are replayed together."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np

from ingest.batches.decoded import BatchFields, DecodedBatch, checked_ids, checked_name, row_ids
from ingest.limits import BATCH
from ingest.wires.vertex_ai.rows import LoggedCall
from nantrace.tensors.checks import gathered
from nantrace.tensors.refusals import Refusal, TooLarge
from nantrace.tensors.tensor import Tensor, Tensors

_MAX_BATCHES = 500


def batches_of(calls: Iterable[LoggedCall], model: str, version: str | None) -> list[DecodedBatch]:
    """The calls in the order of the export; without `version`, the id of the deployed model is the version.

    Raises Refusal when there are none, or too many kinds of them.
    """
    groups: dict[tuple[Any, ...], list[LoggedCall]] = {}
    for call in calls:
        kind = (version or call.deployed_model, _hour(call.logged_at), _layout(call.inputs), _layout(call.outputs))
        groups.setdefault(kind, []).append(call)
    if not groups:
        raise Refusal("body", "holds no rows")
    if len(groups) > _MAX_BATCHES:
        what = "its rows differ in version, hour or shape"
        raise TooLarge(
            "body", f"makes {len(groups):,} batches, as {what}; the limit is {_MAX_BATCHES}: post fewer rows"
        )
    return [_batch(group, model, kind[0]) for kind, group in groups.items()]


def _batch(calls: list[LoggedCall], model: str, version: str) -> DecodedBatch:
    inputs = _stacked("request_payload", [call.inputs for call in calls])
    answers = [call.outputs for call in calls if call.outputs is not None]
    outputs = _stacked("response_payload", answers) if answers else None
    times = [call.logged_at for call in calls if call.logged_at is not None]
    fields = BatchFields(
        model=checked_name("model", model),
        version=checked_name("version", version),
        ids=checked_ids(_ids(calls), inputs.rows),
        observed_at=min(times, default=None),
    )
    return DecodedBatch(inputs, outputs, fields, unanswered=not answers)


def _ids(calls: list[LoggedCall]) -> list[str] | None:
    """The ids of all rows; None where a call has none."""
    if not all(call.request_id for call in calls):
        return None
    return [one for call in calls for one in row_ids(call.request_id, call.inputs.rows)]


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
