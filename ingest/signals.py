"""What the door tells the rest of the house, after the commit.

`batch_accepted` (sender=Batch) and `version_registered` (sender=ModelVersion) carry `version_id`. A lost
signal is a delay: the rows are the queue.
"""

from django.dispatch import Signal

batch_accepted = Signal()
version_registered = Signal()
