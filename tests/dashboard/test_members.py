"""Who may do what in a project, and how people come into it."""

import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from ingest.models import ApiKey, Invitation, Membership, Project, Role
from ingest.registry.invitations import invite
from monitoring.models import Incident
from tests.dashboard.conftest import text_of
from tests.incidents.builders import hit, make_version

pytestmark = pytest.mark.django_db
PASSWORD = "seven green bottles"
ACCOUNT = {"username": "grace", "password1": PASSWORD, "password2": PASSWORD}


def person(project: Project, name: str, role: Role) -> Client:
    user, client = User.objects.create_user(name), Client()
    project.members.add(user, through_defaults={"role": role})
    client.force_login(user)
    return client


@pytest.fixture
def viewer(shop: Project) -> Client:
    return person(shop, "vera", Role.VIEWER)


@pytest.fixture
def member(shop: Project) -> Client:
    return person(shop, "max", Role.MEMBER)


CHANGES = [
    ("/incidents/CHURN-1/state", {"state": "resolved"}, Role.MEMBER),
    ("/incidents/CHURN-1/mute", {"action": "mute"}, Role.MEMBER),
    ("/incidents/CHURN-1/new-normal", {"action": "accept", "reason": "x"}, Role.MEMBER),
    ("/incidents/CHURN-1/verifications", {"version": "8"}, Role.MEMBER),
    ("/models/churn/versions/7/requeue", {}, Role.MEMBER),
    ("/register", {"incident": "CHURN-1"}, Role.MEMBER),
    ("/register", {"name": "churn"}, Role.MEMBER),
    ("/settings/keys", {"name": "a", "scopes": ["read"]}, Role.ADMIN),
    ("/settings/keys/{key}/rotate", {}, Role.ADMIN),
    ("/settings/keys/{key}/revoke", {}, Role.ADMIN),
    ("/settings/invitations", {"role": "admin"}, Role.ADMIN),
    ("/settings/members/{membership}", {"role": "admin"}, Role.ADMIN),
    ("/settings/alerts/webhook", {}, Role.ADMIN),
    ("/settings/maintenance", {}, Role.ADMIN),
]


@pytest.mark.parametrize(("path", "form", "least"), CHANGES)
def test_a_change_needs_its_role(
    shop: Project, viewer: Client, member: Client, page_of: Client, path: str, form: dict[str, str], least: Role
) -> None:
    hit(make_version(shop))
    make_version(shop, version="8")
    key, _ = ApiKey.issue(shop, "serving", ["read"])
    path = path.format(key=key.pk, membership=Membership.objects.get(user__username="vera").pk)
    refused = viewer.post(path, form)
    assert refused.status_code == 403
    assert f"your role is viewer, and this needs {least}: ask ada" in refused.content.decode()
    assert (member.post(path, form).status_code == 403) is (least is Role.ADMIN)
    assert page_of.post(path, form).status_code != 403


def test_a_viewer_sees_everything_and_no_buttons(shop: Project, viewer: Client, page_of: Client) -> None:
    hit(make_version(shop))
    ApiKey.issue(shop, "serving", ["read"])
    for path in ("/", "/incidents/CHURN-1", "/models/churn", "/models/churn/versions/7", "/settings"):
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', text_of(viewer, path))
        assert forms == ["/logout"], path
    assert "Resolve" in text_of(page_of, "/incidents/CHURN-1")
    assert Incident.objects.get().state == "open"


def test_a_change_of_a_role_counts_at_once(shop: Project, viewer: Client, page_of: Client) -> None:
    hit(make_version(shop))
    vera = Membership.objects.get(user__username="vera")
    page_of.post(f"/settings/members/{vera.pk}", {"role": "member"})
    assert viewer.post("/incidents/CHURN-1/state", {"state": "resolved"}).status_code == 302
    page_of.post(f"/settings/members/{vera.pk}", {"role": "removed"})
    assert viewer.get("/incidents/CHURN-1").status_code == 404


