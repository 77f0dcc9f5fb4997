"""How many false alarms are allowed, and how the kinds of alarms share them. Shown as it is: see `budget_of_files`.

Each kind tests all features at once, and all kinds together are allowed the sum of their shares (Bonferroni).
"""

from math import log
from typing import Any

WINDOWS = 720  # of an hour in 30 days
FALSE_ALARMS = 1.0  # per model in so many windows
INTEGRITY_SHARE, PERSISTENT_SHARE, JUMP_SHARE, MISSING_RANK_SHARE, SHAPE_SHARE = 0.05, 0.05, 0.1, 0.2, 0.6

FILE_SHARE = 0.01  # of clean files that alarm, for the distributions and for the rates each
CERTAIN = 0.9  # the least posterior probability of a named fault that is an alarm by itself


def hourly(share: float) -> float:
    """False alarms allowed in one window to kinds of alarms that have a `share` of the budget."""
    return FALSE_ALARMS * share / WINDOWS


def nats_needed(tests: int, budget: float) -> float:
    """Evidence for one of `tests` that all of them together reach by chance `budget` times (Bonferroni)."""
    return log(max(tests, 1) / budget)


def budget_of_files() -> dict[str, Any]:
    """Of one comparison of two files, JSON-able: the share of clean files that each kind of alarm may alarm at most."""
    return {
        "false_alarms": 2 * FILE_SHARE,
        "distributions": FILE_SHARE,
        "rates": FILE_SHARE,
        "least_confidence_of_a_fault": CERTAIN,
    }
