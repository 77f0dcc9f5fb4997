"""What the simulated week is made of, and whether metrics, alerts and messages say the same."""

import io
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command

from benchmarks.alerting_inbox import Inbox, inbox
from benchmarks.alerting_processes import FAULTS, SimulatedClock
from ingest.models import Batch, BatchState, Model, ModelVersion, Project
from monitoring.alerting.direct.encryption import seal
from monitoring.google_stand_in.alerts import evaluate
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.point_rules import OLDER_END, TOO_OFTEN
from monitoring.incidents import change_state
from monitoring.models import AlertChannel, Incident, IncidentState, QueuedAlert, VersionProfile
from monitoring.traffic.version_traffic import begin_counting

ROWS = 40  # of a batch
SHORTEST, LONGEST = 40, 180  # minutes of an episode
CALM = timedelta(hours=3)  # between two episodes of a model
PATIENCE = timedelta(minutes=20)
"""What lasts so long is alerted: writes that were forbidden wait for up to 15 minutes."""
OPENING, CLOSING = ("opened", "returned"), ("closed",)
ALERTED = {"critical-incident": "critical", "other-incident": "warning"}

Key = tuple[str, str, str]
"""Model, cause and severity."""


@dataclass
class Episode:
    """A fault of one model for a while."""

    model: str
    cause: str
    ends: datetime
    bad_batches: int = 0


@dataclass
class Interval:
    """How long an incident was open under one severity."""

    key: Key
    begins: datetime
    ends: datetime


