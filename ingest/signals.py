"""What ingest announces after a commit.

`batch_accepted` (sender=Batch) and `version_registered` (sender=ModelVersion) carry `version_id`. A lost
signal only delays work: the rows themselves are the queue.
"""

from django.dispatch import Signal

batch_accepted = Signal()
version_registered = Signal()
