"""Routes of the write API and of its documentation."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ingest.api.models import RegisterModel
from ingest.api.samples import Samples

urlpatterns: list[URLPattern] = [
    path("models", RegisterModel.as_view(), name="register-model"),
    path("samples", Samples.as_view(), name="samples"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
