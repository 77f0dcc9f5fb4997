"""What is known of the deliveries to Cloud Monitoring: whose turn it is, and how the last one went."""

from django.db import models


class MetricDelivery(models.Model):
    """One row a destination. Its conditional updates make sure of one writer at a time.

    All series of a destination are written with the same end time, so that one `last_end_time` keeps every
    series in order and at its distance.
    """

    destination = models.CharField(max_length=300, unique=True, help_text="project and endpoint")
    last_end_time = models.DateTimeField(
        null=True, blank=True, help_text="reserved before the points are sent, so that a crash breaks nothing"
    )
    writer = models.CharField(max_length=32, blank=True, help_text="the token of who holds the lease")
    writing_until = models.DateTimeField(null=True, blank=True)
    descriptors_digest = models.CharField(max_length=64, blank=True, help_text="descriptors made there")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
