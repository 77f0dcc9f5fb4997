"""What monitoring does when ingest says that something came in."""

from monitoring.queue import claims


def hint_version(version_id: int, **_: object) -> None:
    """A batch was accepted or a version registered; both are committed by now."""
    claims.hint(version_id)
