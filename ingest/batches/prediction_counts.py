"""`counts` of a samples body: what a sender that posts only a sample reports about everything it served."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ingest.batches.timestamps import read_time
from nantrace.tensors.refusals import Refusal

MAX_COUNT = 10**12  # a million times the largest batch; sums stay far below what a database integer holds
_NUMBERS = ("predictions", "nonfinite", "dropped")
_NAMES = (*_NUMBERS, "since", "until")


def read_counts(value: Any, rows: int) -> dict[str, Any] | None:
    """The checked counts of a batch of `rows` rows as they are stored; raises Refusal naming the field.

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
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= MAX_COUNT:
        raise Refusal(f"counts.{name}", f"must be a whole number from 0 to {MAX_COUNT:,}")
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
