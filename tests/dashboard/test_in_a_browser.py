"""The pages in Chromium: nothing blocked, nothing broken, and an incident can be resolved."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ingest.models import ApiKey, Batch, Project, Scope
from monitoring.models import Incident
from tests.dashboard.conftest import Login, expect
from tests.dashboard.stories import NEAR_OVERFLOW, bad_night, image_incident
from tests.incidents.builders import NOON, hit, make_version

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/incidents",
    "/incidents/CHURN-1",
    "/incidents/TRANSLATE-1",
    "/incidents/DIGITS-1",
    "/incidents/SCORES-1",
    "/register?incident=CHURN-1",
    "/models",
    "/models/churn",
    "/models/churn/versions/8",
    "/settings",
    "/nowhere",
    "/api/v1/docs",
]


def complaints(page: "Page") -> list[str]:
    """Fills up with what the browser complains about: blocked by the policy, failed, or thrown."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', event => console.error(event.violatedDirective))")
    return heard


def test_login_to_resolved(login: Login, shop: Project) -> None:
    bad_night(shop)
    page = login().new_page()
    heard = complaints(page)
    page.goto("/")
    page.get_by_role("link", name="2 rows miss income").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 rows miss income")
    page.get_by_label("Comment or reason").fill("asked the data team")
    page.keyboard.press("Enter")
    expect(page.locator("#history")).to_contain_text("Comment by ada")
    expect(page.locator("#state .pill")).to_have_text("open")
    page.get_by_label("Comment or reason").fill("imputed upstream")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.locator("#history")).to_contain_text("Resolved by ada")
    expect(page.locator("#history")).to_contain_text("imputed upstream")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Ignore")).to_be_visible()
    assert Incident.objects.get(short_id="CHURN-1").state == "open"
    assert heard == []


def test_it_works_without_javascript(login: Login, shop: Project) -> None:
    bad_night(shop)
    page = login(java_script_enabled=False).new_page()
    page.goto("/incidents?state=open")
    page.get_by_label("Model").select_option("churn")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="CHURN-1").click()
    page.get_by_role("button", name="Resolve").click()
    expect(page).to_have_url(re.compile("/incidents/CHURN-1$"))
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def test_choosing_a_filter_changes_the_list_and_the_address(login: Login, shop: Project) -> None:
    bad_night(shop)
    page = login().new_page()
    heard = complaints(page)
    page.goto("/incidents")
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_label("Model").select_option("churn")
    expect(page).to_have_url(re.compile(r"/incidents\?model=churn&state=open$"))
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Resolved").click()
    expect(page.get_by_text("No incident matches")).to_be_visible()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert heard == []


def test_a_key_is_made_shown_once_and_revoked(login: Login) -> None:
    page = login().new_page()
    heard = complaints(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/settings")
    page.get_by_label("What it is for").fill("churn service")
    page.get_by_role("button", name="Make key").click()
    expect(page.locator("#secret")).to_contain_text("nw_")
    page.goto("/settings")
    expect(page.locator("#secret")).to_have_count(0)
    page.get_by_role("button", name="Revoke churn service").click()
    expect(page.get_by_text("no longer works")).to_be_visible()
    assert heard == []


def test_a_channel_is_added_and_an_incident_muted_by_the_link_of_its_alert(
    login: Login, shop: Project, settings: Settings
) -> None:
    settings.NANWATCH_ALERT_ADDRESSES = "any"
    hit(make_version(shop), NOON)
    page = login().new_page()
    heard = complaints(page)
    page.goto("/settings")
    page.get_by_text("Webhook", exact=True).click()
    form = page.locator("form[action*='alerts/webhook']")
    form.get_by_label("Name").fill("on call")
    form.get_by_label("URL").fill("http://127.0.0.1:1/")
    form.get_by_role("button").click()
    expect(page.locator("#channel-secret")).to_contain_text("whsec_")
    page.get_by_role("button", name="Send a test to on call").click()
    expect(page.get_by_text("1 waiting to be sent")).to_be_visible()
    page.goto("/incidents/CHURN-1#mute")
    page.get_by_label("Time").select_option("1 day")  # the link has opened the form
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_text("Muted until")).to_be_visible()
    assert heard == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_no_page_complains_or_overflows(login: Login, shop: Project, scheme: Any, width: int) -> None:
    bad_night(shop)
    image_incident(shop)
    hit(make_version(shop, "scores"), NOON, [NEAR_OVERFLOW])
    ApiKey.issue(shop, "Google Cloud Monitoring", [scope.value for scope in Scope])
    context = login(color_scheme=scheme, viewport={"width": width, "height": 900})
    of_a_batch = f"/batches/{Batch.objects.filter(hits__incident__short_id='CHURN-1')[0].pk}"
    for path in [*PAGES, of_a_batch]:
        page = context.new_page()
        heard = complaints(page)
        page.goto(path, wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the window"
        assert [one for one in heard if "404" not in one] == [], path
        keep_screenshot(page, f"{scheme}-{width}-{path.strip('/').replace('/', '-').partition('?')[0] or 'overview'}")
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_door_and_the_first_steps(login: Login, browser: "Browser", live_server: LiveServer, scheme: Any) -> None:
    outside = browser.new_context(base_url=live_server.url, color_scheme=scheme).new_page()
    inside = login(color_scheme=scheme).new_page()
    for page, path, expected in (
        (outside, "/", "Why the model answered NaN"),
        (inside, "/", "Send the first rows"),
        (inside, "/incidents", "No incidents"),
    ):
        heard = complaints(page)
        page.goto(path)
        expect(page.get_by_text(expected).first).to_be_visible()
        keep_screenshot(page, f"{scheme}-empty-{expected.replace(' ', '-')}")
        assert heard == []
    outside.context.close()


def keep_screenshot(page: "Page", name: str) -> None:
    """Writes a screenshot into the folder that `NANWATCH_SCREENSHOTS` names, for a person to look at."""
    if folder := os.environ.get("NANWATCH_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
