"""The environment variables of the service, read and checked once."""

import contextlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from nantrace.tensors.limits import GIB

EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - recognised, not bound


@dataclass(frozen=True)
class ServiceConfiguration:
    """What the environment says; `docs/operations.md` explains each variable."""

    production: bool
    data_dir: Path
    host: str
    port: int
    base_url: str
    secret_key: str
    database_url: str
    redis_url: str
    bootstrap_api_key: str
    bootstrap_admin: str
    gcp_project: str
    monitoring_endpoint: str
    monitoring_interval: int
    pubsub_account: str
    monitoring_max_series: int
    retention_days: int
    sandbox: bool
    replay_memory: int | None
    worker_memory: int | None
    sqlite_synchronous: str
    max_backlog: int
    max_project_backlog: int
    min_free_disk: int
    max_requests_per_second: int
    max_rows_per_second: int
    email_url: str
    email_from: str
    alert_addresses: str
    slack_url: str
    pagerduty_url: str

    @property
    def local_url(self) -> str:
        """Where this machine itself reaches the web."""
        return _local_url(self.host, self.port)


def read_configuration(base_dir: Path) -> ServiceConfiguration:
    """Reads the process environment; raises ImproperlyConfigured naming the variable that is wrong."""
    env = environ.Env()
    production = _choice(env.str("NANWATCH_ENV", "local")) == "production"
    data_dir = _made_data_dir(Path(env.str("NANWATCH_DATA_DIR", str(base_dir / "var"))))
    host, port = env.str("NANWATCH_HOST", "127.0.0.1"), _whole_number(env, "NANWATCH_PORT", 8000)
    configuration = ServiceConfiguration(
        production=production,
        data_dir=data_dir,
        host=host,
        port=port,
        base_url=_base_url(env.str("NANWATCH_BASE_URL", "") or _local_url(host, port)),
        secret_key=env.str("NANWATCH_SECRET_KEY", "") or ("" if production else _kept_secret_key(data_dir)),
        database_url=env.str("DATABASE_URL", "") or f"sqlite:///{data_dir / 'nanwatch.sqlite3'}",
        redis_url=env.str("REDIS_URL", ""),
        bootstrap_api_key=env.str("NANWATCH_BOOTSTRAP_API_KEY", ""),
        bootstrap_admin=env.str("NANWATCH_BOOTSTRAP_ADMIN", ""),
        gcp_project=env.str("NANWATCH_GCP_PROJECT", ""),
        monitoring_endpoint=env.str("NANWATCH_MONITORING_ENDPOINT", ""),
        monitoring_interval=_whole_number(env, "NANWATCH_MONITORING_INTERVAL", 60),
        pubsub_account=env.str("NANWATCH_PUBSUB_ACCOUNT", ""),
        monitoring_max_series=_whole_number(env, "NANWATCH_MONITORING_MAX_SERIES", 5_000),
        retention_days=_whole_number(env, "NANWATCH_RETENTION_DAYS", 30),
        sandbox=_sandbox(env.str("NANWATCH_SANDBOX", "required")),
        replay_memory=_whole_number(env, "NANWATCH_REPLAY_MEMORY_BYTES", 0, least=0) or None,
        worker_memory=_whole_number(env, "NANWATCH_WORKER_MEMORY_BYTES", 0, least=0) or None,
        sqlite_synchronous=_synchronous(env.str("NANWATCH_SQLITE_SYNCHRONOUS", "normal")),
        max_backlog=_whole_number(env, "NANWATCH_MAX_BACKLOG_BYTES", 10 * GIB),
        max_project_backlog=_whole_number(env, "NANWATCH_MAX_PROJECT_BACKLOG_BYTES", 5 * GIB),
        min_free_disk=_whole_number(env, "NANWATCH_MIN_FREE_DISK_BYTES", GIB),
        max_requests_per_second=_whole_number(env, "NANWATCH_MAX_REQUESTS_PER_SECOND", 0, least=0),
        max_rows_per_second=_whole_number(env, "NANWATCH_MAX_ROWS_PER_SECOND", 0, least=0),
        email_url=env.str("EMAIL_URL", ""),
        email_from=env.str("NANWATCH_EMAIL_FROM", ""),
        alert_addresses=_alert_addresses(env.str("NANWATCH_ALERT_ADDRESSES", "public")),
        slack_url=_service_url(env, "NANWATCH_SLACK_URL", "https://slack.com/api"),
        pagerduty_url=_service_url(env, "NANWATCH_PAGERDUTY_URL", "https://events.pagerduty.com"),
    )
    _check_servers(configuration)
    _check_email(configuration)
    return configuration


