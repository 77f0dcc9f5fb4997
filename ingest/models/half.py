"""Halves of calls that serving stacks log as two events."""

from django.db import models

from ingest.models.project import Project
from ingest.models.registry import ModelVersion


class WaitingHalf(models.Model):
    """A request without its response, or a response without its request, until the other half or its time comes.

    A row is never changed: it is deleted in the transaction that stores the batch. From then on the batch's
    idempotency key recognises repeated halves.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    call = models.CharField(max_length=64, help_text="the digest that both halves of a call share")
    is_request = models.BooleanField()
    event_id = models.CharField(max_length=200)
    payload = models.BinaryField(help_text="framed tensors; no group of a response that was an error")
    body_sha256 = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "call"], name="one_waiting_half_a_call")]
