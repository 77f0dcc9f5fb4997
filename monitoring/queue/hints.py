"""Messages of the broker are only hints: each says that a row has work, and losing one is only a delay.

Rows of a hinted table have a column `hinted_until`: until then a message about them may still be under way.
"""

import logging
from datetime import timedelta

from celery import current_app
from django.db.models import QuerySet
from django.db.models.functions import Now
from kombu.exceptions import ChannelError, OperationalError

from monitoring.queue.leases import Row, past

HINT_LIFETIME = timedelta(seconds=60)

logger = logging.getLogger(__name__)


def send_hint(row: QuerySet[Row], task: str, key: int) -> bool:
    """Sends a message about `row`, the one with this primary key; False when one is under way already.

    Never raises for a broker that is away: the sweeper hints again.
    """
    if not row.filter(past("hinted_until")).update(hinted_until=Now() + HINT_LIFETIME):
        return False
    try:
        current_app.send_task(task, args=[key], expires=HINT_LIFETIME.total_seconds())
    except (OperationalError, ChannelError, OSError) as error:
        logger.warning("the broker takes no messages (%s); the sweeper will hint %s %s again", error, task, key)
        row.update(hinted_until=None)
        return False
    return True
