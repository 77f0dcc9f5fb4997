"""Whoever got the link of a confirmation mail says yes, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerting.direct.email.confirmation import address_of, confirm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """A button, and not the link alone, confirms: programs that look at mails follow links."""
    asked = address_of(token)
    if asked is not None and request.method == "POST":
        confirm(asked)
        return redirect("confirm-address", token)
    return render(request, "confirm_address.html", {"asked": asked}, status=404 if asked is None else 200)
