"""The Django project: settings, urls, the Celery app, wsgi. No domain code lives here."""
