"""Django settings; everything that varies comes from `configuration.py`."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ

from nanwatch.configuration import read_configuration
from nanwatch.production import PASSWORD_CHARACTERS, refuse_unsafe

BASE_DIR = Path(__file__).resolve().parent.parent
CONFIGURATION = read_configuration(BASE_DIR)
refuse_unsafe(CONFIGURATION)

SECRET_KEY = CONFIGURATION.secret_key
DEBUG = False
ALLOWED_HOSTS = [urlsplit(CONFIGURATION.base_url).hostname or CONFIGURATION.host, "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.base_url]
NANWATCH_BASE_URL = CONFIGURATION.base_url
NANWATCH_RETENTION_DAYS = CONFIGURATION.retention_days
NANWATCH_SANDBOX = CONFIGURATION.sandbox
NANWATCH_REPLAY_MEMORY = CONFIGURATION.replay_memory
NANWATCH_WORKER_MEMORY = CONFIGURATION.worker_memory
NANWATCH_GCP_PROJECT = CONFIGURATION.gcp_project
NANWATCH_MONITORING_ENDPOINT = CONFIGURATION.monitoring_endpoint
NANWATCH_MONITORING_INTERVAL = CONFIGURATION.monitoring_interval
NANWATCH_PUBSUB_ACCOUNT = CONFIGURATION.pubsub_account
NANWATCH_MONITORING_MAX_SERIES = CONFIGURATION.monitoring_max_series

NANWATCH_ALERT_ADDRESSES = CONFIGURATION.alert_addresses
NANWATCH_SLACK_URL = f"{CONFIGURATION.slack_url}/"
NANWATCH_PAGERDUTY_URL = CONFIGURATION.pagerduty_url

EMAIL_HOST = ""  # nothing is mailed
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = CONFIGURATION.email_from
if CONFIGURATION.email_url:
    _mail = environ.Env.email_url_config(CONFIGURATION.email_url)
    EMAIL_HOST, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        _mail[name] or "" for name in ("EMAIL_HOST", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
    )
    EMAIL_USE_TLS, EMAIL_USE_SSL = "EMAIL_USE_TLS" in _mail, "EMAIL_USE_SSL" in _mail
    EMAIL_PORT = _mail["EMAIL_PORT"] or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "ingest",
    "monitoring",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nanwatch.page_middleware.ContentPolicy",
    "nanwatch.page_middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "nanwatch.page_middleware.Csrf",
    "nanwatch.page_middleware.Users",
    "nanwatch.page_middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "nanwatch.urls"
WSGI_APPLICATION = "nanwatch.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "monitoring.web.pages.projects.project_menu",
            ],
            "builtins": ["monitoring.web.pages.tags"],
        },
    }
]

DATABASES = {"default": environ.Env.db_url_config(CONFIGURATION.database_url)}
DATABASES["default"]["CONN_MAX_AGE"] = None  # an open connection is worth 4.6x in SQLite writes
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        # page_size counts for a new file only; checkpoints are those of ingest/sqlite.py, until 64 MiB
        "init_command": (
            f"PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous={CONFIGURATION.sqlite_synchronous}; "
            "PRAGMA busy_timeout=30000; PRAGMA wal_autocheckpoint=8192"
        ),
    }
else:
    DATABASES["default"]["ENGINE"] = "nanwatch.postgresql"
    # a server that vanished without a word is noticed within ten seconds: callers get their 503 instead of waiting
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "tcp_user_timeout": 10_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": CONFIGURATION.data_dir / "artifacts",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
# by both: guessing from elsewhere does not lock a person out. Behind a proxy all come from its address
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "nanwatch.page_middleware.caller_address"
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": PASSWORD_CHARACTERS}},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.base_url.startswith("https://")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20  # of form fields; samples are read by ingest/api/bodies.py

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["ingest.api.keys.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["ingest.api.keys.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["ingest.api.answers.StrictJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ingest.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "NaNWatch",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/favicon.svg",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
}

CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | float]
if CONFIGURATION.redis_url:
    CELERY_BROKER_URL = CONFIGURATION.redis_url
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "global_keyprefix": "nanwatch:",  # others may share this Redis
        "socket_connect_timeout": 2.0,  # a request that hints waits for it
        "socket_timeout": 5.0,
    }
else:  # messages are files under the data directory, which need no server
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT = "nanwatch.file_broker:Transport"
    _messages = CONFIGURATION.data_dir / "broker"
    _messages.mkdir(exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_messages),
        "data_folder_out": str(_messages),
        "polling_interval": 0.1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}  # a request waits for it
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # messages are hints: the database is the queue
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {  # a long replay never keeps the sweeper or the metrics waiting
    "monitoring.tasks.replay_version": {"queue": "replay"},
    "monitoring.tasks.profile_version": {"queue": "replay"},
    "monitoring.tasks.verify_incident": {"queue": "replay"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(CONFIGURATION.redis_url)  # for health checks from outside
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(CONFIGURATION.data_dir / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "monitoring.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "write-metrics": {
        "task": "monitoring.tasks.write_metrics",
        "schedule": float(CONFIGURATION.monitoring_interval),
        "options": {"expires": CONFIGURATION.monitoring_interval},
    },
    "send-alerts": {"task": "monitoring.tasks.send_alerts", "schedule": 10.0, "options": {"expires": 10}},
    "judge-drift": {"task": "monitoring.tasks.judge_drift", "schedule": 30.0, "options": {"expires": 30}},
    "retain": {
        "task": "monitoring.tasks.retain",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # more than this would be paths and headers of what is sent: secrets of alert channels
    "loggers": {"urllib3": {"level": "INFO"}, "slack_sdk": {"level": "INFO"}},
}
