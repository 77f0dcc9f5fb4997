from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from ingest.signals import batch_accepted, version_registered
        from monitoring.queue.receivers import hint_version

        batch_accepted.connect(hint_version)
        version_registered.connect(hint_version)
