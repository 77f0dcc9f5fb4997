"""The form on an incident's page in Chromium: the answer appears without a reload."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from ingest.models import Project
from monitoring.models import OrderState, Verification
from tests.dashboard.conftest import Login, expect
from tests.dashboard.stories import bad_night
from tests.dashboard.test_in_a_browser import complaints, keep_screenshot
from tests.incidents.builders import make_version

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def answer(state: OrderState, **fields: Any) -> None:
    """As a worker does."""
    Verification.objects.update(state=state, answered_at=timezone.now(), **fields)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_answer_comes_by_itself(login: Login, shop: Project, scheme: Any, width: int) -> None:
    bad_night(shop)
    make_version(shop, version="9-imputes-inside")
    page = login(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    heard = complaints(page)
    page.goto("/incidents/CHURN-1")
    page.get_by_label("Replay the failing rows through version").select_option("9-imputes-inside")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#answers")).to_contain_text("waits for a worker")
    row = {"batch": "ab" * 16, "row": 2, "id": "req-2", "reason": "answers NaN or infinity without fused kernels"}
    answer(OrderState.DONE, rows=4, cured=3, removed=7, failing=[row])
    expect(page.locator("#answers")).to_contain_text("not cured 3 of 4 rows cured")
    expect(page.locator("#answers")).to_contain_text("req-2: answers NaN or infinity without fused kernels")
    expect(page.locator("#answers")).not_to_have_attribute("hx-trigger", "every 2s")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert heard == []
    keep_screenshot(page, f"verify-{scheme}-{width}")


def test_it_works_without_javascript(login: Login, shop: Project) -> None:
    bad_night(shop)
    page = login(java_script_enabled=False).new_page()
    page.goto("/incidents/CHURN-1")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#answers")).to_contain_text("waits for a worker")
    answer(OrderState.FAILED, failure="the model cannot be loaded: no file")
    page.reload()
    expect(page.locator("#answers")).to_contain_text("no answer the model cannot be loaded: no file")


def test_the_reproduction_is_downloaded(login: Login, shop: Project, tmp_path: Path) -> None:
    bad_night(shop)
    page: Page = login().new_page()
    page.goto("/incidents/CHURN-1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a reproduction").click()
    assert download.value.suggested_filename == "CHURN-1-reproduction.zip"
    download.value.save_as(tmp_path / "it.zip")
    assert (tmp_path / "it.zip").stat().st_size > 1000
