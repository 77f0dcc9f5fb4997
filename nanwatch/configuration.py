"""The environment variables of the service, read and checked once."""

import contextlib
import secrets
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Configuration:
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
    retention_days: int


def read_configuration(base_dir: Path) -> Configuration:
    """Reads the process environment; raises ImproperlyConfigured naming the variable that is wrong."""
    env = environ.Env()
    production = _choice(env.str("NANWATCH_ENV", "local")) == "production"
    data_dir = Path(env.str("NANWATCH_DATA_DIR", str(base_dir / "var"))).resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    host, port = env.str("NANWATCH_HOST", "127.0.0.1"), env.int("NANWATCH_PORT", 8000)
    return Configuration(
        production=production,
        data_dir=data_dir,
        host=host,
        port=port,
        base_url=env.str("NANWATCH_BASE_URL", f"http://{host}:{port}").rstrip("/"),
        secret_key=env.str("NANWATCH_SECRET_KEY", "") or _kept_secret_key(data_dir, production),
        database_url=env.str("DATABASE_URL", f"sqlite:///{data_dir / 'nanwatch.sqlite3'}"),
        redis_url=env.str("REDIS_URL", ""),
        bootstrap_api_key=env.str("NANWATCH_BOOTSTRAP_API_KEY", ""),
        bootstrap_admin=env.str("NANWATCH_BOOTSTRAP_ADMIN", ""),
        gcp_project=env.str("NANWATCH_GCP_PROJECT", ""),
        monitoring_endpoint=env.str("NANWATCH_MONITORING_ENDPOINT", ""),
        monitoring_interval=env.int("NANWATCH_MONITORING_INTERVAL", 60),
        retention_days=env.int("NANWATCH_RETENTION_DAYS", 30),
    )


def _choice(name: str) -> str:
    if name not in ("local", "production"):
        raise ImproperlyConfigured(f"NANWATCH_ENV is {name!r}; it must be 'local' or 'production'")
    return name


def _kept_secret_key(data_dir: Path, production: bool) -> str:
    if production:
        raise ImproperlyConfigured("NANWATCH_SECRET_KEY must be set when NANWATCH_ENV=production")
    path = data_dir / "secret_key"
    if not path.exists():
        fresh = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # the first of several starting processes wins
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()
