"""Times that senders report."""

from datetime import UTC, datetime, timedelta
from typing import Any

from nantrace.tensors.refusals import Refusal

_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=1)


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
