"""What every test of the suite shares: a project, and who calls it.

Alice holds a key of every scope, bob's may only read, charlie has every scope in another project of
his own: tests ask what charlie gets.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

from ingest.models import ApiKey, Project, Scope

# a busy machine makes its examples slowly: that says nothing of the code
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("patient"), max_examples=10)
settings.load_profile("patient")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "new_servers", "database"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what meets a database or a broker: only these tests can tell PostgreSQL from SQLite."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.add_marker("servers")


@dataclass(frozen=True)
class ApiClient:
    """Speaks to the API with one key."""

    project: Project
    secret: str

    @classmethod
    def of(cls, project: Project, name: str, scopes: list[Scope]) -> "ApiClient":
        _, secret = ApiKey.issue(project, name, [scope.value for scope in scopes])
        return cls(project, secret)

    def get(self, path: str, **extra: Any) -> Any:
        return self._client.get(f"/api/v1{path}", **extra)

    def post(self, path: str, *args: Any, **extra: Any) -> Any:
        return self._client.post(f"/api/v1{path}", *args, **extra)

    def put(self, path: str, body: Any) -> Any:
        return self._client.put(f"/api/v1{path}", body, content_type="application/json")

    def delete(self, path: str, body: Any) -> Any:
        return self._client.delete(f"/api/v1{path}", body, content_type="application/json")

    @property
    def _client(self) -> Client:
        """Errors of the service become answers, as they do for a real caller."""
        return Client(headers={"Authorization": f"Bearer {self.secret}"}, raise_request_exception=False)


@pytest.fixture
def project(db: None) -> Project:  # noqa: ARG001 - it opens the database
    return Project.objects.create(name="shop")


@pytest.fixture
def alice(project: Project) -> ApiClient:
    return ApiClient.of(project, "alice", list(Scope))


@pytest.fixture
def bob(project: Project) -> ApiClient:
    return ApiClient.of(project, "bob", [Scope.READ])


@pytest.fixture
def charlie(db: None) -> ApiClient:  # noqa: ARG001 - it opens the database
    return ApiClient.of(Project.objects.create(name="strangers"), "charlie", list(Scope))
