"""Token buckets: everyone has so many at once, and they fill up again with time.

In memory for one process; in Redis where several count together. What is
counted is known by a hash: neither memory nor Redis holds an address or a name.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Optional

from redis.asyncio import Redis
from redis.exceptions import RedisError

from settings.limits import Rate

logger = logging.getLogger(__name__)

MOST_KEPT = 100_000
"""Buckets in memory; beyond, the one that was used the longest ago is forgotten, and would be full by now."""
PATIENCE = 0.25
"""Seconds that Redis may take; afterwards this process counts alone."""
ALONE = 10.0
"""Seconds for which Redis isn't asked again after it failed."""
# The clock is Redis' own: those of the machines differ.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local burst, speed = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = math.min(burst, (tonumber(kept[1]) or burst) + (now - (tonumber(kept[2]) or now)) * speed)
local taken = 0
if left >= 1 then left = left - 1; taken = 1 end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / speed) + 1)
return taken
"""


class Buckets:
    """The buckets of this process.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, rate: Rate) -> bool:
        """Take one; False where the bucket is empty."""
        if rate.burst == 0:
            return True
        now = self._clock()
        left, at = self._kept.get(key, (float(rate.burst), now))
        left = min(float(rate.burst), left + (now - at) * rate.minute / 60)
        taken = left >= 1
        self._kept[key] = (left - 1 if taken else left, now)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return taken


class Limiter:
    """Buckets that all processes share where there is Redis, and this process's own otherwise.

    Args:
        redis_url: '' for none.
        clock: seconds.
    """

    def __init__(self, redis_url: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._own = Buckets(clock)
        self._redis: Optional[Redis[Any]] = None
        if redis_url:
            self._redis = Redis.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
            self._take = self._redis.register_script(_TAKE)
        self._alone_until = 0.0

    async def take(self, kind: str, who: str, rate: Rate) -> bool:
        """Take one of somebody's; False where there is none left.

        Args:
            kind: what is counted: 'person', 'address'.
            who: whose.
            rate: how many there are.
        """
        if rate.burst == 0:
            return True
        key = f"motcua:{kind}:{hashlib.blake2b(who.encode(errors='replace'), digest_size=12).hexdigest()}"
        if self._redis is not None and self._clock() >= self._alone_until:
            try:
                return bool(await self._take(keys=[key], args=[rate.burst, rate.minute / 60]))
            except (RedisError, OSError) as error:
                # Rates keep out abuse; they must not keep out everybody.
                logger.error("redis is away, this process counts alone: %s", type(error).__name__)
                self._alone_until = self._clock() + ALONE
        return self._own.take(key, rate)

    async def close(self) -> None:
        """Close the connections."""
        if self._redis is not None:
            # A client made from an address leaves its connections open otherwise.
            await self._redis.close(close_connection_pool=True)
