"""The fields of a samples body that are no tensors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.batches.prediction_counts import read_counts
from ingest.batches.timestamps import read_moment
from ingest.limits import MAX_TEXT
from nantrace.tensors.limits import MAX_ENVIRONMENT_BYTES
from nantrace.tensors.plain_json import check_plain, check_storable
from nantrace.tensors.refusals import Refusal

FIELDS = ("model", "version", "inputs", "outputs", "ids", "observed_at", "environment", "counts")


@dataclass(frozen=True)
class BatchFields:
    """Checked fields; `observed_at` is None when the caller left it to the time of arrival."""

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
            raise Refusal(name[:100], f"is no field of a batch; the fields are {', '.join(FIELDS)}")
    return BatchFields(
        model=_text(given, "model"),
        version=_text(given, "version"),
        ids=_ids(given.get("ids"), rows),
        observed_at=read_moment("observed_at", given.get("observed_at")),
        environment=_environment(given.get("environment")),
        counts=read_counts(given.get("counts"), rows),
    )


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(name, f"must be the {name} as a text, as it was registered")
    return value


def _ids(value: Any, rows: int) -> list[str]:
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
