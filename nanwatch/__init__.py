"""The Django project: settings, urls, the Celery app, wsgi. No domain code lives here."""

from nanwatch.celery import app as celery_app

__all__ = ["celery_app"]  # so that every process sends its messages through this app
