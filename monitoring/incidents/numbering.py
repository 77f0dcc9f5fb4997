"""Short ids that a person can say aloud, like CHURN-12."""

import re

from ingest.models import Model
from monitoring.models import IncidentSequence

PREFIX_LENGTH = 30


def short_id_prefix(model_name: str) -> str:
    """The model's name in upper-case letters, digits and dashes, at most 30 characters."""
    plain = re.sub(r"[^A-Z0-9]+", "-", model_name.upper()).strip("-")
    return plain[:PREFIX_LENGTH].strip("-") or "MODEL"


def next_short_id(model: Model) -> str:
    """The next number of the model's prefix in its project; must run inside a transaction.

    Two models may share a prefix, so the number is kept by project and prefix. It is never given twice,
    not even after its incident was deleted: the id may stand in a mail.
    """
    prefix = short_id_prefix(model.name)
    sequence, _ = IncidentSequence.objects.select_for_update().get_or_create(project_id=model.project_id, prefix=prefix)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"{prefix}-{sequence.last}"
