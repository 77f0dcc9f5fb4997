"""API keys on the settings page."""

import re

import pytest
from django.test import Client

from ingest.models import ApiKey, Project


def make_key(client: Client, **form: object) -> str:
    answer = client.post("/settings/keys", {"name": "serving", "scopes": ["ingest", "read"], **form})
    return str(answer.content.decode())


def test_a_key_is_shown_once_and_works(page_of: Client, shop: Project) -> None:
    secret = re.search(r'id="secret">(nw_[\w-]+)<', make_key(page_of))
    assert secret is not None
    key = ApiKey.objects.get()
    assert (key.project, key.name, key.scopes) == (shop, "serving", ["ingest", "read"])
    assert secret[1] not in page_of.get("/settings").content.decode()
    call = Client(headers={"Authorization": f"Bearer {secret[1]}"})
    assert call.get("/api/v1/models").status_code == 200
    page_of.post(f"/settings/keys/{key.pk}/revoke")
    assert call.get("/api/v1/models").status_code == 401


@pytest.mark.parametrize("form", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"name": "a\x00"}])
def test_a_key_that_cannot_be_is_not_made(page_of: Client, form: dict[str, object]) -> None:
    make_key(page_of, **form)
    assert not ApiKey.objects.exists()


def test_charlie_neither_sees_nor_revokes_it(page_of: Client, charlie: Client, shop: Project) -> None:
    make_key(page_of)
    key = ApiKey.objects.get()
    assert key.hint not in charlie.get(f"/settings?project={shop.pk}").content.decode()
    assert charlie.post(f"/settings/keys/{key.pk}/revoke?project={shop.pk}").status_code == 404
    make_key(charlie, name="mine")
    key.refresh_from_db()
    assert key.revoked_at is None
    assert [one.name for one in shop.api_keys.all()] == ["serving"]


def test_members_retention_and_cloud_monitoring_are_told(page_of: Client) -> None:
    text = page_of.get("/settings").content.decode()
    assert "ada" in text
    assert "30 days" in text
    assert "NANWATCH_GCP_PROJECT" in text
