"""How many false alarms are allowed, and how the kinds of alarms share them."""

from math import log

WINDOWS = 720  # of an hour in 30 days
FALSE_ALARMS = 1.0  # per model in so many windows
INTEGRITY_SHARE, JUMP_SHARE, SHAPE_SHARE = 0.1, 0.1, 0.8


def nats_needed(tests: int, share: float) -> float:
    """Evidence that clean traffic reaches in a `share` of the budget only, over all windows and `tests` in each."""
    return log(WINDOWS * max(tests, 1) / (FALSE_ALARMS * share))
