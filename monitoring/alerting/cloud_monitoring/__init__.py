"""Exact counts, open incidents and the state of the service in Google Cloud Monitoring, and its alert policies."""

from django.conf import settings

from monitoring.alerting import AlertDestination


def is_configured() -> bool:
    return bool(settings.NANWATCH_GCP_PROJECT)


def deliver() -> None:
    """Google's client is imported only where it is used."""
    from monitoring.alerting.cloud_monitoring.write import write_metrics

    write_metrics()


DESTINATION = AlertDestination(is_configured, deliver)
