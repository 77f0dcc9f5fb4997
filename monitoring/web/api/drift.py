"""`GET /models/{name}/versions/{version}/drift`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.keys import project_of
from ingest.models import ModelVersion, Scope
from monitoring.drift_hours.hours import BY_HOUR, MOST_DAYS
from monitoring.web.api.documentation import PROBLEM
from monitoring.web.api.drift_document import DRIFT, drift_document
from nantrace.tensors.refusals import Malformed

USUAL_SPAN = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1970, 9999
USUAL_FEATURES, MOST_FEATURES = 50, 1_000


def _parameter(name: str, kind: Any, meaning: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=meaning)


DOCUMENTED: dict[str, Any] = {
    "tags": ["models"],
    "operation_id": "get_drift",
    "parameters": [
        _parameter("since", OpenApiTypes.DATETIME, "rows observed from then on; a day before `until` if left out"),
        _parameter(
            "until",
            OpenApiTypes.DATETIME,
            f"rows observed before then; now if left out. Up to {BY_HOUR.days} days are given in hours, longer spans "
            f"in days (UTC), at most {MOST_DAYS.days} of them",
        ),
        _parameter(
            "limit",
            OpenApiTypes.INT,
            f"features a window, the same in every window: those that moved most in the span; {USUAL_FEATURES} if left "
            f"out, at most {MOST_FEATURES:,}",
        ),
        _parameter("feature", OpenApiTypes.STR, "only features whose name contains this text, whatever its case"),
    ],
    "responses": {
        (200, "application/json"): DRIFT,
        **{(status, "application/problem+json"): PROBLEM for status in (400, 401, 403, 404)},
    },
}


class Drift(APIView):
    """How far the traffic of a version is from its reference."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(**DOCUMENTED)
    def get(self, request: Request, name: str, version: str) -> Response:
        """Hours or days with their statistics per feature, alarms and named faults."""
        found = ModelVersion.objects.select_related("model", "drift_profile").filter(
            model__project=project_of(request), model__name=name, version=version
        )
        one = found.first()
        if one is None:
            raise Http404(f"There is no version {version} of a model {name} in this project.")
        given = request.query_params.dict()
        since, until = _span(given)
        limit = _limit(given.get("limit") or str(USUAL_FEATURES))
        return Response(drift_document(one, since, until, limit, given.get("feature", "")))


def _span(given: dict[str, str]) -> tuple[datetime, datetime]:
    until = _moment("until", given["until"]) if given.get("until") else timezone.now()
    since = _moment("since", given["since"]) if given.get("since") else until - USUAL_SPAN
    if since >= until:
        raise Malformed("since", "must lie before until")
    if until - since > MOST_DAYS:
        raise Malformed("since", f"lies more than {MOST_DAYS.days} days before until; ask for a shorter span")
    return since, until


def _moment(field: str, text: str) -> datetime:
    """A moment as serving code writes `observed_at`; without an offset it is UTC."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))  # a plus in an address arrives as a space
        if moment is None or not FIRST_YEAR <= moment.year < LAST_YEAR:
            raise ValueError
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except ValueError:
        raise Malformed(field, f"is {text[:50]!r}; it must be a moment like 2026-01-02T03:04:05Z") from None


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_FEATURES:
        raise Malformed("limit", f"is {text[:50]!r}; it must be a number from 1 to {MOST_FEATURES:,}")
    return int(text)
