"""What leaves the service: one folder a destination, found by its `DESTINATION`; messages to people in `direct/`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AlertDestination:
    """Where the outside hears of incidents and counters.

    `is_configured` is asked at every round. `deliver` makes one round; it may be called by several workers at once, and
    raises nothing for a destination that is away: what was not delivered is delivered in a later round.
    """

    is_configured: Callable[[], bool]
    deliver: Callable[[], None]


def find_destinations() -> dict[str, AlertDestination]:
    """Every destination by the name of its folder. What goes to people has an outbox, and rounds of its own."""
    folders = [module.name for module in iter_modules(__path__) if module.ispkg and module.name != "direct"]
    return {name: import_module(f"{__name__}.{name}").DESTINATION for name in folders}


def deliver() -> None:
    """One round to every destination that is configured. One that fails does not stop the others."""
    for name, destination in find_destinations().items():
        try:
            if destination.is_configured():
                destination.deliver()
        except Exception:
            logger.exception("nothing was delivered to %s", name)