def _local_url(host: str, port: int) -> str:
    host = "127.0.0.1" if host in EVERY_ADDRESS else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _choice(name: str) -> str:
    if name not in ("local", "production"):
        raise ImproperlyConfigured(f"NANWATCH_ENV is {name!r}; it must be 'local' or 'production'")
    return name


def _sandbox(name: str) -> bool:
    if name not in ("required", "off"):
        raise ImproperlyConfigured(f"NANWATCH_SANDBOX is {name!r}; it must be 'required' or 'off'")
    return name == "required"


def _synchronous(name: str) -> str:
    if name not in ("normal", "full"):
        raise ImproperlyConfigured(f"NANWATCH_SQLITE_SYNCHRONOUS is {name!r}; it must be 'normal' or 'full'")
    return name


def _alert_addresses(name: str) -> str:
    if name not in ("public", "any"):
        raise ImproperlyConfigured(f"NANWATCH_ALERT_ADDRESSES is {name!r}; it must be 'public' or 'any'")
    return name


def _service_url(env: environ.Env, name: str, default: str) -> str:
    url = env.str(name, "") or default
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ImproperlyConfigured(f"{name} must be a URL like {default}")
    return url.rstrip("/")


def _whole_number(env: environ.Env, name: str, default: int, least: int = 1) -> int:
    text = env.str(name, "") or str(default)
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number above {least - 1}")
    return int(text)


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(
            f"NANWATCH_BASE_URL is {url!r}; it must be like https://nanwatch.example.com, without a path"
        )
    return url.rstrip("/")


def _check_servers(configuration: ServiceConfiguration) -> None:
    """Names the variable without its value: an URL may hold a password."""
    for name, url, schemes in (
        ("DATABASE_URL", configuration.database_url, ("sqlite", "postgres", "postgresql")),
        ("REDIS_URL", configuration.redis_url, ("redis", "rediss")),
        ("EMAIL_URL", configuration.email_url, ("smtp", "smtp+tls", "smtp+ssl")),
    ):
        if url and url.partition("://")[0] not in schemes:
            raise ImproperlyConfigured(f"{name} must begin with one of: " + ", ".join(f"{s}://" for s in schemes))


def _check_email(configuration: ServiceConfiguration) -> None:
    if not configuration.email_url:
        return
    if not urlsplit(configuration.email_url).hostname:
        raise ImproperlyConfigured("EMAIL_URL must be like smtp+tls://user:password@mail.example.com:587")
    try:
        validate_email(configuration.email_from)
    except ValidationError:
        raise ImproperlyConfigured(
            f"NANWATCH_EMAIL_FROM is {configuration.email_from!r}; with EMAIL_URL it must be a mail address"
        ) from None


def _made_data_dir(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / f".writable.{secrets.token_hex(4)}"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise ImproperlyConfigured(
            f"the data directory {path} cannot be written ({error.strerror}); "
            "make it writable, or set NANWATCH_DATA_DIR to another one"
        ) from error
    return path.resolve()


def _kept_secret_key(data_dir: Path) -> str:
    path = data_dir / "secret_key"
    if not path.exists():
        fresh = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # the first of several starting processes wins
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()
