"""Callers of the API."""

from typing import Any

import pytest
from django.test import Client

from ingest.models import ApiKey, Project, Scope


class Caller:
    """Speaks to the API with one key."""

    def __init__(self, project: Project, scopes: list[Scope]) -> None:
        self.project = project
        _, secret = ApiKey.issue(project, "test", [str(scope) for scope in scopes])
        self._client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, status: int = 200) -> Any:
        """The JSON of `GET /api/v1<path>`, which must answer with `status`."""
        answer = self._client.get(f"/api/v1{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        """The same for `PATCH`."""
        answer = self._client.patch(f"/api/v1{path}", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def shop(db: None) -> Caller:  # noqa: ARG001
    return Caller(Project.objects.create(name="shop"), [Scope.READ, Scope.INCIDENTS])


@pytest.fixture
def charlie(db: None) -> Caller:  # noqa: ARG001
    return Caller(Project.objects.create(name="bank"), list(Scope))