@dataclass
class Week:
    cloud: CloudStandIn
    dice: random.Random
    versions: Mapping[str, ModelVersion]
    inbox: Inbox
    running: dict[str, Episode] = field(default_factory=dict)
    over: list[Episode] = field(default_factory=list)
    calm_until: dict[str, datetime] = field(default_factory=dict)
    intervals: list[Interval] = field(default_factory=list)
    open_now: dict[Key, Interval] = field(default_factory=dict)
    posted: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad_at: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    segments: dict[Any, dict[datetime, float]] = field(default_factory=lambda: defaultdict(dict))
    falls: int = 0
    broken: list[str] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    memory: list[dict[str, Sequence[int]]] = field(default_factory=list)

    @classmethod
    @contextmanager
    def begun(cls, cloud: CloudStandIn, dice: random.Random, models: int) -> Iterator["Week"]:
        call_command("migrate", verbosity=0)
        with inbox(dice, faults=0.05) as received:
            versions = _register(models, received.url)
            call_command("provision_alerts", stdout=io.StringIO())
            cloud.broken_rules.clear()  # whether there is a dashboard is asked by looking for it
            yield cls(cloud, dice, versions, received)

    def live(self, *, is_settling: bool, posting: float, beginning: float) -> None:
        """What comes from outside within a minute: rows, and a person who resolves what is over."""
        for name, version in self.versions.items():
            episode = self.running.get(name)
            if episode is not None:
                self._go_on(episode, version, is_settling=is_settling)
            elif not is_settling:
                self._stay_well(name, version, posting, beginning)

    def _go_on(self, episode: Episode, version: ModelVersion, *, is_settling: bool) -> None:
        if SimulatedClock.now < episode.ends and not is_settling:
            if self.dice.random() < 0.5:
                self._post(version, self.dice.randint(1, ROWS), episode.cause)
                episode.bad_batches += 1
            return
        if version.batches.filter(state=BatchState.PENDING).exists():
            return
        for incident in Incident.objects.filter(model=version.model, state=IncidentState.OPEN):
            change_state(incident, IncidentState.RESOLVED)
        self.over.append(self.running.pop(episode.model))
        self.calm_until[episode.model] = SimulatedClock.now + CALM

    def _stay_well(self, name: str, version: ModelVersion, posting: float, beginning: float) -> None:
        if self.dice.random() < posting:
            self._post(version, 0, "")
        if self.dice.random() < beginning and SimulatedClock.now > self.calm_until.get(name, SimulatedClock.now - CALM):
            ends = SimulatedClock.now + timedelta(minutes=self.dice.randint(SHORTEST, LONGEST))
            self.running[name] = Episode(name, self.dice.choice(sorted(FAULTS)), ends)

    def _post(self, version: ModelVersion, bad: int, cause: str) -> None:
        Batch.objects.create(
            project_id=version.model.project_id,
            version=version,
            rows=ROWS,
            nonfinite_rows=bad,
            payload=b"-",
            environment={"bad": bad, "cause": cause},
            observed_at=SimulatedClock.now,
            body_sha256="0" * 64,
        )
        self.posted[version.model.name, ""] += ROWS
        if bad:
            self.posted[version.model.name, FAULTS[cause][0]] += bad
            self.bad_at[version.model.name].append(SimulatedClock.now)

    def look(self) -> None:
        """After a minute: which incidents are open, and what the stand-in got and refused."""
        evaluate(self.cloud)
        self._note_open()
        self._note_refusals()
        for key, points in self.cloud.series.items():
            newest, known = points[-1], self.segments[key]
            self.falls += newest.value < known.get(newest.start, newest.value) and "open_incidents" not in key[0]
            known[newest.start] = newest.value

    def _note_open(self) -> None:
        now = SimulatedClock.now
        rows = Incident.objects.filter(state=IncidentState.OPEN).values_list("model__name", "cause", "severity")
        for key in set(rows):
            if key not in self.open_now:
                self.open_now[key] = Interval(key, now, now)
                self.intervals.append(self.open_now[key])
            self.open_now[key].ends = now
        self.open_now = {key: one for key, one in self.open_now.items() if one.ends == now}

    def _note_refusals(self) -> None:
        refusals = [(one.code, one.message) for one in self.cloud.broken_rules]
        self.cloud.broken_rules.clear()
        lost = any("injected" in text and code == "DEADLINE_EXCEEDED" for code, text in refusals)
        for code, text in refusals:
            if "injected" in text:
                self.injected[code] += 1
            elif lost and any(rule in text for rule in (TOO_OFTEN, OLDER_END)):
                self.repeated += 1  # the one retry after an answer that got lost
            else:
                self.broken.append(f"{SimulatedClock.now:%d %H:%M} {code}: {text}")

    def note_memory(self, of_workers: dict[str, Sequence[int]]) -> None:
        self.memory.append({kind: list(found) for kind, found in of_workers.items()})

    def report(self, minutes: int, kills: int, seconds: float) -> None:
        calls = sum(self.injected.values())
        print(f"{minutes:,} minutes in {seconds:.0f} s, {kills} kills")
        print(f"{calls} faults at the stand-in: {dict(self.injected)}")
        box = self.inbox
        print(f"webhook: {box.refused} refused, {box.lost} answers lost, {len(box.messages)} messages")
        wrong = [*self._wrong_counts(), *self._wrong_alerts(), *self._wrong_messages(), *self._wrong_rules()]
        self._print_memory()
        print("\n".join(wrong) or "all as it should be")

    def _wrong_counts(self) -> Iterator[str]:
        kinds = {"predictions": "", "nonfinite_predictions": None}
        found: Counter[tuple[str, str]] = Counter()
        anew = 0
        for (kind, labels, _), values in self.segments.items():
            if (name := kind.rpartition("/")[2]) in kinds:
                label = dict(labels)
                found[label["model"], label.get("symptom", "")] += int(sum(values.values()))
                anew += name == "predictions" and len(values) - 1
        quarantined = Batch.objects.exclude(state=BatchState.REPLAYED).count()
        total = sum(rows for (_, symptom), rows in self.posted.items() if not symptom)
        print(f"{total:,} predictions posted, {quarantined} batches not replayed, series that began anew: {anew}")
        for key, rows in self.posted.items():
            if found[key] != rows:
                yield f"count of {key}: {found[key]} instead of {rows}"
        if self.falls:
            yield f"{self.falls} falling points"

    def _wrong_alerts(self) -> Iterator[str]:
        keys = {policy.name: policy.user_labels["nanwatch_policy"] for policy in self.cloud.policies.values()}
        print("alerts:", dict(Counter(keys[one.policy] for one in self.cloud.alerts)))
        matched: Counter[int] = Counter()
        for alert in self.cloud.alerts:
            severity, group = ALERTED.get(keys[alert.policy]), dict(alert.group)
            model, cause = group.get("metric.label.model", ""), group.get("metric.label.cause", "")
            if severity is None:
                since = alert.opened_at - timedelta(hours=1)
                is_true = any(since < at <= alert.opened_at for at in self.bad_at[model])
                if keys[alert.policy].startswith("nonfinite") and not is_true:
                    yield f"false alert of {keys[alert.policy]} for {model} at {alert.opened_at}"
                continue
            of = [
                number
                for number, one in enumerate(self.intervals)
                if one.key == (model, cause, severity) and one.begins <= alert.opened_at <= one.ends + PATIENCE
            ]
            matched.update(of[-1:])
            if not of:
                yield f"false alert: {model} {cause} {severity} at {alert.opened_at}"
            if alert.closed_at is None:
                yield f"never closed: {model} {cause} {severity} of {alert.opened_at}"
        long = [number for number, one in enumerate(self.intervals) if one.ends - one.begins >= PATIENCE]
        print(f"{len(self.intervals)} openings of a model, cause and severity, {len(long)} for {PATIENCE} or more")
        for number in long:
            if not matched[number]:
                yield f"no alert: {self.intervals[number]}"
        yield from (f"{count} alerts: {self.intervals[number]}" for number, count in matched.items() if count > 1)

    def _wrong_messages(self) -> Iterator[str]:
        expected = Counter((one.model, FAULTS[one.cause][0]) for one in self.over if one.bad_batches)
        print(f"{expected.total()} episodes; messages a minute at most: {self.inbox.most_a_minute}")
        for name, changes in (("opening", OPENING), ("closing", CLOSING)):
            found = Counter(self.inbox.notices(changes))
            for key in expected | found:
                if expected[key] != found[key]:
                    yield f"{name} of {key}: reported {found[key]} times instead of {expected[key]}"
        waiting = QueuedAlert.objects.exclude(state__in=("sent", "skipped"))
        yield from (f"alert {one.pk} is {one.state}: {one.outcome}" for one in waiting)

    def _wrong_rules(self) -> Iterator[str]:
        print(f"points refused after a lost answer, as they should be: {self.repeated} calls")
        yield from (f"broken rule: {one}" for one in self.broken)

    def _print_memory(self) -> None:
        for kind, found in self.memory[-1].items():
            early, late = found[60:120], found[-60:]
            if early and late:
                before, after = statistics.median(early), statistics.median(late)
                print(f"{kind}: {before:,.0f} KB after an hour, {after:,.0f} in the end")


def _register(models: int, url: str) -> dict[str, ModelVersion]:
    project = Project.objects.create(name="benchmark")
    channel = AlertChannel.objects.create(
        project=project, kind="webhook", name="hook", sealed_settings=seal({"url": url, "secret": "whsec_" + "a" * 32})
    )
    channel.routes.create(least_severity="info")
    versions = {}
    for number in range(models):
        model = Model.objects.create(project=project, name=f"model-{number}")
        versions[model.name] = ModelVersion.objects.create(
            model=model, version="1", artifact_format="keras", artifact_bytes=1
        )
        begin_counting(versions[model.name].pk)
        VersionProfile.objects.create(version=versions[model.name], audit_state="passed")
    return versions
