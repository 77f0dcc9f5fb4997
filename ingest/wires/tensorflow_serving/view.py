"""`POST /samples/tensorflow-serving`: a predict call as a proxy in front of TensorFlow Serving logs it."""

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import JSON_TYPE, check_content_type, read_body
from ingest.api.intake import Intake
from ingest.api.wire import Wire
from ingest.batches.accept import Idempotency, accept_batch, earlier_batch
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.wires.tensorflow_serving.body import decode_tensorflow_serving_body
from ingest.wires.tensorflow_serving.documentation import POST_TENSORFLOW_SERVING


class TensorFlowServing(Intake):
    """Takes a request and its response in the format of the server."""

    @extend_schema(**POST_TENSORFLOW_SERVING)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores the rows of a predict call and what was answered to them."""
        check_content_type(request.content_type, (JSON_TYPE,))
        project, body = self.key.project, read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
        idempotency = Idempotency.of(request.headers.get("Idempotency-Key"), body)
        earlier = earlier_batch(project, idempotency)
        return Accepted.of(earlier or accept_batch(project, decode_tensorflow_serving_body(body), idempotency))


WIRE = Wire("samples/tensorflow-serving", TensorFlowServing)
