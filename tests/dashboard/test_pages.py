"""What the pages say, and to whom."""

from urllib.parse import urlencode

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client

from ingest.models import Project
from monitoring.models import Incident
from nantrace.diagnosis.finding import Reason, ResponsibleFeature
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Tensor, Tensors
from tests.dashboard.conftest import PASSWORD, text_of
from tests.dashboard.stories import NEAR_OVERFLOW, bad_night, image_incident
from tests.incidents.builders import NOON, hit, make_finding, make_version

PAGES = [
    "/",
    "/incidents",
    "/incidents/CHURN-1",
    "/models",
    "/models/churn",
    "/models/churn/versions/8",
    "/settings",
]
OF_THE_SHOP = ["/incidents/CHURN-1", "/models/churn", "/models/churn/versions/8"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_a_login(client: Client, shop: Project, path: str) -> None:
    bad_night(shop)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={path}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_nothing_but_its_own_files(page_of: Client, shop: Project, path: str) -> None:
    bad_night(shop)
    answer = page_of.get(path)
    assert set(answer["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    }
    assert " style=" not in answer.content.decode()


@pytest.mark.parametrize("path", OF_THE_SHOP)
def test_charlie_finds_nothing(charlie: Client, page_of: Client, shop: Project, path: str) -> None:
    bad_night(shop)
    text_of(page_of, path)
    assert "Nothing here" in text_of(charlie, path, 404)


def test_charlie_cannot_change_an_incident(charlie: Client, shop: Project) -> None:
    bad_night(shop)
    assert charlie.post("/incidents/CHURN-1/state", {"state": "resolved"}).status_code == 404
    assert Incident.objects.get(short_id="CHURN-1").state == "open"


def test_lists_of_charlie_are_empty(charlie: Client, shop: Project) -> None:
    bad_night(shop)
    for path in ("/", "/incidents", "/models"):
        assert "translate" not in text_of(charlie, path)
    assert "No incidents" in text_of(charlie, "/incidents")


def test_login_and_logout(client: Client, ada: User) -> None:
    refused = client.post("/login", {"username": "ada", "password": "wrong"})
    assert "do not match" in refused.content.decode()
    entered = client.post("/login?next=/models", {"username": "ada", "password": PASSWORD, "next": "/models"})
    assert entered["Location"] == "/models"
    text_of(client, "/settings")
    assert client.get("/logout").status_code == 405
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/settings").status_code == 302
    assert str(ada) == "ada"


def test_login_sends_nobody_elsewhere(client: Client, ada: User) -> None:
    form = {"username": ada.username, "password": PASSWORD, "next": "https://example.com/"}
    assert client.post("/login", form)["Location"] == "/"


def test_the_overview_tells_what_is_wrong_and_what_is_served(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    text = text_of(page_of, "/")
    assert "4 open incidents" in text
    assert "2 rows miss income" in text
    assert "The weights of dense_2 hold NaN" not in text, "it is resolved"
    assert text.count("<svg") == 3
    assert "rows in 24 hours, 2.8% of them in incidents" in text
    assert "Cloud Monitoring is off" in text


def test_a_newcomer_is_told_what_to_paste(page_of: Client) -> None:
    for path in ("/", "/models"):
        text = text_of(page_of, path)
        assert "curl http://127.0.0.1:8000/api/v1/samples" in text


def test_people_without_a_project_are_told_the_way(client: Client, db: None) -> None:  # noqa: ARG001
    client.force_login(User.objects.create_user("dora"))
    assert "add <strong>dora</strong> to a project" in text_of(client, "/")
    client.force_login(User.objects.create_superuser("root"))
    assert "manage.py create_project" in text_of(client, "/settings")


def test_the_incident_page_tells_the_whole_story(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    text = text_of(page_of, "/incidents/CHURN-1")
    for expected in (
        "<h1>2 rows miss income, and the model answers 0.0 as if nothing had happened</h1>",
        "Missing value in the input",
        "Proven on 4 of 4 rows",
        "with missing cells filled</span> <strong>41.5</strong>",
        '<strong class="bad">NaN</strong>',
        "An input <code>inputs</code></strong> holds",
        "<code>MatMul</code></strong> in layer <code>dense_1</code>",
        "operand 2: <code>-0.71</code> to <code>0.68</code>",
        '<td class="n">1,200</td><td class="n">41,250</td><td class="n">184,000</td>',
        "<strong>as served</strong>, <strong>without fused kernels</strong> and <strong>op by op</strong>",
        "Fill missing cells with reference values",
        "np.nan_to_num(rows[:, 1], nan=41250.5)",
        "proven</span>",
        '<a href="/models/churn/versions/7">7</a>',
        '<a href="/models/churn/versions/8">8</a>',
        '<th class="n responsible">income</th>',
        "version 8 has it too: 2 rows",
        '<td class="n bad">missing</td>',
    ):
        assert expected in text, expected


def test_a_warning_does_not_read_like_a_failure(page_of: Client, shop: Project) -> None:
    hit(make_version(shop), NOON, [NEAR_OVERFLOW])
    text = text_of(page_of, "/incidents/CHURN-1")
    for expected in (
        "<h1>2 rows take encoder/square to 4.86e+04, within a decade of the largest float16;",
        "Nothing has failed yet",
        "These rows still pass",
        "<code>Square</code></strong> in layer <code>encoder/square</code>",
        "no cause is claimed",
    ):
        assert expected in text, expected
    for wrong in ("ailing rows", "did not fail", "% sure", "No named cause", "Download a reproduction"):
        assert wrong not in text, wrong
    assert "Close to overflow \N{MIDDLE DOT} Nothing has failed yet" in text_of(page_of, "/incidents")


def test_many_features_are_five_and_more_to_unfold(page_of: Client, shop: Project) -> None:
    features = [ResponsibleFeature("inputs", f"pixel {i}", i, Reason("is missing"), 2) for i in range(30)]
    hit(make_version(shop), NOON, [make_finding(features=features)])
    text = text_of(page_of, "/incidents/CHURN-1")
    first, more = text.split("<summary>25 more</summary>")
    assert first.count("<strong>pixel ") == 5
    assert more.count("<strong>pixel ") == 25


def test_the_loop_iteration_is_told(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    assert "loop iteration 17" in text_of(page_of, "/incidents/TRANSLATE-1")


def test_rows_too_big_for_a_table_are_summed_up(page_of: Client, shop: Project) -> None:
    image_incident(shop)
    assert "28 \N{MULTIPLICATION SIGN} 28 \N{MULTIPLICATION SIGN} 1, 0 to 0, 1 non-finite" in text_of(
        page_of, "/incidents/DIGITS-1"
    )


@pytest.mark.parametrize("features", [["tenure", "income"], {"table": ["tenure", "income"]}])
def test_columns_of_a_named_input_have_their_names(page_of: Client, shop: Project, features: object) -> None:
    version = make_version(shop)
    version.metadata = {"features": features}
    version.save()
    payload = pack_tensors(inputs=Tensors.of(Tensor("table", np.ones((40, 3), np.float32))))
    hit(version, NOON, payload=payload)
    text = text_of(page_of, "/incidents/CHURN-1")
    assert '<th class="n">tenure</th><th class="n">income</th><th class="n">table[2]</th>' in text


def test_what_others_wrote_is_no_markup(page_of: Client, shop: Project) -> None:
    hit(make_version(shop), NOON, [make_finding(title="<script>alert(1)</script>")])
    for path in ("/", "/incidents", "/incidents/CHURN-1"):
        assert "<script>alert" not in text_of(page_of, path)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_resolving_with_and_without_htmx(page_of: Client, shop: Project, headers: dict[str, str]) -> None:
    bad_night(shop)
    form = {"state": "resolved", "reason": " fixed\x00 upstream "}
    answer = page_of.post("/incidents/CHURN-1/state", form, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    incident = Incident.objects.get(short_id="CHURN-1")
    event = incident.events.first()
    assert event is not None
    assert (incident.state, event.reason, str(event.user)) == ("resolved", "fixed upstream", "ada")
    if headers:
        assert 'hx-swap-oob="true"' in answer.content.decode()


def test_a_comment_is_no_resolution(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    page_of.post("/incidents/CHURN-1/state", {"state": "comment", "reason": "asked the data team"})
    page_of.post("/incidents/CHURN-1/state", {"state": "comment", "reason": " "})
    text = text_of(page_of, "/incidents/CHURN-1")
    assert Incident.objects.get(short_id="CHURN-1").state == "open"
    assert text.count("<strong>Comment</strong> by ada") == 1
    assert "asked the data team" in text


def test_names_in_titles_are_code_and_no_markup(page_of: Client, shop: Project) -> None:
    hit(make_version(shop), NOON, [make_finding(title="`a<b>` and `c` drifted, `d")])
    assert "<h1><code>a&lt;b&gt;</code> and <code>c</code> drifted, `d</h1>" in text_of(page_of, "/incidents/CHURN-1")


def test_a_state_that_is_none_changes_nothing(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    assert page_of.post("/incidents/CHURN-1/state", {"state": "burnt"}).status_code == 400
    assert page_of.get("/incidents/CHURN-1/state").status_code == 405


def test_a_form_from_another_site_is_refused(ada: User, shop: Project) -> None:
    bad_night(shop)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post("/incidents/CHURN-1/state", {"state": "resolved"})
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()


def test_filters_and_pages_of_the_list(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    assert "No incident matches" in text_of(page_of, "/incidents?model=%00nobody")
    found = text_of(page_of, "/incidents?cause=activation_overflow&state=open&symptom=nonfinite_output")
    assert "TRANSLATE-1" in found
    assert "CHURN-1" not in found
    version = make_version(shop, "many")
    for i in range(51):
        hit(version, NOON, [make_finding(cause=None, symptom=f"symptom {i}")], payload=None)
    page = text_of(page_of, "/incidents?model=many")
    assert 'href="?model=many&amp;state=open&amp;page=2"' in page
    assert "51&ndash;51 of 51" in text_of(page_of, "/incidents?model=many&page=2")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INCOME", {"CHURN-1"}),  # a feature
        ("dense_1", {"CHURN-1"}),  # a layer
        ("translate-2", {"TRANSLATE-2"}),
        ("req-39", {"CHURN-1", "CHURN-2", "TRANSLATE-1", "TRANSLATE-2", "FRAUD-1"}),  # a row of their batches
        ("rolled back", {"FRAUD-1"}),  # what a person wrote
        ("100%", set()),
    ],
)
def test_any_text_finds_its_incidents(page_of: Client, shop: Project, text: str, found: set[str]) -> None:
    bad_night(shop)
    page = text_of(page_of, f"/incidents?{urlencode({'state': 'all', 'q': text})}")
    assert {one for one in Incident.objects.values_list("short_id", flat=True) if f">{one}</a><br>" in page} == found


def test_what_is_open_comes_first(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    assert "FRAUD-1" not in text_of(page_of, "/incidents")
    assert "FRAUD-1" in text_of(page_of, "/incidents?state=resolved")
    assert "FRAUD-1" in text_of(page_of, "/incidents?state=all")


def test_an_alert_leads_to_the_incidents_that_claim_no_cause(page_of: Client, shop: Project) -> None:
    version = make_version(shop)
    hit(version, NOON, [make_finding()])
    hit(version, NOON, [make_finding(cause=None, symptom="drift", origin=None, title="Income drifted")])
    found = text_of(page_of, "/incidents?state=open&model=churn&cause=none")
    assert "Income drifted" in found
    assert make_finding().title not in found


def test_the_version_page(page_of: Client, shop: Project) -> None:
    bad_night(shop)
    text = text_of(page_of, "/models/churn/versions/8")
    for expected in (
        "Who leaves next month",
        "audit has findings",
        "epsilon is 0; one constant feature divides by zero",
        "1 batch not replayed",
        "Replay all of them again",
        "the replayer ran out of memory",
        "n2-standard-4",
        "waits for its replay",
        "<td>income</td>",
        "CHURN-1",
        "CHURN-2",
    ):
        assert expected in text, expected
    without = text_of(page_of, "/models/churn/versions/7")
    assert "registered without one" in without
    assert "CHURN-2" not in without


def test_a_model_of_the_same_name_in_another_project(client: Client, shop: Project) -> None:
    bank = Project.objects.create(name="bank")
    bad_night(shop)
    make_version(bank)
    client.force_login(User.objects.create_superuser("root"))
    assert "CHURN-1" in text_of(client, f"/models/churn?project={shop.pk}")
    assert "CHURN-1" not in text_of(client, f"/models/churn?project={bank.pk}")
    assert "No open incidents" in text_of(client, "/"), "the bank is kept"
    assert "2 rows miss income" in text_of(client, "/incidents/CHURN-1"), "found in the other project"
    assert "Project <strong>shop</strong>" in text_of(client, "/models")


def test_missing_pages_look_like_the_others(page_of: Client) -> None:
    assert "Back to the overview" in text_of(page_of, "/nowhere", 404)


def test_a_failure_of_ours_is_a_page_too(page_of: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of.raise_request_exception = False
    monkeypatch.setattr("monitoring.web.pages.overview.traffic", lambda _: 1 / 0)
    assert "NaNWatch itself failed" in text_of(page_of, "/", 500)
