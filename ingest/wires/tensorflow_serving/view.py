"""`POST /samples/tensorflow-serving`: a predict call as a proxy in front of TensorFlow Serving logs it."""

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema

from ingest.api.bodies import read_body
from ingest.api.intake import Intake, accepted
from ingest.batches.accept import accept_batch, earlier_batch
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.wires import documentation
from ingest.wires.samples.samples_body import JSON_TYPE, check_content_type
from ingest.wires.samples.view import delivery_of
from ingest.wires.tensorflow_serving.body import decode_tensorflow_serving_body


class TensorFlowServing(Intake):
    """Takes a request and its response in the shapes of the server."""

    @extend_schema(**documentation.POST_TENSORFLOW_SERVING)
    def post(self, request: HttpRequest) -> HttpResponse:
        """Stores the rows of a predict call and what was answered to them."""
        check_content_type(request.content_type, (JSON_TYPE,))
        body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
        delivery = delivery_of(request.headers.get("Idempotency-Key"), None, body)
        earlier = earlier_batch(self.key.project, delivery)
        return accepted(earlier or accept_batch(self.key.project, decode_tensorflow_serving_body(body), delivery))
