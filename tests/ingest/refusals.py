"""What the tests of hostile bodies share."""

from typing import Any

from ingest.models import Batch


def refused(answer: Any, status: int, field: str) -> str:
    """Checks the problem document, that nothing was stored, and returns the message about the field."""
    assert answer.status_code == status, answer.content[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["title"]
    (error,) = document["errors"]
    assert error["field"] == field
    assert not Batch.objects.exists()
    message: str = error["message"]
    return message
