"""The formats of all wires, from the `formats` of the tests of each wire that the service finds."""

from importlib import import_module

from ingest.urls import find_wires
from tests.ingest.wires.format import Format, Target

_MODULES = [import_module(f"tests.ingest.wires.{wire.folder}.formats") for wire in find_wires()]
FORMATS: list[Format] = [one for module in _MODULES for one in module.FORMATS]
TARGETS: list[Target] = [one for module in _MODULES for one in module.TARGETS]
