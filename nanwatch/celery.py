"""The Celery app. Its messages are hints; the database's batch rows are the queue."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nanwatch.settings")

app = Celery("nanwatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["monitoring"])

for _folder in (app.conf.broker_transport_options or {}).values():
    if isinstance(_folder, str):
        Path(_folder).mkdir(parents=True, exist_ok=True, mode=0o700)
