"""Whether rows that were accepted are looked at: what the first page and `/health/ready` say of the service itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from ingest.models import Batch, BatchState
from monitoring.models import ProgramKind
from monitoring.supervision.heartbeats import OVERDUE, seconds_since_seen, troubles

BEHIND_SECONDS = 300.0
MISSED = {
    ProgramKind.REPLAY: "rows wait and are not looked at. Start manage.py up, or a Celery worker of the queue replay",
    ProgramKind.TASKS: "no drift is judged, no alert sent. Start manage.py up, or a Celery worker of the queue default",
    ProgramKind.BEAT: "no drift is judged, no alert sent, nothing cleared up. Start manage.py up, or celery beat",
}
CANNOT_LOCK = (
    "A replay worker cannot lock models in: {}. Rows wait and are not looked at. Run the worker where it can, or set "
    "NANWATCH_SANDBOX=off if every model that is registered can be trusted like your own code."
)
NAMES = {ProgramKind.REPLAY: "replay worker", ProgramKind.TASKS: "worker for tasks", ProgramKind.BEAT: "scheduler"}


@dataclass(frozen=True)
class ServiceState:
    """Batches of all projects that wait or are quarantined, how long the oldest waits, and when programs reported."""

    waiting: int
    oldest_seconds: float
    quarantined: int
    seen_seconds: Mapping[ProgramKind, float | None]
    unlocked: Sequence[str] = ()  # why replay workers cannot lock models in

    @property
    def troubles(self) -> list[str]:
        """What keeps rows from being looked at, each with its way out; empty where all is well."""
        return [*self._missing_programs(), *(CANNOT_LOCK.format(one) for one in self.unlocked), *self._behind()]

    def document(self) -> dict[str, Any]:
        """For `/health/ready`: sums over all projects and no names, since no key is asked for."""
        seen = {kind.value: None if since is None else round(since) for kind, since in self.seen_seconds.items()}
        return {
            "troubles": self.troubles,
            "batches": {"waiting": self.waiting, "quarantined": self.quarantined},
            "oldest_waits_seconds": round(self.oldest_seconds),
            "programs_seen_seconds_ago": seen,
        }

    def _missing_programs(self) -> Iterator[str]:
        for kind, since in self.seen_seconds.items():
            if since is None:
                yield f"No {NAMES[kind]} has reported yet: {MISSED[kind]}."
            elif since > OVERDUE.total_seconds():
                yield f"No {NAMES[kind]} has reported for {_span(since)}: {MISSED[kind]}."

    def _behind(self) -> Iterator[str]:
        if self.oldest_seconds > BEHIND_SECONDS:
            batches = "1 batch waits" if self.waiting == 1 else f"{self.waiting:,} batches wait"
            yield f"{batches} for a replay, the oldest for {_span(self.oldest_seconds)}. More replay workers help."


def service_state() -> ServiceState:
    """As the database has it now, by its own clock."""
    pending, kept = Q(state=BatchState.PENDING), Q(state=BatchState.QUARANTINED)
    found = Batch.objects.filter(pending | kept).aggregate(
        waiting=Count("pk", filter=pending),
        quarantined=Count("pk", filter=kept),
        oldest=Min("received_at", filter=pending),
        now=Min(Now()),
    )
    oldest = (found["now"] - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    waiting, quarantined = found["waiting"], found["quarantined"]
    return ServiceState(waiting, max(oldest, 0.0), quarantined, seconds_since_seen(), troubles())


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
