"""`POST /samples`. Tensors touch no serializer: the decoders read them, one row of the database holds them."""

from django.http import HttpRequest
from django.http.request import HttpHeaders
from drf_spectacular.utils import extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import check_content_type, read_body
from ingest.api.intake import Intake
from ingest.api.wire import Wire
from ingest.batches.accept import Idempotency, StoredBatch, accept_batch, earlier_batch
from ingest.formats.named_arrays import BATCH_HEADER
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Project
from ingest.wires.samples.body import CONTENT_TYPES, decode_samples
from ingest.wires.samples.documentation import POST_SAMPLES

# as WSGI names them: `request.headers` would read all of them for these two
_BATCH_HEADER, _IDEMPOTENCY_KEY = (HttpHeaders.to_wsgi_name(name) for name in (BATCH_HEADER, "Idempotency-Key"))


class Samples(Intake):
    """Takes rows of a registered model in for replay."""

    @extend_schema(**POST_SAMPLES)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores a batch of rows; the answer means that they are durably kept."""
        return Accepted.of(_stored(self.key.project, request))


def _stored(project: Project, request: HttpRequest) -> StoredBatch:
    content_type = request.content_type or ""
    check_content_type(content_type, CONTENT_TYPES)
    header = request.META.get(_BATCH_HEADER)
    body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
    idempotency = Idempotency.of(request.META.get(_IDEMPOTENCY_KEY), body, header or "")
    earlier = earlier_batch(project, idempotency)
    return earlier or accept_batch(project, decode_samples(content_type, body, header), idempotency)


WIRE = Wire("samples", Samples)