@pytest.mark.parametrize("wanted", ["viewer", "member", "removed"])
def test_a_project_keeps_an_admin(shop: Project, page_of: Client, wanted: str) -> None:
    ada = Membership.objects.get(project=shop)
    page_of.post(f"/settings/members/{ada.pk}", {"role": wanted})
    assert Membership.objects.get().role == Role.ADMIN
    assert "shop needs an admin: make somebody else one first." in text_of(page_of, "/settings")


def link_of(page: str) -> str:
    found = re.search(r'id="invitation">http://[^/]*(/invitation\?key=[\w-]+)<', page)
    assert found is not None
    return found[1]


def test_from_the_link_to_the_first_page(shop: Project, page_of: Client, caplog: pytest.LogCaptureFixture) -> None:
    page = page_of.post("/settings/invitations", {"role": "viewer"}).content.decode()
    link, grace = link_of(page), Client()
    assert link.rpartition("=")[2] not in text_of(page_of, "/settings")
    assert "invited to <strong>shop</strong> as viewer, by ada" in text_of(grace, link)
    assert grace.post(link, ACCOUNT | {"password2": "x"}).status_code == 422
    answer = grace.post(link, ACCOUNT)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Welcome to shop" in text_of(grace, "/")
    joined = Membership.objects.get(user__username="grace")
    assert (joined.project, joined.role) == (shop, Role.VIEWER)
    assert Client().post("/login", {"username": "grace", "password": PASSWORD}).status_code == 302
    assert "not valid" in text_of(Client(), link, status=404)
    assert link.rpartition("=")[2] not in caplog.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
        ({"password2": "another long one"}, "match"),
        ({"username": "ada"}, "already exists"),
        ({"username": ""}, "required"),
    ],
)
def test_no_account_of_a_bad_form(shop: Project, ada: User, form: dict[str, str], said: str) -> None:
    answer = Client().post(f"/invitation?key={invite(shop, Role.MEMBER)}", ACCOUNT | form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert [one.username for one in User.objects.all()] == [ada.username]
    assert Invitation.objects.get().accepted_at is None


def test_who_has_an_account_joins_by_a_button_and_keeps_the_higher_role(
    shop: Project, charlie: Client, page_of: Client
) -> None:
    link = f"/invitation?key={invite(shop, Role.MEMBER)}"
    assert "Join as charlie" in text_of(charlie, link)
    assert charlie.post(link).status_code == 302
    assert shop.memberships.get(user__username="charlie").role == Role.MEMBER
    page_of.post(f"/invitation?key={invite(shop, Role.VIEWER)}")
    assert shop.memberships.get(user__username="ada").role == Role.ADMIN


def test_an_old_or_withdrawn_invitation_is_none(shop: Project, page_of: Client, charlie: Client) -> None:
    old, withdrawn = invite(shop, Role.ADMIN), invite(shop, Role.ADMIN)
    first, second = Invitation.objects.order_by("pk")
    Invitation.objects.filter(pk=first.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert charlie.post(f"/settings/invitations/{second.pk}/withdraw").status_code == 404
    assert page_of.post(f"/settings/invitations/{second.pk}/withdraw").status_code == 302
    for secret in (old, withdrawn, "x", "%00"):
        assert Client().post(f"/invitation?key={secret}", ACCOUNT).status_code == 404
    assert not User.objects.filter(username="grace").exists()


def test_the_command_prints_a_link(shop: Project) -> None:
    printed = io.StringIO()
    call_command("invite", "shop", "--role", "admin", stdout=printed)
    _, _, path, query, _ = urlsplit(printed.getvalue().strip())
    answer = Client().post(f"{path}?{query}", ACCOUNT)
    assert answer.status_code == 302
    assert shop.memberships.get().role == Role.ADMIN
    with pytest.raises(SystemExit, match="2"):
        call_command("invite", "shoe", stderr=io.StringIO())
