"""Routes of the write API and of its documentation.

`intake` stands apart: these few are asked thousands of times a second, and are looked at first.
"""

from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ingest import wires
from ingest.api.intake import Wire
from ingest.registry.view import RegisterModel


def find_wires() -> list[Wire]:
    """The `WIRE` in the `view` of each package of `ingest.wires`, by path: `samples`, the most used, comes first."""
    packages = (module.name for module in iter_modules(wires.__path__) if module.ispkg)
    found: list[Wire] = [import_module(f"{wires.__name__}.{package}.view").WIRE for package in packages]
    return sorted(found, key=lambda wire: wire.path)


intake: list[URLPattern] = [path(wire.path, wire.view.as_view(), name=wire.name) for wire in find_wires()]
urlpatterns: list[URLPattern] = [
    path("models", RegisterModel.as_view(), name="register-model"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
