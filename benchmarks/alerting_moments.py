"""`python -m benchmarks.alerting_moments`: how soon an incident is a message and an alert, and what many become.

A worker and a scheduler as `up` starts them, warm, on a fresh SQLite and the broker of files; the other sides are the
stand-in and a webhook in this process.
"""

import os
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.server import cloud_stand_in

INTERVAL = 10  # seconds between writes
INCIDENTS, MANY = 20, 10_000
LONGEST_MESSAGE, LONGEST_ALERT = 5.0, INTERVAL + 5.0
PATIENCE = 120.0


def prepare(directory: str, endpoint: str) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="nanwatch.settings",
        NANWATCH_DATA_DIR=directory,
        NANWATCH_GCP_PROJECT="benchmark",
        NANWATCH_MONITORING_ENDPOINT=endpoint,
        NANWATCH_MONITORING_INTERVAL=str(INTERVAL),
        NANWATCH_ALERT_ADDRESSES="any",
    )
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)


@contextmanager
def warm_processes() -> Iterator[None]:
    """The worker of tasks and the scheduler."""
    from monitoring.supervision.programs import behind_the_web

    programs = [one for one in behind_the_web() if one.name != "replay"]
    running = [subprocess.Popen(one.command, env={**os.environ, **one.environment}) for one in programs]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait()


def seconds_until_more(found: Sized, than: int) -> float:
    started = time.monotonic()
    while len(found) <= than:
        if time.monotonic() - started > PATIENCE:
            raise TimeoutError
        time.sleep(0.01)
    return time.monotonic() - started


def soon(cloud: CloudStandIn) -> None:
    """Each incident in a project of its own, so that no channel has to rest."""
    from benchmarks.alerting_inbox import inbox
    from tests.incidents.builders import hit, make_version

    with inbox(random.Random(1), faults=0.0) as received, warm_processes():
        warm_up = make_version(_project("warm-up", received.url))
        hit(warm_up)
        seconds_until_more(received.messages, 0)
        seconds_until_more(cloud.alerts, 0)
        to_message, to_alert = [], []
        for number in range(INCIDENTS):
            version = make_version(_project(f"project-{number}", received.url))
            alerts = len(cloud.alerts)
            hit(version)
            to_message.append(seconds_until_more(received.messages, number + 1))
            if number % 4 == 0:  # each takes as long as the interval
                to_alert.append(to_message[-1] + seconds_until_more(cloud.alerts, alerts))
    _print("committed to direct message", to_message, LONGEST_MESSAGE)
    _print("committed to alert through the stand-in", to_alert, LONGEST_ALERT)


def many() -> None:
    """All of one project within a minute; the clock is moved as the schedule is, 10 seconds a round."""
    from django.db import connection

    from benchmarks.alerting_inbox import inbox
    from benchmarks.alerting_processes import SimulatedClock, install_clock
    from monitoring.alerting.direct.sending import send_due
    from monitoring.models import QueuedAlert

    connection.close()
    install_clock()
    with inbox(random.Random(1), faults=0.0) as received:
        _open_many(received.url)
        SimulatedClock.now += timedelta(minutes=1)
        longest, begun_at = 0.0, SimulatedClock.now
        while QueuedAlert.objects.filter(state="waiting").exists():
            started = time.monotonic()
            send_due()
            longest = max(longest, time.monotonic() - started)
            SimulatedClock.now += timedelta(seconds=10)
        minutes = (SimulatedClock.now - begun_at) / timedelta(minutes=1)
        named = [one["id"] for message in received.messages.values() for one in message["data"]["incidents"]]
        print(
            f"{MANY:,} incidents within a minute: {len(received.messages)} messages in {minutes:.0f} minutes, at most "
            f"{received.most_a_minute} a minute, the longest took {longest:.1f} s; {len(set(named)):,} incidents named"
        )
        assert received.most_a_minute == 1
        assert len(named) == len(set(named)) == MANY


def _open_many(url: str) -> None:
    from django.db import transaction

    from benchmarks.alerting_processes import SimulatedClock
    from monitoring.incidents.states import add_event
    from monitoring.models import Incident, IncidentEvent
    from tests.incidents.builders import make_version

    version = make_version(_project("many", url))
    common = {"project": version.model.project, "model": version.model, "last_version": version, "confidence": 1.0}
    common |= {"symptom": "absorbed", "cause": "input_missing", "severity": "warning", "rows": 2, "report": {}}
    common |= {"first_seen": SimulatedClock.now, "last_seen": SimulatedClock.now}
    with transaction.atomic():
        made = Incident.objects.bulk_create(
            Incident(short_id=f"MANY-{number}", fingerprint=str(number), **common) for number in range(MANY)
        )
        for incident in made:
            add_event(incident, IncidentEvent.Kind.OPENED, "")


def _project(name: str, url: str) -> Any:
    from ingest.models import Project
    from monitoring.alerting.direct.encryption import seal
    from monitoring.models import AlertChannel

    project = Project.objects.create(name=name)
    sealed = seal({"url": url, "secret": "whsec_" + "a" * 32})
    channel = AlertChannel.objects.create(project=project, kind="webhook", name="hook", sealed_settings=sealed)
    channel.routes.create(least_severity="info")
    return project


def _print(what: str, seconds: list[float], bar: float) -> None:
    ordered = sorted(seconds)
    middle, longest = ordered[len(ordered) // 2], ordered[-1]
    print(
        f"{what}: median {middle:.2f} s, longest {longest:.2f} s of {len(ordered)}; the bar is {bar:.0f} s", flush=True
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nanwatch-moments-") as home, cloud_stand_in() as stand_in:
        prepare(home, stand_in.endpoint)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("provision_alerts", verbosity=0)
        soon(stand_in)
        many()
