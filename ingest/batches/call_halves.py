"""The two halves of a call become one batch: in any order, once, whichever process gets which half.

Every change happens under the lock of the call's one row: PostgreSQL locks the row, SQLite the database. A request
whose response never came is a batch without served outputs that is marked as unanswered; it is often a prediction
that could not be answered because it was NaN.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ingest.admission import backlog
from ingest.batches.accept import Idempotency, StoredBatch, accept_post, matched_inputs
from ingest.batches.decoded import BatchFields, row_ids
from ingest.batches.sides import Part, Side, batches_of_call
from ingest.batches.version_ids import version_id_of
from ingest.models import Batch, Project, WaitingHalf
from ingest.sqlite import one_at_a_time
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensor, Tensors

RESPONSE_WITHIN = timedelta(minutes=10)
"""How long a half waits. KServe gives up on a prediction after 5 minutes by default, and its logger has a queue."""

MOST_CALLS = 100  # of one id: each costs a look at those before it
_DIGEST = 32  # hexadecimal digits of the digest of each half, kept with the batch: a repeated half is known by them
_AT_ONCE = 1000  # halves that one call gives up

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Half:
    """One event: the inputs of a request or the outputs of a response, no `side` when that was an error.

    `call` is the digest that both halves of a call share, `event_id` has 1 to MAX_TEXT storable characters.
    """

    call: str
    event_id: str
    is_request: bool
    model: str
    version: str
    occurred_at: datetime
    side: Side | None
    body_sha256: str
    signature: str = ""


def take_half(project: Project, half: Half) -> list[StoredBatch]:
    """The batches of the call, none while the other half is missing; raises Refusal naming what is wrong.

    A repeated half changes nothing. An id that comes with another body after its call was stored is another call.
    """
    arrived = _row(project, half)
    with one_at_a_time(), transaction.atomic():
        held, repeated = _call_of(arrived)
        if repeated is not None and not arrived.is_request:
            return [StoredBatch(repeated, is_new=False)]
        if held.is_request != arrived.is_request:
            held.delete()
            return _joined(project, *((held, arrived) if held.is_request else (arrived, held)))
        if held.body_sha256 != arrived.body_sha256:
            raise Refusal("ce-id", "was used before with another body; let the serving stack make the ids")
    backlog.add(project.pk, len(arrived.payload))
    return [] if repeated is None else [StoredBatch(repeated, is_new=False)]


def _call_of(arrived: WaitingHalf) -> tuple[WaitingHalf, Batch | None]:
    """The half that waits for the call, `arrived` where none did, and the batch of which `arrived` is a repeated half.

    A request that comes again may be the same event or the same rows asked again: it waits for a response of its own.
    """
    repeated = None
    for _ in range(MOST_CALLS):
        held = _held(arrived)
        if isinstance(held, WaitingHalf):
            if not held.is_repeat or not arrived.is_request or held.body_sha256 == arrived.body_sha256:
                return held, repeated
            held.delete()
            continue
        if _is_of(arrived, held):
            repeated, arrived.is_repeat = held, True
            if not arrived.is_request:
                return arrived, repeated
        arrived.call = _next_call(arrived.call)
    raise Refusal("ce-id", f"was used for {MOST_CALLS} calls; let the serving stack make the ids")


def _next_call(call: str) -> str:
    """The digest of the next call under the same id."""
    return hashlib.sha256(call.encode()).hexdigest()


def _held(arrived: WaitingHalf) -> WaitingHalf | Batch:
    """The half that waits for this call, which may be the one that arrived; or else the batch that the call became."""
    of_call = WaitingHalf.objects.filter(project=arrived.project, call=arrived.call)
    while True:  # a second time when an old half was given up right between the two statements
        arrived.pk = None
        WaitingHalf.objects.bulk_create([arrived], ignore_conflicts=True)
        held = _locked().filter(project=arrived.project, call=arrived.call).first()
        earlier = Batch.objects.filter(project=arrived.project, idempotency_key=_key(arrived.call)).first()
        if earlier is not None:
            of_call.delete()
            return earlier
        if held is not None:
            return held


def _is_of(arrived: WaitingHalf, earlier: Batch) -> bool:
    """Whether the batch was made of this half, or waits for no response that comes as late as this one."""
    request, response = earlier.body_sha256[:_DIGEST], earlier.body_sha256[_DIGEST:]
    if arrived.is_request or response:
        return (request if arrived.is_request else response) == arrived.body_sha256[:_DIGEST]
    later = WaitingHalf.objects.filter(project=arrived.project, call=_next_call(arrived.call), is_request=True)
    return not later.exists()


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
        if half.is_request and not half.is_repeat:
            _joined(half.project, half, None)
        elif not half.is_request:
            logger.warning("the request of a response to %s was never logged; the response is dropped", half.version)
    return True


def _locked(*, skip_locked: bool = False) -> QuerySet[WaitingHalf]:
    return WaitingHalf.objects.select_for_update(of=("self",), skip_locked=skip_locked).select_related("version__model")


def _row(project: Project, half: Half) -> WaitingHalf:
    version_id = version_id_of(project, half.model, half.version)
    if half.is_request and half.side is not None:
        for part in half.side.parts:  # refused now: the sender of the other half cannot mend it
            matched_inputs(version_id, half.signature, part.tensors)
    return WaitingHalf(
        project=project,
        version_id=version_id,
        call=half.call,
        is_request=half.is_request,
        event_id=half.event_id,
        payload=_packed(half.side),
        signature=half.signature,
        row_errors=None if half.side is None else half.side.row_errors,
        body_sha256=half.body_sha256,
        occurred_at=half.occurred_at,
    )


def _packed(side: Side | None) -> bytes:
    """Framed tensors: `tensors` of rows that are all alike, else a group for each part, and the places of its rows."""
    if side is None:
        return pack_tensors()
    if len(side.parts) == 1 and side.parts[0].tensors.rows == side.rows:
        return pack_tensors(tensors=side.parts[0].tensors)
    places = [Tensor(str(at), part.places) for at, part in enumerate(side.parts)]
    groups = {str(at): part.tensors for at, part in enumerate(side.parts)}
    return pack_tensors(places=Tensors.of(Tensor("all", np.arange(side.rows)), *places), **groups)


def _unpacked(half: WaitingHalf) -> Side | None:
    groups = unpack_tensors(bytes(half.payload))
    if not groups:
        return None
    if "tensors" in groups:
        return Side.whole(groups["tensors"])
    places = groups.pop("places").by_name
    parts = [Part(places[at].values, tensors) for at, tensors in groups.items()]
    return Side(places["all"].rows, parts, half.row_errors)


def _joined(project: Project, request: WaitingHalf, response: WaitingHalf | None) -> list[StoredBatch]:
    inputs, outputs = _unpacked(request), None if response is None else _unpacked(response)
    if inputs is None:  # requests always hold tensors
        raise ValueError("a request holds no rows")
    if outputs is not None and outputs.rows != inputs.rows:
        outputs = None  # no answer to these rows
    fields = BatchFields(
        model=request.version.model.name,
        version=request.version.version,
        signature=request.signature,
        ids=row_ids(request.event_id, inputs.rows),
        observed_at=request.occurred_at,
    )
    answered = "" if response is None else response.body_sha256[:_DIGEST]
    idempotency = Idempotency(_key(request.call), request.body_sha256[:_DIGEST] + answered)
    return accept_post(project, batches_of_call(inputs, outputs, fields, unanswered=outputs is None), idempotency)


def _key(call: str) -> str:
    return f"call:{call}"
