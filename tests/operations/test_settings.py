"""What the environment may say, and what production refuses: each time one line that names the way out."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "NANWATCH_ENV": "production",
    "NANWATCH_SECRET_KEY": "k" * 50,
    "NANWATCH_BASE_URL": "https://nanwatch.example.com",
}
POSTGRES = "postgres://nanwatch:hunter2@db/nanwatch"


def check(data_dir: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in an environment of nothing but `variables`."""
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"],
        env={"NANWATCH_DATA_DIR": str(data_dir), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(data_dir: Path, **variables: str) -> str:
    """The one line that says what is wrong."""
    answer = check(data_dir, **variables)
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    "changes", [{}, {"DATABASE_URL": POSTGRES, "REDIS_URL": "redis://r/0"}], ids=["SQLite", "PostgreSQL"]
)
def test_a_safe_production_starts(tmp_path: Path, changes: dict[str, str]) -> None:
    answer = check(tmp_path, **SAFE, **changes)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("changes", "way_out"),
    [
        ({"NANWATCH_SECRET_KEY": ""}, "NANWATCH_SECRET_KEY must be set"),
        ({"NANWATCH_SECRET_KEY": "short"}, "NANWATCH_SECRET_KEY must be set"),
        ({"NANWATCH_BASE_URL": "http://nanwatch.example.com"}, "NANWATCH_BASE_URL must begin with https://"),
        ({"DATABASE_URL": POSTGRES}, "REDIS_URL must be set"),
        ({"NANWATCH_BOOTSTRAP_ADMIN": "admin:hunter2"}, "NANWATCH_BOOTSTRAP_ADMIN must have"),
        ({"NANWATCH_ENV": "prod"}, "NANWATCH_ENV is 'prod'"),
        ({"EMAIL_URL": "smtp://ops:hunter2@mail", "NANWATCH_EMAIL_FROM": "a@b.example"}, "EMAIL_URL must begin with"),
    ],
)
def test_production_refuses_unsafe_defaults(tmp_path: Path, changes: dict[str, str], way_out: str) -> None:
    line = refusal(tmp_path, **{**SAFE, **changes})
    assert way_out in line
    assert "hunter2" not in line


def test_production_names_every_problem_at_once(tmp_path: Path) -> None:
    line = refusal(tmp_path, NANWATCH_ENV="production", NANWATCH_BASE_URL="http://example.com")
    assert "NANWATCH_SECRET_KEY" in line
    assert "NANWATCH_BASE_URL" in line


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NANWATCH_PORT", "http"),
        ("NANWATCH_RETENTION_DAYS", "-1"),
        ("NANWATCH_MONITORING_INTERVAL", "0"),
        ("NANWATCH_BASE_URL", "nanwatch.example.com"),
        ("NANWATCH_BASE_URL", "https://example.com/nanwatch"),
        ("DATABASE_URL", "mysql://root:hunter2@db/nanwatch"),
        ("REDIS_URL", "amqp://guest:hunter2@rabbit"),
        ("EMAIL_URL", "http://ops:hunter2@mail"),
        ("EMAIL_URL", "smtp+tls:hunter2"),
        ("NANWATCH_ALERT_ADDRESSES", "private"),
        ("NANWATCH_SLACK_URL", "slack.com"),
        ("NANWATCH_PAGERDUTY_URL", "ftp://events"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, variable: str, value: str) -> None:
    line = refusal(tmp_path, **{variable: value})
    assert line.startswith(f"nanwatch: {variable} ")
    assert "hunter2" not in line


def test_a_mail_server_needs_a_sender(tmp_path: Path) -> None:
    line = refusal(tmp_path, EMAIL_URL="smtp+tls://ops:hunter2@mail.example.com", NANWATCH_EMAIL_FROM="nobody")
    assert line.startswith("nanwatch: NANWATCH_EMAIL_FROM ")
    assert "hunter2" not in line


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    line = refusal(occupied / "data")
    assert "data" in line
    assert "NANWATCH_DATA_DIR" in line


def test_secrets_of_the_data_directory_are_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert check(data).returncode == 0
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp+tls://ops:a%40b@mail.example.com", "mail.example.com 587 ops a@b True False"),
        ("smtp+ssl://ops:pw@mail.example.com", "mail.example.com 465 ops pw False True"),
        ("smtp://mail.example.com:2525", "mail.example.com 2525   False False"),
    ],
)
def test_a_mail_server_by_its_url(tmp_path: Path, url: str, expected: str) -> None:
    names = "EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL"
    variables = {"NANWATCH_DATA_DIR": str(tmp_path), "EMAIL_URL": url, "NANWATCH_EMAIL_FROM": "nanwatch@example.com"}
    program = f"import nanwatch.settings as s; print(s.{names})"
    answer = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=variables, text=True)
    assert answer.rstrip("\n") == expected
