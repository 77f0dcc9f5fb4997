"""What every decoder returns: the rows of one batch, and its other fields, each checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.limits import MAX_TEXT
from nantrace.tensors.limits import MAX_ENVIRONMENT_BYTES
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.strict_json import check_plain, check_storable
from nantrace.tensors.tensor import Tensors

FIELDS = ("model", "version", "signature", "inputs", "outputs", "ids", "observed_at", "environment", "counts")
DEFAULT_SIGNATURE = "serving_default"  # what TensorFlow Serving calls where a request names none
_MAX_COUNT = 10**12  # a million times the largest batch; sums stay far below what a database integer holds
_NUMBERS = ("predictions", "nonfinite", "dropped")
_NAMES = (*_NUMBERS, "since", "until")
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True)
class BatchFields:
    """Checked fields; `observed_at` is None where the time of arrival counts, `signature` "" for the default one."""

    model: str
    version: str
    signature: str = ""
    ids: list[str] = field(default_factory=list)
    observed_at: datetime | None = None
    environment: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Any] | None = None


@dataclass(frozen=True)
class DecodedBatch:
    """Tensors of one number of rows; `outputs` are what serving answered, None where that is not known.

    `unanswered`: the serving stack logged the request and no prediction for it. `row_errors`: what is wrong with
    other rows of the same post (`sides.row_errors_of`).
    """

    inputs: Tensors
    outputs: Tensors | None
    fields: BatchFields
    unanswered: bool = False
    row_errors: dict[str, Any] | None = None


def read_fields(given: Mapping[str, Any], rows: int) -> BatchFields:
    """Checks the fields of a batch of `rows` rows; raises Refusal naming the field."""
    for name in given:
        if name not in FIELDS:
            raise Refusal(name[:100], f"is not a field of a batch; the fields are {', '.join(FIELDS)}")
    return BatchFields(
        model=checked_name("model", given.get("model")),
        version=checked_name("version", given.get("version")),
        signature=checked_signature("signature", given.get("signature")),
        ids=checked_ids(given.get("ids"), rows),
        observed_at=read_time("observed_at", given.get("observed_at")),
        environment=_environment(given.get("environment")),
        counts=_read_counts(given.get("counts"), rows),
    )


def checked_name(field: str, value: Any) -> str:
    """The name of a model or a version; raises Refusal naming the field when it is empty or no text."""
    if not isinstance(value, str) or not value:
        raise Refusal(field, f"must be the {field} as a text, as it was registered")
    return value


def checked_signature(field: str, value: Any) -> str:
    """The name of a SavedModel's signature, "" for the default one; raises Refusal naming the field."""
    if value is None:
        return ""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise Refusal(field, f"must be the name of a signature, a text of 1 to {MAX_TEXT} characters")
    check_storable(field, value)
    return "" if value == DEFAULT_SIGNATURE else value


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


def row_ids(call_id: str, rows: int) -> list[str]:
    """One id a row: the id of the call, followed by the number of the row where the call has several.

    No id is longer than MAX_TEXT, where `call_id` is not.
    """
    if rows == 1:
        return [call_id]
    width = MAX_TEXT - len(str(rows)) - 1
    return [f"{call_id[:width]}/{row}" for row in range(rows)]


def read_time(field: str, value: Any) -> datetime | None:
    """An ISO 8601 time with its offset, None when none was sent; raises Refusal naming the field."""
    if value is None:
        return None
    expected = "must be an ISO 8601 time with its offset, such as 2026-01-02T03:04:05Z"
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refusal(field, expected) from None
    if time.tzinfo is None:
        raise Refusal(field, expected)
    if not _EARLIEST <= time <= datetime.now(UTC) + _CLOCK_SKEW:
        raise Refusal(field, "lies before 1970 or in the future; check the clock of the sender")
    return time


def _environment(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refusal("environment", 'must be an object, such as {"tensorflow": "2.21.0"}')
    check_plain("environment", value, MAX_ENVIRONMENT_BYTES)
    return value


def _read_counts(value: Any, rows: int) -> dict[str, Any] | None:
    """The counts of all that the sender of a sample served, as they are stored; raises Refusal naming the field.

    `predictions` were served in all since `since` and until `until`, the rows of the batch among them;
    `nonfinite` of them held a NaN, an infinity or a missing value; `dropped` of them were lost before they were sent.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Refusal("counts", 'must be an object, such as {"predictions": 1000, "nonfinite": 3, "dropped": 0}')
    for name in value:
        if name not in _NAMES:
            raise Refusal(f"counts.{name}"[:100], f"is not a count; the counts are {', '.join(_NAMES)}")
    numbers = {name: _number(value, name) for name in _NUMBERS}
    if numbers["predictions"] < rows:
        raise Refusal("counts.predictions", f"is {numbers['predictions']}, fewer than the {rows} rows it comes with")
    for part in ("nonfinite", "dropped"):
        if numbers[part] > numbers["predictions"]:
            raise Refusal(f"counts.{part}", f"is {numbers[part]} of only {numbers['predictions']} predictions")
    return {**numbers, **_period(value)}


def _number(value: Mapping[str, Any], name: str) -> int:
    number = value.get(name) if name == "predictions" else value.get(name, 0)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _MAX_COUNT:
        raise Refusal(f"counts.{name}", f"must be a whole number from 0 to {_MAX_COUNT:,}")
    return number


def _period(value: Mapping[str, Any]) -> dict[str, str]:
    given: dict[str, datetime] = {}
    for name in ("since", "until"):
        time = read_time(f"counts.{name}", value.get(name))
        if time is not None:
            given[name] = time
    if len(given) == 2 and given["until"] < given["since"]:
        raise Refusal("counts.until", "lies before counts.since")
    return {name: time.isoformat() for name, time in given.items()}
