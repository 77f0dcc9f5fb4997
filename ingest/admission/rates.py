"""How fast one API key may send: a token bucket for its requests and one for its rows.

A bucket is the time until which its traffic is paid for (the generic cell rate algorithm, ITU-T I.371): a request or
a row moves that time on by the reciprocal of its rate, and a key that is more than BURST_SECONDS ahead of the clock has
to wait. Rows are counted once they are stored: no batch is refused for its size, its sender waits afterwards. All web
processes share the times: in Redis where REDIS_URL is set, else in files of the data directory.
"""

import functools
import logging
import math

from django.conf import settings

from ingest.admission.buckets import Ahead, Buckets
from ingest.models import ApiKey
from ingest.refusals import TryLater

BURST_SECONDS = 10.0

logger = logging.getLogger(__name__)


def check_rate(key: ApiKey) -> None:
    """Counts one request; raises TryLater when the key is too far ahead with its requests or its rows."""
    limits = settings.CONFIGURATION.max_requests_per_second, settings.CONFIGURATION.max_rows_per_second
    if not any(limits):
        return
    ahead = _spend(key, (1 / limits[0] if limits[0] else 0.0, 0.0), BURST_SECONDS)
    for seconds, limit, kind in zip(ahead, limits, ("requests", "rows"), strict=True):
        if limit and seconds > BURST_SECONDS:
            speed = f"this key sends more than {limit:,} {kind} a second, by now {seconds:.0f} s worth of them ahead"
            setting = f"bursts of {BURST_SECONDS:.0f} s are taken; operators: NANWATCH_MAX_{kind.upper()}_PER_SECOND"
            raise TryLater("rate", f"{speed} ({setting})", seconds - BURST_SECONDS)


def count_rows(key: ApiKey, rows: int) -> None:
    """Counts rows of the key that were stored."""
    limit = settings.CONFIGURATION.max_rows_per_second
    if limit and rows:
        _spend(key, (0.0, rows / limit), math.inf)


def _spend(key: ApiKey, seconds: Ahead, below: float) -> Ahead:
    """Where the buckets cannot be reached, nobody is limited: rows matter more than rates."""
    try:
        return _buckets().spend(key.pk, seconds, below)
    except OSError as error:
        logger.warning("rates are not limited, for they cannot be counted: %s", error)
        return 0.0, 0.0


@functools.cache
def _buckets() -> Buckets:
    if settings.CONFIGURATION.redis_url:
        from ingest.admission.rates_in_redis import RedisBuckets  # only where it is used

        return RedisBuckets(settings.CONFIGURATION.redis_url, settings.CELERY_BROKER_TRANSPORT_OPTIONS)
    from ingest.admission.buckets import FileBuckets

    return FileBuckets(settings.CONFIGURATION.data_dir / "rates")
