"""`GET /incidents/{id}/reproduction`."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ingest.api.authentication import project_of
from ingest.models import Scope
from monitoring.models import Incident
from monitoring.reproduction import NothingKept, download
from monitoring.web.api.documentation import PROBLEM

_ZIP, _PROBLEM = "application/zip", "application/problem+json"
DOCUMENTED: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "get_reproduction",
    "responses": {
        (200, _ZIP): OpenApiTypes.BINARY,
        **{(status, _PROBLEM): PROBLEM for status in (401, 403, 404)},
    },
}


class WhateverIsAccepted(BaseContentNegotiation):
    """The file is a zip and a problem is JSON, whatever the caller would rather have."""

    def select_parser(self, _request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, _request: Request, renderers: Any, _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class Reproduction(APIView):
    """A self-contained folder that shows the incident with plain TensorFlow."""

    required_scopes = {"GET": Scope.READ}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(**DOCUMENTED)
    def get(self, request: Request, short_id: str) -> HttpResponse:
        """A zip file: a script, up to 20 failing rows, and what is claimed about them."""
        found = Incident.objects.select_related("model").filter(project=project_of(request), short_id=short_id)
        incident = found.first()
        if incident is None:
            raise Http404(f"There is no incident {short_id} in this project.")
        try:
            return download(incident)
        except NothingKept as error:
            raise Http404(str(error)) from error
