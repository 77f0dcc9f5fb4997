"""The zip file as an answer that a browser saves."""

from django.http import HttpResponse

from monitoring.models import Incident
from monitoring.reproduction.archive import reproduction


def download(incident: Incident) -> HttpResponse:
    """Of an incident with its model; raises NothingKept."""
    headers = {"Content-Disposition": f'attachment; filename="{incident.short_id}-reproduction.zip"'}
    return HttpResponse(reproduction(incident), content_type="application/zip", headers=headers)
