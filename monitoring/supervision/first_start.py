"""What a first start makes, and what each start prints for the person who started it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.models import ApiKey, Project, Scope
from ingest.registry.projects import ensure_first_admin, ensure_first_project

DEMO_KEY_NAME = "demo of this start"


@dataclass(frozen=True)
class Start:
    """The first project, and secrets that exist in clear only now: None when they were made or given earlier."""

    project: Project
    api_key: str | None
    login: str
    password: str | None

    def greeting(self, url: str) -> str:
        """A few lines with everything a newcomer needs."""
        lines = {
            "login": self.login,
            "password": self.password or "the one of NANWATCH_BOOTSTRAP_ADMIN, or as printed by the first start",
            "API key": self.api_key
            or "the one of NANWATCH_BOOTSTRAP_API_KEY, or as printed by the first start; the settings page makes more",
        }
        return "\n".join([f"NaNWatch is ready: {url}", *(f"  {name:<9} {text}" for name, text in lines.items())])


def prepare() -> Start:
    """Makes the first project and the first administrator where there are none."""
    project, api_key = ensure_first_project()
    login, password = ensure_first_admin()
    return Start(project, api_key, login, password)


@contextlib.contextmanager
def demo_key(project: Project) -> Iterator[str]:
    """A key for the demo that exists only while it may run; also removes what a killed start left behind."""
    keys = ApiKey.objects.filter(project=project, name=DEMO_KEY_NAME)
    keys.delete()
    _, secret = ApiKey.issue(project, DEMO_KEY_NAME, list(Scope))
    try:
        yield secret
    finally:
        keys.delete()
