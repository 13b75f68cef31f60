from __future__ import annotations

import asyncio
import os
import uuid

import pytest
from redis.asyncio import Redis

from limits import buckets
from limits.buckets import Buckets, Limiter
from settings.limits import Rate
from tests.conftest import unless_required

REDIS = os.environ.get("MOTCUA_TEST_REDIS") or "redis://127.0.0.1:6379/0"
RATE = Rate(3, 60.0)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_and_then_as_time_goes_by() -> None:
    clock = Clock()
    kept = Buckets(clock)
    assert [kept.take("a", RATE) for _ in range(5)] == [True, True, True, False, False]
    assert kept.take("b", RATE)
    clock.now += 1
    assert [kept.take("a", RATE) for _ in range(2)] == [True, False]
    clock.now += 3600
    assert [kept.take("a", RATE) for _ in range(4)] == [True, True, True, False]


def test_no_burst_is_no_limit() -> None:
    assert all(Buckets().take("a", Rate(0, 1.0)) for _ in range(1000))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MOST_KEPT", 10)
    kept = Buckets()
    for number in range(100):
        kept.take(str(number), RATE)
    assert len(kept._kept) == 10


async def test_without_redis_a_process_counts_alone() -> None:
    limiter = Limiter(clock=Clock())
    assert [await limiter.take("person", "a", RATE) for _ in range(4)] == [True, True, True, False]
    assert await limiter.take("address", "a", RATE)


async def test_a_redis_that_is_away_keeps_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    limiter = Limiter("redis://127.0.0.1:1/0", clock)
    assert [await limiter.take("person", "tg:700000001", RATE) for _ in range(4)] == [True, True, True, False]
    assert len(caplog.records) == 1
    assert "700000001" not in caplog.text
    await limiter.close()


async def test_two_processes_count_together_in_redis() -> None:
    client = Redis.from_url(REDIS, socket_connect_timeout=1)
    with unless_required("no Redis answers"):
        await client.ping()
    who = f"tg:{uuid.uuid4()}"
    one, two = Limiter(REDIS), Limiter(REDIS)
    slow = Rate(3, 0.1)
    taken = await asyncio.gather(*(limiter.take("person", who, slow) for limiter in (one, two) * 4))
    assert sorted(taken) == [False] * 5 + [True] * 3
    keys = [key.decode() async for key in client.scan_iter("motcua:person:*")]
    assert keys
    assert not any(who in key for key in keys)
    for limiter in (one, two):
        await limiter.close()
    await client.close(close_connection_pool=True)
