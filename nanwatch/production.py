"""What NANWATCH_ENV=production does not start with."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from nanwatch.configuration import ServiceConfiguration

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET_KEY_CHARACTERS = 32
PASSWORD_CHARACTERS = 12


def refuse_unsafe(configuration: ServiceConfiguration) -> None:
    """Raises ImproperlyConfigured where production has unsafe settings; whatever is safe elsewhere is let through."""
    if configuration.production and (problems := _problems(configuration)):
        raise ImproperlyConfigured("NANWATCH_ENV=production refuses to start: " + "; ".join(problems))


def _problems(configuration: ServiceConfiguration) -> list[str]:
    """One clause for each unsafe setting, naming the variable and the way out; never a value."""
    base = urlsplit(configuration.base_url)
    database = configuration.database_url
    mail = urlsplit(configuration.email_url)
    password = configuration.bootstrap_admin.partition(":")[2]
    unsafe = {
        f"NANWATCH_SECRET_KEY must be set to at least {SECRET_KEY_CHARACTERS} random characters": (
            len(configuration.secret_key) < SECRET_KEY_CHARACTERS
        ),
        "NANWATCH_BASE_URL must begin with https:// (logins and keys travel over it)": (
            base.scheme != "https" and base.hostname not in LOOPBACK
        ),
        "REDIS_URL must be set with a PostgreSQL DATABASE_URL (a broker in files serves one machine)": (
            not database.startswith("sqlite") and not configuration.redis_url
        ),
        f"the password in NANWATCH_BOOTSTRAP_ADMIN must have at least {PASSWORD_CHARACTERS} characters": (
            bool(configuration.bootstrap_admin) and len(password) < PASSWORD_CHARACTERS
        ),
        "EMAIL_URL must begin with smtp+tls:// or smtp+ssl:// (it holds a password, which would travel in the clear)": (
            mail.scheme == "smtp" and bool(mail.password) and mail.hostname not in LOOPBACK
        ),
    }
    return [problem for problem, found in unsafe.items() if found]
