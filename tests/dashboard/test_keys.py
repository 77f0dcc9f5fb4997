"""API keys on the settings page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ingest.models import ApiKey, Project
from tests.dashboard.conftest import text_of


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


def test_a_key_expires_when_its_maker_said(page_of: Client) -> None:
    secret = re.search(r'id="secret">(nw_[\w-]+)<', make_key(page_of, days="30"))
    assert secret is not None
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert abs(key.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    call = Client(headers={"Authorization": f"Bearer {secret[1]}"})
    assert call.get("/api/v1/models").status_code == 200
    key.expires_at = timezone.now()
    key.save()
    answer = call.get("/api/v1/models")
    assert answer.status_code == 401
    assert f"expired on {key.expires_at:%Y-%m-%d}" in answer.json()["detail"]
    assert "expired" in text_of(page_of, "/settings")


def test_a_rotated_key_and_the_new_one_both_work_for_a_day(page_of: Client, shop: Project) -> None:
    old, old_secret = ApiKey.issue(shop, "serving", ["read"])
    answer = page_of.post(f"/settings/keys/{old.pk}/rotate").content.decode()
    new_secret = re.search(r'id="secret">(nw_[\w-]+)<', answer)
    assert new_secret is not None
    new = ApiKey.objects.exclude(pk=old.pk).get()
    assert (new.name, new.scopes, new.expires_at) == ("serving", ["read"], None)
    for secret in (old_secret, new_secret[1]):
        assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/models").status_code == 200
    old.refresh_from_db()
    assert old.expires_at is not None
    assert timedelta(hours=23) < old.expires_at - timezone.now() <= timedelta(days=1)
    page_of.post(f"/settings/keys/{old.pk}/rotate")
    first_end = old.expires_at
    old.refresh_from_db()
    assert old.expires_at == first_end, "a second rotation never makes the old key live longer"


def test_when_a_key_was_last_used_is_shown(shop: Project) -> None:
    key, secret = ApiKey.issue(shop, "serving", ["read"])
    assert key.last_used_at is None
    Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/models")
    key.refresh_from_db()
    assert key.last_used_at is not None
    long_ago = timezone.now() - timedelta(hours=2)
    key.last_used_at = long_ago
    key.save()
    Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/models")
    key.refresh_from_db()
    assert key.last_used_at > long_ago


def test_charlie_rotates_nothing_of_the_shop(charlie: Client, shop: Project) -> None:
    key, _ = ApiKey.issue(shop, "serving", ["read"])
    assert charlie.post(f"/settings/keys/{key.pk}/rotate?project={shop.pk}").status_code == 404
    assert ApiKey.objects.count() == 1
