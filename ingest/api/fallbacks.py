"""What Django itself answers: problem documents under /api, pages elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views import defaults

from ingest.api.problems import CONTENT_TYPE, problem, server_error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return _answer(problem(400, "The request is not one that the service takes; check host and headers."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return _answer(problem(404, "There is nothing at this address; /api/v1/docs lists what there is."))


def failed(request: HttpRequest) -> HttpResponseBase:
    return _answer(server_error()) if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _answer(document: dict[str, Any]) -> HttpResponse:
    return JsonResponse(document, status=document["status"], content_type=CONTENT_TYPE)
