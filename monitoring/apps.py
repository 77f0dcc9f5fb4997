"""Monitoring's part in Django: the one place where it listens to ingest."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from ingest.signals import batch_accepted, version_registered

        batch_accepted.connect(hint_version)
        version_registered.connect(hint_version)
        version_registered.connect(count_version)


def count_version(version_id: int, **_: object) -> None:
    from monitoring.traffic.version_traffic import begin_counting

    begin_counting(version_id)


def hint_version(version_id: int, **_: object) -> None:
    """A batch was accepted or a version registered; both are committed by now."""
    from monitoring.queue import claims

    claims.hint(version_id)
