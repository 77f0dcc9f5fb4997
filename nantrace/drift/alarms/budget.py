"""How many false alarms are allowed, and how the kinds of alarms share them."""

from math import log

WINDOWS = 720  # of an hour in 30 days
FALSE_ALARMS = 1.0  # per model in so many windows
INTEGRITY_SHARE, PERSISTENT_SHARE, JUMP_SHARE, MISSING_RANK_SHARE, SHAPE_SHARE = 0.05, 0.05, 0.1, 0.2, 0.6


def hourly(share: float) -> float:
    """False alarms allowed in one window to kinds of alarms that have a `share` of the budget."""
    return FALSE_ALARMS * share / WINDOWS


def nats_needed(tests: int, budget: float) -> float:
    """Evidence for one of `tests` that all of them together reach by chance `budget` times (Bonferroni)."""
    return log(max(tests, 1) / budget)
