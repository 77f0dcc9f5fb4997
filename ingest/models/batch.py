"""The durable queue: a batch is one row, its tensors one column of raw bytes; halves of calls wait to become one."""

import uuid

from django.db import models
from django.db.models import Q

from ingest.models.project import Project
from ingest.models.registry import ModelVersion


class BatchState(models.TextChoices):
    """`quarantined`: three attempts to replay it failed; its rows are kept until it is requeued or retention ends."""

    PENDING = "pending"
    REPLAYED = "replayed"
    FAILED = "failed"
    QUARANTINED = "quarantined"


def new_batch_id() -> str:
    return uuid.uuid4().hex


class Batch(models.Model):
    """Rows of one model version posted together. Claims are leases in database time."""

    id = models.CharField(max_length=32, primary_key=True, default=new_batch_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batches")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="batches")
    rows = models.PositiveIntegerField()
    nonfinite_rows = models.PositiveIntegerField()
    payload = models.BinaryField(null=True, help_text="framed tensors; dropped after a healthy replay")
    unanswered = models.BooleanField(
        default=False, help_text="the serving stack logged the request and no prediction to it"
    )
    payload_bytes = models.PositiveIntegerField(default=0, help_text="length of the payload when it was stored")
    row_ids = models.JSONField(default=list)
    left_out = models.JSONField(default=list, help_text="names of columns that were sent and that no input is made of")
    environment = models.JSONField(default=dict)
    signature = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="of a SavedModel; empty for the one that it serves by default",
    )
    row_errors = models.JSONField(null=True, help_text="what is wrong with other rows of the same post")
    counts = models.JSONField(null=True, help_text="of all predictions, where the rows are a sample of them")
    observed_at = models.DateTimeField(help_text="when the rows were served, or else received")
    received_at = models.DateTimeField(auto_now_add=True)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - NULLs are not equal
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=BatchState, default=BatchState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="that failed for reasons of its own")
    interruptions = models.PositiveSmallIntegerField(
        default=0, help_text="claims in a row that did not end, as their workers died; a running one counts"
    )
    quarantined_by = models.CharField(
        max_length=200, blank=True, default="", help_text="the software that could not replay it"
    )
    claim = models.CharField(max_length=32, blank=True, help_text="the token of the worker that holds the lease")
    claimed_until = models.DateTimeField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True, help_text="why the last attempt failed, in a sentence")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "idempotency_key"], name="idempotency_key_once_a_project")
        ]
        indexes = [
            models.Index(fields=["version", "received_at"], condition=Q(state="pending"), name="batch_pending"),
            models.Index(fields=["project", "payload_bytes"], condition=Q(state="pending"), name="batch_backlog"),
            models.Index(fields=["replayed_at"], name="batch_replayed_at"),
            models.Index(fields=["version"], condition=Q(unanswered=True), name="batch_unanswered"),
        ]


class WaitingHalf(models.Model):
    """A request without its response, or a response without its request, until the other half or its time comes.

    A row is never changed: it is deleted in the transaction that stores the batch. From then on the batch's
    idempotency key recognises repeated halves.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    call = models.CharField(max_length=64, help_text="the digest that both halves of a call share")
    is_request = models.BooleanField()
    is_repeat = models.BooleanField(default=False, help_text="of a request that was stored with its response before")
    event_id = models.CharField(max_length=200)
    payload = models.BinaryField(help_text="framed tensors; no group of a response that was an error")
    signature = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="of a SavedModel; empty for the one that it serves by default",
    )
    row_errors = models.JSONField(null=True, help_text="what is wrong with other rows of the same half")
    body_sha256 = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "call"], name="one_waiting_half_a_call")]
