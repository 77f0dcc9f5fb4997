"""Verifications that a person asks for on an incident's page, carried out by a worker.

As with batches, the rows of the database are the queue and messages only hints: a lost message or a dead worker
is a delay.
"""

import logging
from dataclasses import asdict
from datetime import timedelta

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from kombu.exceptions import ChannelError, OperationalError

from ingest.models import ModelVersion
from monitoring.models import Incident, Verification, VerificationState
from monitoring.verification.incidents import IncidentVerdict, verify
from monitoring.versions.artifacts import ArtifactAwayError, local_artifact, shared_replayer
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replayer import RefusedModelError
from nantrace.tensors.refusals import Refusal

HINT_LIFETIME = timedelta(seconds=60)
LEASE = timedelta(minutes=10)  # renewed after each batch; one batch never takes as long
MAX_ATTEMPTS = 3
CRASHED = (
    f"{MAX_ATTEMPTS} attempts ended without an answer: the worker was killed each time (out of memory, a restart). "
    "Ask again when it runs."
)

logger = logging.getLogger(__name__)


def request_verification(incident: Incident, version: ModelVersion, user: User | None) -> Verification:
    """Orders a verification, to be hinted after commit; one of the same pair that still waits is returned instead."""
    waiting, created = Verification.objects.get_or_create(
        incident=incident, version=version, state=VerificationState.WAITING, defaults={"user": user}
    )
    if created:
        transaction.on_commit(lambda: _hint(waiting.pk))
    return waiting


def hint_waiting() -> None:
    """Sends again what a lost message or a dead worker left waiting, and gives up after three attempts."""
    idle = _idle()
    idle.filter(attempts__gte=MAX_ATTEMPTS).update(state=VerificationState.FAILED, failure=CRASHED, answered_at=Now())
    for key in list(idle.filter(_past("hinted_until")).values_list("pk", flat=True)):
        _hint(key)


def carry_out(verification_id: int) -> None:
    """Claims a waiting verification and answers it; does nothing when another worker has it."""
    claimed = _idle().filter(pk=verification_id, attempts__lt=MAX_ATTEMPTS)
    if not claimed.update(claimed_until=Now() + LEASE, attempts=F("attempts") + 1):
        return
    asked = Verification.objects.select_related("incident", "version").get(pk=verification_id)
    try:
        answer = _told(_verdict(asked))
    except (ArtifactAwayError, RefusedModelError, Refusal) as error:
        answer = {"state": VerificationState.FAILED, "failure": str(error)}
    _waiting().filter(pk=verification_id).update(**answer, answered_at=Now())


def _verdict(asked: Verification) -> IncidentVerdict:
    laboratory = ReplayLaboratory(shared_replayer(), local_artifact(asked.version))
    laboratory.facts()  # a version that cannot be loaded is no verdict, even where no row is left

    def tell(rows: int) -> None:
        _waiting().filter(pk=asked.pk).update(rows=rows, claimed_until=Now() + LEASE)

    return verify(asked.incident, laboratory, tell)


def _told(verdict: IncidentVerdict) -> dict[str, object]:
    return {
        "state": VerificationState.DONE,
        "rows": verdict.rows,
        "cured": verdict.cured,
        "removed": verdict.removed,
        "failing": [asdict(row) for row in verdict.failing],
        "note": verdict.note,
    }


def _hint(verification_id: int) -> None:
    """Never raises for a broker that is away: the sweeper hints again."""
    _waiting().filter(pk=verification_id).update(hinted_until=Now() + HINT_LIFETIME)
    try:
        current_app.send_task(
            "monitoring.tasks.verify_incident", args=[verification_id], expires=HINT_LIFETIME.total_seconds()
        )
    except (OperationalError, ChannelError, OSError) as error:
        logger.warning("the broker takes no messages (%s); the sweeper will hint again", error)
        _waiting().filter(pk=verification_id).update(hinted_until=None)


def _waiting() -> QuerySet[Verification]:
    return Verification.objects.filter(state=VerificationState.WAITING)


def _idle() -> QuerySet[Verification]:
    """Waiting, and no worker is at it."""
    return _waiting().filter(_past("claimed_until"))


def _past(field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": Now()})
