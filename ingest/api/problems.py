"""Every error of the API is a problem document (RFC 9457); what Django itself answers elsewhere is a page."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.views import set_rollback

from ingest.refusals import Conflict, LengthRequired, TryLater, UnsupportedType
from nantrace.tensors.refusals import Malformed, NotFound, Refusal, TooLarge

CONTENT_TYPE = "application/problem+json"
DATABASE_AWAY_SECONDS = 5  # until a new attempt makes sense
logger = logging.getLogger(__name__)

_STATUS: dict[type[Exception], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    LengthRequired: HTTPStatus.LENGTH_REQUIRED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TryLater: HTTPStatus.TOO_MANY_REQUESTS,
    UnsupportedType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal: HTTPStatus.UNPROCESSABLE_ENTITY,
    Http404: HTTPStatus.NOT_FOUND,
    PermissionDenied: HTTPStatus.FORBIDDEN,
    RequestDataTooBig: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    SuspiciousOperation: HTTPStatus.BAD_REQUEST,
}

Errors = list[dict[str, str]]


def problem(status: int, detail: str, errors: Errors | None = None) -> dict[str, Any]:
    """The document; `about:blank` says that the title is that of the status."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": int(status), "detail": detail, "errors": errors or []}


def problem_response(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """REST framework's exception handler; an unforeseen error is logged and answered without details.

    Always JSON: the renderer of the view may be for something else, or be what was not found.
    """
    set_rollback()
    document, headers = _described(error, context)
    return _answer(document, headers)


def status_of(error: Exception) -> HTTPStatus | None:
    """None of an error that nobody foresaw."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), None)


def _described(error: Exception, context: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    if isinstance(error, APIException):
        return _of_framework(error)
    if isinstance(error, OperationalError | InterfaceError):
        return _database_away(error)
    status = status_of(error)
    if status is None:
        logger.error("unforeseen error in %s", type(context.get("view")).__name__, exc_info=error)
        return server_error(), {}
    if isinstance(error, Refusal):
        found = [{"field": error.field, "message": error.message}]
        headers = {"Retry-After": str(error.seconds)} if isinstance(error, TryLater) else {}
        return problem(status, str(error), found), headers
    return problem(status, str(error) or status.description), {}


def server_error() -> dict[str, Any]:
    """What a caller gets for an error of the service."""
    return problem(500, "The service failed on this request; its log says why.")


def _database_away(error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """Unreachable, locked for too long, out of connections or out of space: the caller keeps its rows and retries."""
    logger.error("the database failed: %s", error)
    detail = (
        "The database does not answer, so nothing is confirmed; the service's log says why. "
        "Send the same request again with the same Idempotency-Key: it is stored once."
    )
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail), {"Retry-After": str(DATABASE_AWAY_SECONDS)}


def _of_framework(error: APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if not isinstance(error, ValidationError):
        return problem(error.status_code, str(error.detail)), headers
    errors = list(_flat(error.detail, ""))
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in errors[:3])
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors), headers


def _flat(detail: Any, field: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, f"{field}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, field)
    else:
        yield {"field": field, "message": str(detail)}


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


def _answer(document: dict[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    return JsonResponse(document, status=document["status"], headers=headers, content_type=CONTENT_TYPE)
