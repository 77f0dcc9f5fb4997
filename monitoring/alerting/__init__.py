"""What leaves the service: one folder a destination, found by its `DESTINATION`."""

import logging
from importlib import import_module
from pkgutil import iter_modules

from monitoring.alerting.destination import AlertDestination

logger = logging.getLogger(__name__)


def find_destinations() -> dict[str, AlertDestination]:
    """Every destination by the name of its folder."""
    folders = [module.name for module in iter_modules(__path__) if module.ispkg]
    return {name: import_module(f"{__name__}.{name}").DESTINATION for name in folders}


def deliver() -> None:
    """One round to every destination that is configured. One that fails does not stop the others."""
    for name, destination in find_destinations().items():
        try:
            if destination.is_configured():
                destination.deliver()
        except Exception:
            logger.exception("nothing was delivered to %s", name)
