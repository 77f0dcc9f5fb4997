"""Keys from before changing incidents had a scope of its own."""

from importlib import import_module

import pytest
from django.apps import apps

from ingest.models import ApiKey, Project, Scope

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after"),
    [(["read"], ["incidents", "read"]), (["ingest"], ["ingest"]), (["incidents", "read"], ["incidents", "read"])],
)
def test_keys_may_do_what_they_could(before: list[str], after: list[str]) -> None:
    key, _ = ApiKey.issue(Project.objects.create(name="shop"), "old", before)
    import_module("ingest.migrations.0007_scope_of_incidents").keep_what_keys_may_do(apps, None)
    key.refresh_from_db()
    assert key.scopes == after
    assert set(key.scopes) <= set(Scope.values)
