"""The fields of a samples body that are no tensors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.batches.prediction_counts import read_counts
from ingest.batches.timestamps import read_time
from ingest.limits import MAX_TEXT
from nantrace.tensors.limits import MAX_ENVIRONMENT_BYTES
from nantrace.tensors.plain_json import check_plain, check_storable
from nantrace.tensors.refusals import Refusal

FIELDS = ("model", "version", "inputs", "outputs", "ids", "observed_at", "environment", "counts")


@dataclass(frozen=True)
class BatchFields:
    """Checked fields; `observed_at` is None where the time of arrival counts."""

    model: str
    version: str
    ids: list[str] = field(default_factory=list)
    observed_at: datetime | None = None
    environment: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Any] | None = None


def read_fields(given: Mapping[str, Any], rows: int) -> BatchFields:
    """Checks the fields of a batch of `rows` rows; raises Refusal naming the field."""
    for name in given:
        if name not in FIELDS:
            raise Refusal(name[:100], f"is not a field of a batch; the fields are {', '.join(FIELDS)}")
    return BatchFields(
        model=checked_name("model", given.get("model")),
        version=checked_name("version", given.get("version")),
        ids=checked_ids(given.get("ids"), rows),
        observed_at=read_time("observed_at", given.get("observed_at")),
        environment=_environment(given.get("environment")),
        counts=read_counts(given.get("counts"), rows),
    )


def checked_name(field: str, value: Any) -> str:
    """The name of a model or a version; raises Refusal naming the field when it is empty or no text."""
    if not isinstance(value, str) or not value:
        raise Refusal(field, f"must be the {field} as a text, as it was registered")
    return value


def checked_ids(value: Any, rows: int) -> list[str]:
    """The ids of `rows` rows, [] where none were sent; raises Refusal naming `ids`."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refusal("ids", "must be a list of texts, one per row")
    if len(value) != rows:
        raise Refusal("ids", f"has {len(value)} entries for {rows} rows; send one per row, or none at all")
    for one in value:
        check_storable("ids", one)
        if len(one) > MAX_TEXT:
            raise Refusal("ids", f"holds an id of {len(one)} characters; the limit is {MAX_TEXT}")
    return value


def _environment(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refusal("environment", 'must be an object, such as {"tensorflow": "2.21.0"}')
    check_plain("environment", value, MAX_ENVIRONMENT_BYTES)
    return value
