"""People and a browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from ingest.models import Project, Role

if TYPE_CHECKING:  # a run without a browser does not pay for the import
    from playwright.sync_api import Browser, BrowserContext

PASSWORD = "a long walk at night"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
Login = Callable[..., "BrowserContext"]


def text_of(client: Client, path: str, status: int = 200) -> str:
    """A page without its line breaks and indents."""
    answer = client.get(path)
    assert answer.status_code == status, path
    return " ".join(answer.content.decode().split())


@pytest.fixture
def shop(db: None) -> Project:  # noqa: ARG001
    return Project.objects.create(name="shop")


@pytest.fixture
def ada(shop: Project) -> User:
    """An admin of the shop."""
    user = User.objects.create_user("ada", password=PASSWORD)
    shop.members.add(user, through_defaults={"role": Role.ADMIN})
    return user


@pytest.fixture
def page_of(ada: User) -> Client:
    """Ada, logged in."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def charlie(db: None) -> Client:  # noqa: ARG001
    """Charlie, logged in, an admin of another project that has nothing."""
    charlie = User.objects.create_user("charlie")
    Project.objects.create(name="bank").members.add(charlie, through_defaults={"role": Role.ADMIN})
    client = Client()
    client.force_login(charlie)
    return client


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, which `make test` has installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("the browser tests need Chromium: tests/install_chromium installs it")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    # playwright's synchronous door runs an event loop in this thread, and Django then refuses its database
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def expect(actual: Any) -> Any:
    """Playwright's assertions, which wait."""
    from playwright.sync_api import expect as playwright_expect

    return playwright_expect(actual)


@pytest.fixture
def login(browser: "Browser", live_server: LiveServer, ada: User) -> Iterator[Login]:  # noqa: ARG001
    """Opens a browser in which Ada is logged in; options are playwright's `new_context`."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> "BrowserContext":
        context = browser.new_context(base_url=live_server.url, **options)
        opened.append(context)
        page = context.new_page()
        page.goto("/login")
        page.get_by_label("User name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/")
        page.close()
        return context

    yield open_context
    for context in opened:
        context.close()
