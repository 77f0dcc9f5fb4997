"""Monitoring's part in Django: the one place where it listens, to ingest and to the history of incidents."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models.signals import post_save

if TYPE_CHECKING:  # models cannot be imported yet
    from monitoring.models import IncidentEvent


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from ingest.signals import batch_accepted, version_registered

        batch_accepted.connect(hint_version)
        version_registered.connect(hint_version)
        version_registered.connect(count_version)
        post_save.connect(queue_alerts, sender="monitoring.IncidentEvent")


def count_version(version_id: int, **_: object) -> None:
    from monitoring.traffic.version_traffic import begin_counting

    begin_counting(version_id)


def hint_version(version_id: int, **_: object) -> None:
    """A batch was accepted or a version registered; both are committed by now."""
    from monitoring.queue import claims

    claims.hint(version_id)


def queue_alerts(instance: "IncidentEvent", *, created: bool, **_: object) -> None:
    """Something happened to an incident; its transaction is still open."""
    from monitoring.alerting.direct.outbox import queue_event

    if created:
        queue_event(instance)
