"""Webhooks over TLS: who cannot prove a name gets nothing."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from pytest_django import Settings

from ingest.models import Project
from monitoring.models import QueuedAlert
from tests.alerting.direct.conftest import AddChannel, send_round
from tests.alerting.direct.receiver import receiving
from tests.incidents.builders import hit, make_version


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody else has signed."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path / "certificate.pem"
    path.write_bytes(key.private_bytes(pem, *plain) + signed.public_bytes(pem))
    return path


@pytest.mark.parametrize(("is_trusted", "state"), [(False, "waiting"), (True, "sent")])
def test_a_certificate_has_to_be_valid(
    add_channel: AddChannel,
    shop: Project,
    settings: Settings,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_trusted: bool,
    state: str,
) -> None:
    settings.NANWATCH_ALERT_ADDRESSES = "any"
    if is_trusted:
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with receiving(context) as receiver:
        add_channel("webhook", url=receiver.url)
        hit(make_version(shop))
        send_round()
    alert = QueuedAlert.objects.get()
    assert (alert.state, len(receiver.posted)) == (state, int(is_trusted))
    assert alert.outcome == ("" if is_trusted else "its TLS certificate is not valid")
