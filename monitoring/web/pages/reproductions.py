"""The button on an incident's page that downloads its reproduction."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from monitoring.reproduction import NothingKept, download
from monitoring.web.pages.incidents import visible_incident


@login_required
@require_safe
def incident_reproduction(request: HttpRequest, short_id: str) -> HttpResponse:
    """A zip file: a script, some of the failing rows, and what is claimed about them."""
    try:
        return download(visible_incident(request, short_id))
    except NothingKept as error:
        raise Http404(str(error)) from error
