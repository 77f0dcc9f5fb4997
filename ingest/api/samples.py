"""`POST /samples`. Tensors touch no serializer: the codecs read them, one row of the database keeps them."""

import hashlib

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.accept import Delivery, accept_batch, earlier_batch
from ingest.api import documentation
from ingest.api.authentication import project_of
from ingest.api.bodies import read_body
from ingest.codecs.npz_body import BATCH_HEADER
from ingest.codecs.samples_body import check_content_type, decode_samples
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Batch, Scope


class Samples(APIView):
    """Takes rows of a registered model in for replay."""

    required_scopes = {"POST": Scope.INGEST}
    parser_classes = ()

    @extend_schema(**documentation.POST_SAMPLES)
    def post(self, request: Request) -> Response:
        """Stores a batch of rows; the answer means that they are durably kept."""
        batch = _take(request)
        accepted = {"batch": batch.pk, "rows": batch.rows, "nonfinite_rows": batch.nonfinite_rows}
        return Response(accepted, status=202)


def _take(request: Request) -> Batch:
    project = project_of(request)
    content_type = (request.content_type or "").partition(";")[0].strip().lower()
    check_content_type(content_type)
    header = request.headers.get(BATCH_HEADER)
    body = read_body(request._request, MAX_BATCH_BYTES, BATCH.way_out)
    digest = hashlib.sha256((header or "").encode() + b"\0" + body).hexdigest()
    delivery = Delivery(request.headers.get("Idempotency-Key"), digest)
    earlier = earlier_batch(project, delivery)
    return earlier or accept_batch(project, decode_samples(content_type, body, header), delivery)
