"""Claim, replay, diagnose, record: what happens to a batch, from left to right."""


def process_version(version_id: int) -> int:
    """Processes pending batches of a version until none is left; returns how many."""
    raise NotImplementedError


def profile_version(version_id: int) -> None:
    """Audits a version's artifact and takes the statistics of its reference."""
    raise NotImplementedError
