"""Verifications that a person asks for on an incident's page, carried out by a worker.

As with batches, the rows of the database are the queue and messages only hints: a lost message or a dead worker
is a delay.
"""

from dataclasses import asdict
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from ingest.models import ModelVersion
from monitoring.models import Incident, OrderState, Verification
from monitoring.queue.hints import send_hint
from monitoring.queue.leases import Lease, LeaseColumns, past
from monitoring.verification.incidents import IncidentVerdict, verify
from monitoring.versions.artifacts import ArtifactAwayError, local_artifact, shared_replayer
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replay_errors import RefusedModelError
from nantrace.tensors.refusals import Refusal

LEASE = timedelta(minutes=10)  # renewed after each batch; one batch never takes as long
MAX_ATTEMPTS = 3
CRASHED = (
    f"{MAX_ATTEMPTS} attempts ended without an answer: the worker was killed each time (out of memory, a restart). "
    "Ask again when it runs."
)
COLUMNS = LeaseColumns(holder="attempts", until="claimed_until", nobody=F("attempts"))
"""Attempts are counted and never taken back: the number of an attempt says whose it is."""


def request_verification(incident: Incident, version: ModelVersion, user: User | None) -> Verification:
    """Orders a verification, to be hinted after commit; one of the same pair that still waits is returned instead."""
    waiting, created = Verification.objects.get_or_create(
        incident=incident, version=version, state=OrderState.WAITING, defaults={"user": user}
    )
    if created:
        transaction.on_commit(lambda: _hint(waiting.pk))
    return waiting


def hint_waiting() -> None:
    """Sends again what a lost message or a dead worker left waiting, and gives up after three attempts."""
    idle = _waiting().filter(past("claimed_until"))
    idle.filter(attempts__gte=MAX_ATTEMPTS).update(state=OrderState.FAILED, failure=CRASHED, answered_at=Now())
    for key in list(idle.filter(past("hinted_until")).values_list("pk", flat=True)):
        _hint(key)


def carry_out(verification_id: int) -> None:
    """Claims a waiting verification and answers it; does nothing when another worker has it."""
    one = _waiting().filter(pk=verification_id)
    request = one.select_related("incident", "version").first()
    if request is None or request.attempts >= MAX_ATTEMPTS:
        return
    lease = Lease(one, COLUMNS, token=request.attempts + 1)
    if lease.take(LEASE, Q(attempts=request.attempts)):
        lease.end(**_answer(request, lease), answered_at=Now())


def _answer(request: Verification, lease: Lease[Verification]) -> dict[str, object]:
    """What is written into the row: the verdict, or why there is none."""
    try:
        verdict = _verdict(request, lease)
    except (ArtifactAwayError, RefusedModelError, Refusal) as error:
        return {"state": OrderState.FAILED, "failure": str(error)}
    return {
        "state": OrderState.DONE,
        "rows": verdict.rows,
        "cured": verdict.cured,
        "removed": verdict.removed,
        "failing": [asdict(row) for row in verdict.failing],
        "note": verdict.note,
    }


def _verdict(request: Verification, lease: Lease[Verification]) -> IncidentVerdict:
    laboratory = ReplayLaboratory(shared_replayer(), local_artifact(request.version))
    laboratory.facts()  # a version that cannot be loaded is no verdict, even where no row is left
    return verify(request.incident, laboratory, progress=lambda rows: lease.renew(LEASE, rows=rows))


def _hint(verification_id: int) -> None:
    send_hint(_waiting().filter(pk=verification_id), "monitoring.tasks.verify_incident", verification_id)


def _waiting() -> QuerySet[Verification]:
    return Verification.objects.filter(state=OrderState.WAITING)
