"""Times that senders tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

from nantrace.tensors.refusals import Refusal

_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=1)


def read_moment(field: str, value: Any) -> datetime | None:
    """An ISO 8601 time with its offset, None when none was sent; raises Refusal naming the field."""
    if value is None:
        return None
    wanted = "must be an ISO 8601 time with its offset, such as 2026-01-02T03:04:05Z"
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refusal(field, wanted) from None
    if moment.tzinfo is None:
        raise Refusal(field, wanted)
    if not _EARLIEST <= moment <= datetime.now(UTC) + _CLOCK_SKEW:
        raise Refusal(field, "lies before 1970 or in the future; check the clock of the sender")
    return moment
