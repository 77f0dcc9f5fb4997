"""`GET /batches/{id}` and `POST /batches/{id}/requeue`."""

from http import HTTPStatus

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.keys import project_of
from ingest.batches.decoded import DEFAULT_SIGNATURE
from ingest.models import Batch, Scope
from ingest.refusals import Conflict
from monitoring.queue.requeue import requeue
from monitoring.web.api import documentation
from monitoring.web.api.moments import moment


class OneBatch(APIView):
    """What became of a batch of the key's project."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(**documentation.GET_BATCH)
    def get(self, request: Request, batch_id: str) -> Response:
        """The state of a batch and the incidents that its rows hit."""
        return Response(_document(_found(request, batch_id)))


class RequeuedBatch(APIView):
    """A batch that was given up, back in the queue."""

    required_scopes = {"POST": Scope.INGEST}

    @extend_schema(**documentation.REQUEUE_BATCH)
    def post(self, request: Request, batch_id: str) -> Response:
        """Replays a failed batch or one in quarantine once more, as if it had just come."""
        batch = _found(request, batch_id)
        if not requeue(Batch.objects.filter(pk=batch.pk)):
            raise Conflict("state", f"is {batch.state}: only a failed batch or one in quarantine is requeued")
        return Response(_document(_found(request, batch_id)), HTTPStatus.ACCEPTED)


def _found(request: Request, batch_id: str) -> Batch:
    batches = Batch.objects.defer("payload").select_related("version__model")
    batch = batches.filter(project=project_of(request), pk=batch_id).first()
    if batch is None:
        raise Http404(f"There is no batch {batch_id} in this project.")
    return batch


def _document(batch: Batch) -> dict[str, object]:
    hits = batch.hits.order_by("incident_id").values_list("incident__short_id", flat=True)
    return {
        "batch": batch.pk,
        "model": batch.version.model.name,
        "version": batch.version.version,
        "signature": batch.signature or DEFAULT_SIGNATURE,
        "state": batch.state,
        "rows": batch.rows,
        "nonfinite_rows": batch.nonfinite_rows,
        "left_out": batch.left_out,
        "unanswered": batch.unanswered,
        "row_errors": batch.row_errors,
        "incidents": list(hits),
        "failure": batch.failure,
        "observed_at": moment(batch.observed_at),
        "received_at": moment(batch.received_at),
    }
