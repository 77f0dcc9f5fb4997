"""Faults on order: what goes wrong with the next calls of a method, as a person writes it.

CreateTimeSeries=UNAVAILABLE*2              the next two calls are not served
CreateTimeSeries=DEADLINE_EXCEEDED+stored   the points are stored, and the answer gets lost
CreateTimeSeries=INTERNAL+partly            the first half of the points is stored
CreateAlertPolicy=PERMISSION_DENIED         or RESOURCE_EXHAUSTED (a quota), of any method
"""

import re

import grpc

from monitoring.google_stand_in.cloud import CloudStandIn, Trouble
from nantrace.tensors.refusals import Refusal

_FAULT = re.compile(r"(\w+)=([A-Z_]+)(?:\*(\d{1,4}))?(?:\+(stored|partly))?")
WRITE = "CreateTimeSeries"
MESSAGES = {
    "UNAVAILABLE": "The service is currently unavailable.",
    "DEADLINE_EXCEEDED": "Deadline Exceeded",
    "INTERNAL": "Internal error encountered.",
    "RESOURCE_EXHAUSTED": "Quota exceeded for quota metric 'Time series ingestion requests' per minute.",
    "PERMISSION_DENIED": "Permission monitoring.* denied (or the resource may not exist).",
    "UNAUTHENTICATED": "Request had invalid authentication credentials.",
}


def order_fault(cloud: CloudStandIn, text: str, methods: set[str]) -> None:
    """Orders what `text` says; raises Refusal naming `--fault`."""
    found = _FAULT.fullmatch(text)
    if not found or found[1] not in methods or found[2] not in MESSAGES:
        raise Refusal("--fault", f"{text[:80]!r} is not METHOD=CODE[*TIMES][+stored|+partly]: {_choices(methods)}")
    if found[4] == "partly" and found[1] != WRITE:
        raise Refusal("--fault", f"only {WRITE} can be stored partly")
    trouble = Trouble(
        grpc.StatusCode[found[2]],
        MESSAGES[found[2]],
        after_storing=found[4] == "stored",
        partly=found[4] == "partly",
    )
    queue = cloud.trouble if found[1] == WRITE else cloud.faults.setdefault(found[1], [])
    queue.extend([trouble] * int(found[3] or 1))


def _choices(methods: set[str]) -> str:
    return f"METHOD is one of {', '.join(sorted(methods))}; CODE one of {', '.join(MESSAGES)}"
