"""Moments as the API writes them."""

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
