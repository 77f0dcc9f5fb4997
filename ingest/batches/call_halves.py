"""The two halves of a call become one batch: in any order, once, whichever process gets which half.

Every change happens under the lock of the call's one row: PostgreSQL locks the row, SQLite the database. A request
whose response never came is a batch without served outputs that is marked as unanswered; it is often a prediction
that could not be answered because it was NaN.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ingest.admission import backlog
from ingest.batches.accept import Idempotency, StoredBatch, accept_batch, matched_inputs
from ingest.batches.decoded import BatchFields, DecodedBatch, row_ids
from ingest.batches.version_ids import version_id_of
from ingest.models import Batch, Project, WaitingHalf
from ingest.sqlite import one_at_a_time
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensors

RESPONSE_WITHIN = timedelta(minutes=10)
"""How long a half waits. KServe gives up on a prediction after 5 minutes by default, and its logger has a queue."""

_AT_ONCE = 1000  # halves that one call gives up

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Half:
    """One event: `tensors` are the inputs of a request or the outputs of a response, None when that was an error.

    `call` is the digest that both halves of a call share, `event_id` has 1 to MAX_TEXT storable characters.
    """

    call: str
    event_id: str
    is_request: bool
    model: str
    version: str
    occurred_at: datetime
    tensors: Tensors | None
    body_sha256: str


def take_half(project: Project, half: Half) -> StoredBatch | None:
    """The batch of the call, None while the other half is missing; raises Refusal naming what is wrong.

    A repeated half changes nothing. The same id with another body is refused, as with idempotency keys.
    """
    arrived = _row(project, half)
    with one_at_a_time(), transaction.atomic():
        held = None
        while held is None:  # a second time when an old half was given up right between the two statements
            WaitingHalf.objects.bulk_create([arrived], ignore_conflicts=True)
            held = _locked().filter(project=project, call=half.call).first()
            earlier = Batch.objects.filter(project=project, idempotency_key=_key(half.call)).first()
            if earlier is not None:
                WaitingHalf.objects.filter(project=project, call=half.call).delete()
                return StoredBatch(earlier, is_new=False)
        if held.is_request != arrived.is_request:
            held.delete()
            return _joined(project, *((held, arrived) if held.is_request else (arrived, held)))
        if held.body_sha256 != arrived.body_sha256:
            raise Refusal("ce-id", "was used before with another body; let the serving stack make the ids")
    backlog.add(project.pk, len(arrived.payload))
    return None


def give_up_waiting() -> int:
    """Stores the requests whose response did not come in time, drops responses without a request; returns how many."""
    over = WaitingHalf.objects.filter(received_at__lt=Now() - RESPONSE_WITHIN).order_by("received_at")
    late = list(over.values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_given_up(pk) for pk in late)


def _given_up(pk: int) -> bool:
    with one_at_a_time(), transaction.atomic():
        half = _locked(skip_locked=True).select_related("project").filter(pk=pk).first()
        if half is None:  # its other half came, or another process gave it up
            return False
        half.delete()
        if half.is_request:
            _joined(half.project, half, None)
        else:
            logger.warning("the request of a response to %s was never logged; the response is dropped", half.version)
    return True


def _locked(*, skip_locked: bool = False) -> QuerySet[WaitingHalf]:
    return WaitingHalf.objects.select_for_update(of=("self",), skip_locked=skip_locked).select_related("version__model")


def _row(project: Project, half: Half) -> WaitingHalf:
    groups = {} if half.tensors is None else {"tensors": half.tensors}
    version_id = version_id_of(project, half.model, half.version)
    if half.is_request and half.tensors is not None:
        matched_inputs(version_id, half.tensors)  # refused now: the sender of the other half cannot mend it
    return WaitingHalf(
        project=project,
        version_id=version_id,
        call=half.call,
        is_request=half.is_request,
        event_id=half.event_id,
        payload=pack_tensors(**groups),
        body_sha256=half.body_sha256,
        occurred_at=half.occurred_at,
    )


def _joined(project: Project, request: WaitingHalf, response: WaitingHalf | None) -> StoredBatch:
    inputs = unpack_tensors(bytes(request.payload))["tensors"]
    outputs = None if response is None else unpack_tensors(bytes(response.payload)).get("tensors")
    if outputs is not None and outputs.rows != inputs.rows:
        outputs = None  # no answer to these rows
    fields = BatchFields(
        model=request.version.model.name,
        version=request.version.version,
        ids=row_ids(request.event_id, inputs.rows),
        observed_at=request.occurred_at,
    )
    decoded = DecodedBatch(inputs, outputs, fields, unanswered=outputs is None)
    return accept_batch(project, decoded, Idempotency(_key(request.call), request.call))


def _key(call: str) -> str:
    return f"call:{call}"
