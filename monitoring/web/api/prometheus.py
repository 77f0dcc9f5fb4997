"""`GET /metrics`: the metrics of the key's project, for a scraper of Prometheus."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from prometheus_client.exposition import choose_encoder
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ingest.api.keys import project_of
from ingest.models import Scope
from monitoring.metrics.prometheus import ReadingsCollector
from monitoring.metrics.readings import read_metrics


class OurOwnNegotiation(BaseContentNegotiation):
    """The encoder reads what the scraper accepts; only problems are rendered by the framework."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:  # noqa: ARG002
        return next(iter(parsers), None)

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


@method_decorator(never_cache, "dispatch")
class PrometheusMetrics(APIView):
    """Nothing of another project, and nothing without a key: names of models are nobody else's business."""

    required_scopes = {"GET": Scope.READ}
    content_negotiation_class = OurOwnNegotiation

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        readings = read_metrics(timezone.now(), project=project_of(request))
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return HttpResponse(encode(ReadingsCollector(readings)), content_type=content_type)
