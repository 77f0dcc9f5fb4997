"""The causes of the contract, a module each. All that a new cause takes is a module here that defines CAUSE."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from nantrace.diagnosis.cause import Cause, S


def _found() -> Iterator[Cause]:
    for module in pkgutil.iter_modules(__path__):
        yield import_module(f"{__name__}.{module.name}").CAUSE


CAUSES = tuple(sorted(_found(), key=lambda cause: cause.place))  # in the order of precedence
_BY_IDENTIFIER = {cause.identifier: cause for cause in CAUSES}


def cause_of(identifier: str) -> Cause:
    """The cause with the contract's identifier; raises KeyError."""
    return _BY_IDENTIFIER[identifier]


def at_stage(kind: type[S]) -> list[tuple[Cause, S]]:
    """The causes that can be found at a stage, with how, in the order of their ranks."""
    found = [(cause, stage) for cause in CAUSES if (stage := cause.stage(kind)) is not None]
    return sorted(found, key=lambda pair: pair[1].rank)
