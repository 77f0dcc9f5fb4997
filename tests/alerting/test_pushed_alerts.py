"""Pushes of Pub/Sub: real tokens, signed with a key whose certificate a server on loopback hands out as Google does."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt
from pytest_django import Settings

from ingest.models import Project
from monitoring.models import CloudAlert
from monitoring.web.api import google_tokens
from monitoring.web.api.notification_sender import push_audience
from tests.alerting.test_reported_alerts import PATH, alerts_of, incident_of, notification, post
from tests.conftest import ApiClient

ACCOUNT = "push@some-project.iam.gserviceaccount.com"


@dataclass
class Google:
    """Signs tokens; `fetched` counts how often its certificates were asked for."""

    signer: crypt.RSASigner
    fetched: int = 0

    def token(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": "https://accounts.google.com",
            "aud": push_audience("shop"),
            "email": ACCOUNT,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
        }
        return str(jwt.encode(self.signer, {**claims, **changes}).decode())  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def google(key: rsa.RSAPrivateKey, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    settings.NANWATCH_PUBSUB_ACCOUNT = ACCOUNT
    google = Google(signer_of(key))
    with HTTPServer(("127.0.0.1", 0), certificates(google, certificate(key))) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setattr(google_tokens, "CERTIFICATES", f"http://127.0.0.1:{server.server_port}/certs")
        yield google
        server.shutdown()


def signer_of(key: rsa.RSAPrivateKey) -> crypt.RSASigner:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(encoding, form, serialization.NoEncryption())
    return crypt.RSASigner.from_string(pem, "one")  # type: ignore[no-untyped-call, no-any-return]


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.test")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = datetime.now(UTC)
    dated = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def certificates(google: Google, pem: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            google.fetched += 1
            body = json.dumps({"one": pem}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "public, max-age=3600")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    return Handler


def pushed(document: Any) -> dict[str, Any]:
    data = base64.b64encode(json.dumps(document).encode()).decode()
    return {"message": {"data": data, "messageId": "1"}, "subscription": "projects/some-project/subscriptions/alerts"}


def push(token: str, status: int = 200, project: str = "shop") -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return post(pushed(notification()), headers, status, f"{PATH}?project={project}")


def test_a_push_is_taken_and_the_certificates_are_fetched_once(project: Project, google: Google) -> None:
    incident = incident_of(project)
    for _ in range(2):
        assert push(google.token())["incidents"] == [incident.short_id]
    assert len(alerts_of(incident)) == 1
    assert google.fetched == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://somebody-else.example"},
        {"email": "another@some-project.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"iss": "https://attacker.example"},
        {"exp": 1_700_000_000, "iat": 1_699_999_000},
    ],
)
@pytest.mark.usefixtures("project")
def test_a_token_of_somebody_else_is_refused(google: Google, claims: dict[str, Any]) -> None:
    push(google.token(**claims), 401)
    assert not CloudAlert.objects.exists()


@pytest.mark.usefixtures("project", "google")
def test_a_token_that_google_did_not_sign_is_refused() -> None:
    forger = Google(signer_of(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    for token in (forger.token(), "a.b.c", "nw_a_key_of_ours", ""):
        push(token, 401)


def test_a_token_for_one_project_is_none_for_another(project: Project, charlie: ApiClient, google: Google) -> None:
    incident_of(project)
    push(google.token(), 401, charlie.project.name)
    push(google.token(aud=push_audience(charlie.project.name)), 401)
    assert not CloudAlert.objects.exists()


@pytest.mark.usefixtures("db")
def test_a_project_that_is_not_there_is_refused(google: Google) -> None:
    push(google.token(aud=push_audience("nobody")), 401, "nobody")


@pytest.mark.usefixtures("project")
def test_without_an_account_no_push_is_taken(google: Google, settings: Settings) -> None:
    settings.NANWATCH_PUBSUB_ACCOUNT = ""
    push(google.token(email=""), 401)


@pytest.mark.usefixtures("project")
def test_when_the_certificates_are_away_the_push_has_to_come_again(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_tokens, "CERTIFICATES", "http://127.0.0.1:1/certs")
    push(google.token(), 503)
