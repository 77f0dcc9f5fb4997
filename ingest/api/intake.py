"""What every view that takes rows in shares: thousands of requests a second pass here.

REST framework negotiates, wraps and renders each request, which costs as much again as storing a small batch. A POST
here is checked for its key, for its rate and for room, and handed on as Django's own request; whatever is refused, and
every other method, goes through the framework, so that callers see no difference.

Some senders can set no header: loggers and brokers that know a URL and nothing else. Their key stands in the URL, as
its password (`https://key:SECRET@host/...`, which HTTP clients turn into Basic authentication) or as `?token=`. URLs
are copied and logged, so only a key that may do nothing but send rows is taken from one. See docs/adr.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.views import APIView

from ingest.admission.backlog import check_room
from ingest.admission.rates import check_rate, count_rows
from ingest.admission.refused_requests import count_refused
from ingest.api.answers import Accepted
from ingest.api.keys import basic_password, check_scope, key_of, key_of_secret
from ingest.models import ApiKey, Scope

TOKEN = "token"  # noqa: S105 - the name of a parameter


class Intake(APIView):
    """A view whose `post` takes Django's request; `self.key` is the key that signed it."""

    required_scopes = {"POST": Scope.INGEST}
    parser_classes = ()
    key: ApiKey

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        signed = False
        try:
            self.key, signed = self._signed(request), True
            check_rate(self.key)
            check_room(self.key.project)
            accepted = self.post(request)
            count_rows(self.key, accepted.new_rows)
            return HttpResponse(json.dumps(accepted.document), content_type="application/json", status=accepted.status)
        except Exception as error:  # noqa: BLE001 - the framework's handler answers and logs it
            answer = self._refused(request, error, *args, **kwargs)
            if signed:
                count_refused(self.key.project_id, answer.status_code)
            return answer

    def post(self, request: HttpRequest) -> Accepted:
        """Stores the rows of the request; raises Refusal."""
        raise NotImplementedError

    def _signed(self, request: HttpRequest) -> ApiKey:
        key = key_of(request)
        if key is None:
            raise NotAuthenticated
        check_scope(key, self.required_scopes["POST"])
        return key

    def _refused(self, request: HttpRequest, error: Exception, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs, self.headers = args, kwargs, self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        return self.finalize_response(self.request, self.handle_exception(error), *args, **kwargs)


class SinkIntake(Intake):
    """A view to which senders post that can set no header."""

    def _signed(self, request: HttpRequest) -> ApiKey:
        secret = request.GET.get(TOKEN) or basic_password(request.META.get("HTTP_AUTHORIZATION", ""))
        if not secret:
            return super()._signed(request)
        key = key_of_secret(secret)
        if key.scopes != [Scope.INGEST]:
            raise PermissionDenied(
                "A key in a URL must have the scope `ingest` and no other; make one for this sender."
            )
        return key


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
