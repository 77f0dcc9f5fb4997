"""Makes projects."""

from django.db import IntegrityError, transaction

from ingest.models import ApiKey, Project, Scope
from ingest.refusals import Conflict
from nantrace.tensors.refusals import Refusal

_MAX_NAME = 100


def create_project(name: str) -> tuple[Project, str]:
    """The project and the secret of its first key, which has every scope; raises Refusal naming `name`."""
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable() or name != name.strip():
        raise Refusal("name", f"must be 1 to {_MAX_NAME} printable characters, without spaces around them")
    try:
        with transaction.atomic():
            project = Project.objects.create(name=name)
            _, secret = ApiKey.issue(project, "first", list(Scope))
    except IntegrityError:
        raise Conflict("name", f"a project {name!r} exists already; choose another name") from None
    return project, secret
