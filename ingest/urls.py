"""Routes of the write API and of its documentation.

`intake` stands apart: these few are asked thousands of times a second, and are looked at first.
"""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ingest.registry.view import RegisterModel
from ingest.wires.kserve.view import KServe
from ingest.wires.samples.view import Samples
from ingest.wires.tensorflow_serving.view import TensorFlowServing
from ingest.wires.vertex_ai.view import VertexAI

intake: list[URLPattern] = [
    path("samples", Samples.as_view(), name="samples"),
    path("samples/tensorflow-serving", TensorFlowServing.as_view(), name="samples-tensorflow-serving"),
    path("samples/kserve", KServe.as_view(), name="samples-kserve"),
    path("samples/vertex-ai", VertexAI.as_view(), name="samples-vertex-ai"),
]
urlpatterns: list[URLPattern] = [
    path("models", RegisterModel.as_view(), name="register-model"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
