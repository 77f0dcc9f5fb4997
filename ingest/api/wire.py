"""What each wire declares."""

from dataclasses import dataclass

from ingest.api.intake import Intake


@dataclass(frozen=True)
class Wire:
    """An address below `/api/v1/` and the view that takes rows there; the view carries the OpenAPI description."""

    path: str
    view: type[Intake]

    @property
    def name(self) -> str:
        """The name of its route."""
        return self.path.replace("/", "-")

    @property
    def folder(self) -> str:
        """The name of its package in `ingest.wires`."""
        return self.view.__module__.split(".")[2]
