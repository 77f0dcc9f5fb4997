"""`POST /samples`. Tensors touch no serializer: the codecs read them, one row of the database keeps them."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from drf_spectacular.utils import extend_schema

from ingest.api.bodies import read_body
from ingest.api.intake import Intake, accepted
from ingest.batches.accept import Delivery, accept_batch, earlier_batch
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Batch, Project
from ingest.wires.npz.npz_body import BATCH_HEADER
from ingest.wires.samples import documentation
from ingest.wires.samples.samples_body import check_content_type, decode_samples

# as WSGI names them: `request.headers` would read all of them for these two
_BATCH_HEADER, _IDEMPOTENCY_KEY = (HttpHeaders.to_wsgi_name(name) for name in (BATCH_HEADER, "Idempotency-Key"))


class Samples(Intake):
    """Takes rows of a registered model in for replay."""

    @extend_schema(**documentation.POST_SAMPLES)
    def post(self, request: HttpRequest) -> HttpResponse:
        """Stores a batch of rows; the answer means that they are durably kept."""
        return accepted(_take(self.key.project, request))


def _take(project: Project, request: HttpRequest) -> Batch:
    content_type = request.content_type or ""
    check_content_type(content_type)
    header = request.META.get(_BATCH_HEADER)
    body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
    delivery = delivery_of(request.META.get(_IDEMPOTENCY_KEY), header, body)
    earlier = earlier_batch(project, delivery)
    return earlier or accept_batch(project, decode_samples(content_type, body, header), delivery)


def delivery_of(key: str | None, header: str | None, body: bytes) -> Delivery:
    """What makes two posts the same: the Idempotency-Key, and the digest of the batch header and the body.

    The digest is asked for only beside a key; it costs as much as reading a compact body.
    """
    if key is None:
        return Delivery()
    return Delivery(key, hashlib.sha256((header or "").encode() + b"\0" + body).hexdigest())
