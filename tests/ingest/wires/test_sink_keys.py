"""Keys in the URL, for senders that can set no header."""

import base64
import logging
from typing import Any

import pytest
from django.test import Client

from ingest.models import ApiKey, Batch, Project, Scope, WaitingHalf
from tests.conftest import ApiClient
from tests.ingest.wires.recorded import headers_of, recorded

SINK = "/api/v1/samples/kserve?version=7"


def key(project: Project, *scopes: Scope) -> str:
    return ApiKey.issue(project, "sink", [scope.value for scope in scopes])[1]


def post(secret: str, *, token: bool = False, url: str = SINK, authorization: str = "") -> Any:
    headers = headers_of("kserve/v1_request.json")
    kind = headers.pop("Content-Type")
    if authorization or not token:
        basic = base64.b64encode(f"key:{secret}".encode()).decode()
        headers["Authorization"] = authorization or f"Basic {basic}"
    url += f"&token={secret}" if token else ""
    return Client().post(url, recorded("kserve/v1_request.json"), content_type=kind, headers=headers)


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("token", [False, True])
def test_it_works(project: Project, token: bool) -> None:
    answer = post(key(project, Scope.INGEST), token=token)

    assert answer.status_code == 200, answer.content
    assert WaitingHalf.objects.get().project == project


@pytest.mark.usefixtures("churn")
def test_the_token_counts_beside_a_header_of_the_sender(project: Project) -> None:
    """Pub/Sub signs its requests with a JSON web token of its own."""
    assert post(key(project, Scope.INGEST), token=True, authorization="Bearer a.b.c").status_code == 200


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("token", [False, True])
@pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.INGEST, Scope.READ), tuple(Scope)])
def test_only_keys_that_can_do_nothing_else(project: Project, scopes: tuple[Scope, ...], token: bool) -> None:
    answer = post(key(project, *scopes), token=token)

    assert answer.status_code == 403
    assert "no other" in answer.json()["detail"]
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("token", [False, True])
def test_unknown_and_revoked_keys(project: Project, token: bool) -> None:
    revoked = key(project, Scope.INGEST)
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")

    assert post(revoked, token=token).status_code == 401
    assert post("nw_unknown", token=token).status_code == 401


@pytest.mark.parametrize("authorization", ["Basic", "Basic !", "Basic /w==", "Basic a2V5", "Negotiate abc"])
def test_what_is_no_key(db: None, authorization: str) -> None:  # noqa: ARG001 - it opens the database
    answer = post("", authorization=authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="NaNWatch"'


@pytest.mark.usefixtures("churn")
def test_nowhere_else(project: Project, alice: ApiClient) -> None:
    secret = key(project, Scope.INGEST)
    body = '{"model": "churn", "version": "7", "inputs": [[1]]}'

    answer = Client().post(f"/api/v1/samples?token={secret}", body, content_type="application/json")

    assert answer.status_code == 401
    assert Client().get(f"/api/v1/models?token={alice.secret}").status_code == 401
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("churn")
def test_the_key_is_neither_logged_nor_answered(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = key(project, Scope.READ)

    answers = [post(secret, token=token) for token in (False, True)]
    answers.append(post(key(project, Scope.INGEST), token=True, url="/api/v1/samples/kserve?model=churn"))

    assert [answer.status_code for answer in answers] == [403, 403, 422]
    assert secret not in caplog.text
    assert all(secret.encode() not in answer.content for answer in answers)
