"""The drift pages in Chromium."""

import re
from typing import Any

import pytest

from ingest.models import Project
from monitoring.drift_hours.new_normal import accept
from monitoring.models import Incident, NewNormal
from tests.dashboard.conftest import Login, expect
from tests.dashboard.drift_stories import failing_rows, many_features, next_version, own_reference, two_days
from tests.dashboard.test_in_a_browser import complaints, keep_screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRIFT = "/models/weather/versions/1/drift"

PAGES = {
    "version": "/models/weather/versions/1",
    "drift": DRIFT,
    "drift-3d": f"{DRIFT}?span=3d",
    "drift-30d": f"{DRIFT}?span=30d",
    "feature": f"{DRIFT}/feature?span=3d&side=inputs&tensor=inputs&index=4",
    "category": f"{DRIFT}/feature?span=24h&side=inputs&tensor=inputs&index=7",
    "newcomer": "/models/newcomer/versions/1",
    "many": "/models/embedder/versions/1/drift",
    "accepted": "/incidents/WEATHER-1",
    "deployed": "/models/weather/versions/2/drift",
    "gaps": "/incidents/WEATHER-2",
    "incidents": "/incidents",
}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_no_page_complains_or_overflows(login: Login, shop: Project, scheme: Any, width: int) -> None:
    weather = two_days(shop)
    failing_rows(weather)
    accept(Incident.objects.get(short_id="WEATHER-1"), None, "the new station sends Pa, and the model converts it")
    next_version(weather)
    own_reference(shop)
    many_features(shop, 60)
    context = login(color_scheme=scheme, viewport={"width": width, "height": 900})
    for name, path in PAGES.items():
        page = context.new_page()
        heard = complaints(page)
        page.goto(path, wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the window"
        assert heard == [], path
        keep_screenshot(page, f"{scheme}-{width}-drift-{name}")
        page.close()


def test_from_the_version_to_the_feature_that_moved_most(login: Login, shop: Project) -> None:
    two_days(shop)
    page = login().new_page()
    heard = complaints(page)
    page.goto("/models/weather/versions/1")
    section = page.locator("section[aria-labelledby=drift]")
    expect(section).to_contain_text("Compared with the 6,000 training inputs that were registered")
    expect(section).to_contain_text("hours with traffic alarmed")
    section.get_by_role("link", name="All 9 features").click()
    expect(page.locator("main")).to_contain_text("at most one false alarm in 30 days")
    expect(page.get_by_role("region", name="Windows that alarmed").locator(".pill").first).to_have_text(
        re.compile("[a-z]")
    )
    page.locator("#features tbody tr").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pressure")
    expect(page.get_by_text("rows[..., 4]").first).to_be_visible()
    expect(page.locator("svg.course circle.bad").first).to_be_attached()
    assert heard == []


def test_accepting_a_drift_and_taking_it_back(login: Login, shop: Project) -> None:
    two_days(shop)
    page = login().new_page()
    heard = complaints(page)
    page.goto("/incidents/WEATHER-1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("pressure is in another unit: 100 times larger since")
    page.get_by_role("button", name="Accept as the new normal").click()
    expect(page).to_have_url(re.compile("/incidents/WEATHER-1$"))  # the browser asks for a reason
    assert not NewNormal.objects.exists()
    page.get_by_label("Reason, for those who come later").fill("the new station sends Pa")
    page.get_by_role("button", name="Accept as the new normal").click()
    expect(page.locator("section[aria-labelledby=normal]")).to_contain_text("Accepted for version 1 by ada")
    expect(page.locator("#history")).to_contain_text("the new station sends Pa")
    page.goto(f"{DRIFT}?span=3d")
    expect(page.get_by_role("region", name="Accepted as normal")).to_contain_text("pressure")
    page.get_by_role("region", name="Accepted as normal").get_by_role("link", name="WEATHER-1").click()
    page.get_by_label("Reason, for those who come later").fill("the old station is back")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("button", name="Accept as the new normal")).to_be_visible()
    assert Incident.objects.get(short_id="WEATHER-1").state == "open"
    assert heard == []


def test_a_thousand_features_are_searched_sorted_and_paged(login: Login, shop: Project) -> None:
    many_features(shop, 1_000)
    page = login().new_page()
    heard = complaints(page)
    page.goto("/models/embedder/versions/1/drift")
    rows = page.locator("#features tbody tr")
    expect(rows).to_have_count(25)
    expect(rows.first).to_contain_text("feature 777")
    page.get_by_label("Name").press_sequentially("feature 99", delay=20)
    expect(rows).to_have_count(11)
    expect(page).to_have_url(re.compile("feature=feature"))
    page.get_by_label("Name").fill("")
    page.get_by_label("Order").select_option("name")
    expect(rows.first).to_contain_text("feature 0")
    page.get_by_role("link", name="After").click()
    expect(page.locator("#features")).to_contain_text("26\N{EN DASH}50 of 1,000")
    expect(page).to_have_url(re.compile("sort=name.*page=2"))
    page.get_by_label("Name").fill("nobody")
    expect(page.locator("#features")).to_contain_text("No feature is called like that")
    assert heard == []


def test_it_works_without_javascript(login: Login, shop: Project) -> None:
    two_days(shop)
    page = login(java_script_enabled=False).new_page()
    page.goto(DRIFT)
    page.get_by_label("Name").fill("visib")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#features tbody tr")).to_have_count(1)
    page.get_by_role("link", name="7d").click()
    expect(page.locator("main")).to_contain_text("of a day")
