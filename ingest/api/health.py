"""Whether the process runs, and whether it could take a batch right now; asked without a key."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ingest.models import Project


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "live"})


def missing() -> list[str]:
    """What keeps database or storage from taking a batch; empty where nothing does."""
    return [*_database(), *_storage()]


def _database() -> list[str]:
    try:
        Project.objects.exists()
    except DatabaseError:
        return ["database: no answer, or its tables are missing (manage.py migrate makes them)"]
    return []


def _storage() -> list[str]:
    try:
        default_storage.delete(default_storage.save("health-probe", ContentFile(b"")))
    except OSError:
        return ["storage: files cannot be written; check space and permissions of the data directory"]
    return []
