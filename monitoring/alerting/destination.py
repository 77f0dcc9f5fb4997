"""What a folder of this room declares as `DESTINATION`, so that the schedule finds it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class AlertDestination:
    """Where the outside hears of incidents and counters.

    `is_configured` is asked at every round. `deliver` makes one round; it may be called by several workers at once, and
    raises nothing for a destination that is away: what was not delivered is delivered in a later round.
    """

    is_configured: Callable[[], bool]
    deliver: Callable[[], None]
