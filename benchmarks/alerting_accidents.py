"""`python -m benchmarks.alerting_accidents`: what must alert nobody, and a first batch that must, once.

Half an hour of good traffic after a bad row of long ago, and in its middle an accident of the installation: two writers
at once, a clock ten minutes off, a restored database, a clone. The strict stand-in evaluates all policies.
"""

import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.server import cloud_stand_in

MINUTE, BEGIN = timedelta(minutes=1), datetime(2026, 6, 1, tzinfo=UTC)
HALF_AN_HOUR = 30
WATCHED = ("critical-incident", "other-incident", "nonfinite-predictions", "nonfinite-share", "drift", "headroom")
"""All but silence, which a writer that may not write for a while is."""


class Installation:
    """A database with one model, the directory of its files, and the clocks of its writers."""

    def __init__(self, cloud: CloudStandIn, home: Path) -> None:
        self.cloud, self.home, self.minute = cloud, home, 0

    def pass_minute(self, *writers: timedelta) -> None:
        """Ten good rows more, and a write by each writer, whose clock is so far off."""
        from django.db.models import F

        from monitoring.alerting.cloud_monitoring.write import write_metrics
        from monitoring.models import PredictionCounter

        self.minute += 1
        now = BEGIN + self.minute * MINUTE
        PredictionCounter.objects.filter(symptom="").update(value=F("value") + 10, changed_at=now)
        for off in writers or (timedelta(0),):
            write_metrics(now + off)

    def answer_nan(self) -> None:
        from django.db.models import F

        from monitoring.models import PredictionCounter

        PredictionCounter.objects.filter(symptom="absorbed").update(value=F("value") + 1)
        for _ in range(3):
            self.pass_minute()

    def use(self, directory: Path) -> None:
        from django.conf import settings

        settings.CONFIGURATION = replace(settings.CONFIGURATION, data_dir=directory)

    def copy_database(self, to: Path) -> None:
        from django.conf import settings
        from django.db import connection

        connection.close()
        with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as ours, sqlite3.connect(to) as theirs:
            ours.backup(theirs)

    def restore_database(self, of: Path) -> None:
        from django.conf import settings
        from django.db import connection

        connection.close()
        with sqlite3.connect(of) as theirs, sqlite3.connect(settings.DATABASES["default"]["NAME"]) as ours:
            theirs.backup(ours)


def two_writers(one: Installation) -> None:
    for _ in range(5):
        one.pass_minute(timedelta(0), timedelta(seconds=1), timedelta(seconds=6))


def clock_behind(one: Installation) -> None:
    """The database's, which all writers go by."""
    for _ in range(5):
        one.pass_minute(-10 * MINUTE)


def clock_ahead(one: Installation) -> None:
    for _ in range(5):
        one.pass_minute(10 * MINUTE)


def restore(one: Installation) -> None:
    one.copy_database(one.home / "backup")
    for _ in range(5):
        one.pass_minute()
    one.restore_database(one.home / "backup")


def clone(one: Installation) -> None:
    """Both write from now on, each from a database and a directory of its own."""
    there, ours, theirs = one.home / "clone", one.home / "ours", one.home / "theirs"
    there.mkdir()
    shutil.copy(one.home / "metric-writes", there)
    for database in (ours, theirs):
        one.copy_database(database)
    for _ in range(5):
        for directory, database in ((one.home, ours), (there, theirs)):
            one.restore_database(database)
            one.use(directory)
            one.pass_minute()
            one.copy_database(database)
    one.restore_database(ours)
    one.use(one.home)


ACCIDENTS: tuple[Callable[[Installation], None], ...] = (two_writers, clock_behind, clock_ahead, restore, clone)


def happen(accident: Callable[[Installation], None], home: Path) -> None:
    with cloud_stand_in() as cloud:
        one = _furnished(cloud, home)
        for _ in range(HALF_AN_HOUR):
            one.pass_minute()
        accident(one)
        for _ in range(HALF_AN_HOUR):
            one.pass_minute()
        false = sum(_alerts(cloud)[key] for key in WATCHED)
        one.answer_nan()
        true = _alerts(cloud)["nonfinite-predictions"]
        print(f"{accident.__name__}: {false} false alerts, {_falls(cloud)} falling series; then a NaN: {true} alert")


def first_batch(home: Path) -> None:
    """Registered a minute before; half of its first rows are NaN."""
    from monitoring.models import PredictionCounter
    from tests.incidents.builders import hit

    with cloud_stand_in() as cloud:
        one = _furnished(cloud, home, bad=0)
        one.pass_minute()
        version = PredictionCounter.objects.get(symptom="").version
        PredictionCounter.objects.create(version=version, symptom="absorbed", value=2, started_at=BEGIN)
        hit(version)
        for _ in range(HALF_AN_HOUR):
            one.pass_minute()
        alerts = _alerts(cloud)
        print(f"first batch bad: {alerts['critical-incident'] + alerts['other-incident']} alert of its incident")


def _furnished(cloud: CloudStandIn, home: Path, bad: int = 1) -> Installation:
    from django.conf import settings
    from django.core.management import call_command

    from ingest.models import Project
    from monitoring.models import PredictionCounter
    from tests.incidents.builders import make_version

    home.mkdir()
    settings.NANWATCH_MONITORING_ENDPOINT = cloud.endpoint
    call_command("flush", interactive=False, verbosity=0)
    one = Installation(cloud, home)
    one.use(home)
    cloud.clock = lambda: BEGIN + one.minute * MINUTE
    version = make_version(Project.objects.create(name="shop"))
    for symptom, value in {"": 100, "absorbed": bad}.items():
        if value:
            PredictionCounter.objects.create(version=version, symptom=symptom, value=value)
    PredictionCounter.objects.update(started_at=BEGIN, changed_at=BEGIN)
    Project.objects.update(created_at=BEGIN)
    call_command("provision_alerts", verbosity=0, stdout=(home / "provisioned").open("w"))
    return one


def _alerts(cloud: CloudStandIn) -> Counter[str]:
    return Counter(cloud.policies[one.policy].user_labels["nanwatch_policy"] for one in cloud.alerts)


def _falls(cloud: CloudStandIn) -> int:
    pairs = [pair for (kind, *_), points in cloud.series.items() for pair in pairwise(points) if _is_counted(kind)]
    return sum(next_.start == one.start and next_.value < one.value for one, next_ in pairs)


def _is_counted(kind: str) -> bool:
    return not kind.endswith(("open_incidents", "replay_lag", "drift_score_max", "layer_headroom_min", "up"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nanwatch-accidents-") as directory:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="nanwatch.settings", NANWATCH_DATA_DIR=directory, NANWATCH_GCP_PROJECT="benchmark"
        )
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for which in ACCIDENTS:
            happen(which, Path(directory) / which.__name__)
        first_batch(Path(directory) / "first")
