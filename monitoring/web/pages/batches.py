"""One batch: what became of it, and its rows."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ingest.batches.decoded import DEFAULT_SIGNATURE
from ingest.models import Batch
from monitoring.queue.requeue import GIVEN_UP, requeue
from monitoring.web.pages.batch_rows import batch_table
from monitoring.web.pages.projects import visible_batch
from monitoring.web.paging import PAGE_SIZE


@login_required
@require_safe
def batch_detail(request: HttpRequest, batch_id: str) -> HttpResponse:
    """What was posted together: its state, the incidents that it hit, and row by row what was sent and answered."""
    batch = visible_batch(request, batch_id)
    hits = batch.hits.select_related("incident__model", "incident__last_version").order_by("incident_id")
    page = Paginator(range(batch.rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "signature": batch.signature or DEFAULT_SIGNATURE,
        "incidents": [hit.incident for hit in hits],
        "table": batch_table(batch, list(page.object_list), list(hits)),
        "page": page,
        "given_up": batch.state in GIVEN_UP and batch.payload is not None,
    }
    return render(request, "batches/detail.html", context)


@login_required
@require_POST
def requeue_batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Lets the batch wait once more, where it was given up, and shows it."""
    batch = visible_batch(request, batch_id)
    requeue(Batch.objects.filter(pk=batch.pk))
    return redirect("batch", batch_id=batch.pk)
