"""The two times of each key in Redis, for the processes of any number of machines, by the clock of Redis."""

from collections.abc import Mapping

import redis

from ingest.admission.buckets import LONGEST_SECONDS, Ahead

_SPEND = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local kept = redis.call('HMGET', KEYS[1], 'requests', 'rows')
local longest, below = tonumber(ARGV[3]), tonumber(ARGV[4])
local ahead = {}
for i = 1, 2 do
  ahead[i] = math.min(math.max((tonumber(kept[i]) or now) - now, 0), longest)
end
if math.max(ahead[1], ahead[2]) <= below then
  redis.call('HSET', KEYS[1],
    'requests', string.format('%.6f', now + ahead[1] + tonumber(ARGV[1])),
    'rows', string.format('%.6f', now + ahead[2] + tonumber(ARGV[2])))
  redis.call('EXPIRE', KEYS[1], longest)
end
return {tostring(ahead[1]), tostring(ahead[2])}
"""


class RedisBuckets:
    """One script does it all, so that no other process comes in between."""

    def __init__(self, url: str, options: Mapping[str, str | float | bool]) -> None:
        self._prefix = f"{options['global_keyprefix']}rate:"
        server = redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)
        self._spend = server.register_script(_SPEND)

    def spend(self, key_id: int, seconds: Ahead, below: float) -> Ahead:
        try:
            requests, rows = self._spend([f"{self._prefix}{key_id}"], [*seconds, LONGEST_SECONDS, min(below, 1e9)])
        except redis.RedisError as error:
            raise ConnectionError(f"Redis: {error}") from error
        return float(requests), float(rows)
