"""Celery's entry points. Work on models goes to the queue `replay`, everything else to `default`."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.core.management import call_command

from ingest.batches.call_halves import give_up_waiting
from ingest.models import ModelVersion
from monitoring import alerting, drift_hours, pipeline, verification
from monitoring.alerting.cloud_monitoring import setup_orders
from monitoring.alerting.direct import outbox, sending
from monitoring.queue import claims
from monitoring.queue.requeue import requeue_after_upgrade
from monitoring.queue.shares import SHARES
from monitoring.retention.evidence import delete_old_alerts, delete_old_evidence, delete_old_windows
from monitoring.supervision import heartbeats
from monitoring.versions.artifacts import shared_replayer
from nantrace.replay.sandbox import limit_memory, usual_memory

logger = logging.getLogger(__name__)


@worker_ready.connect
def warm_up(sender: Any, **_: object) -> None:
    """TensorFlow is imported when a replay worker starts, not when the first rows wait for it."""
    if "replay" in sender.app.amqp.queues.consume_from:
        SHARES.threads = sender.concurrency
        limit_memory(settings.NANWATCH_WORKER_MEMORY or usual_memory())
        shared_replayer().warm_up()
        if count := requeue_after_upgrade():
            logger.warning("%d batches left quarantine, since what replays them has changed", count)


@shared_task
def replay_version(version_id: int) -> None:
    """Replays the waiting batches of a version, as soon as its project has a thread to spare."""
    _process(version_id)


@shared_task
def profile_version(version_id: int) -> None:
    """The same of a new version, which is profiled first."""
    _process(version_id)


def _process(version_id: int) -> None:
    project = ModelVersion.objects.filter(pk=version_id).values_list("model__project_id", flat=True).first()
    if project is None:  # deleted meanwhile
        return
    with SHARES.held(project, version_id, claims.hint) as granted:
        if granted:
            pipeline.process_version(version_id)
        else:
            claims.hint_arrived(version_id)


@shared_task
def verify_incident(verification_id: int) -> None:
    """Replays an incident's stored rows through the version that a person chose on its page."""
    verification.carry_out(verification_id)


@shared_task
def set_up_alerts(setup_id: int) -> None:
    """Sets up the alert policies that a person ordered on the settings page; Google's client is imported only here."""
    from monitoring.alerting.cloud_monitoring import setup

    setup.carry_out(setup_id)


@shared_task
def sweep() -> None:
    """Picks up what lost messages, dead workers and serving stacks that never answered left behind."""
    give_up_waiting()
    claims.quarantine_crashed()
    for version_id in claims.versions_waiting():
        claims.hint(version_id)
    verification.hint_waiting()
    setup_orders.hint_waiting()


@shared_task
def judge_drift() -> None:
    """Judges the hours of traffic that changed, and freezes references that have waited for long enough."""
    drift_hours.freeze_waiting()
    drift_hours.judge_changed()


@shared_task
def write_metrics() -> None:
    """Delivers to every configured destination of `monitoring.alerting`."""
    alerting.deliver()


@shared_task
def send_alerts() -> None:
    """Sends what waits in the outbox of direct alerts."""
    sending.send_due()


@shared_task
def send_channel_alerts(channel_id: int) -> None:
    """The same of one channel, a moment after something happened."""
    sending.send_hinted(channel_id)


@shared_task
def retain() -> None:
    """Deletes evidence, drift windows, alerts, machines and logins that are over."""
    delete_old_evidence()
    delete_old_windows()
    delete_old_alerts()
    outbox.delete_settled()
    heartbeats.forget_old()
    call_command("clearsessions")
