"""Events through a real RabbitMQ: nothing is lost or doubled, whatever dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aio_pika
import pytest
from sqlalchemy.engine import Engine

from analytics.consumer import BrokerUnreachable, Consumer
from storage.errors import DatabaseUnreachable
from tests.analytics.support import BIRTH, events, rows
from tests.conftest import unless_required

RABBITMQ = os.environ.get("MOTCUA_TEST_RABBITMQ") or "amqp://guest:guest@127.0.0.1/"
"""A server on which tests may make and delete a queue."""


@dataclass
class Broker:
    channel: aio_pika.abc.AbstractChannel
    queue: str

    async def publish(self, *told: dict[str, Any] | bytes) -> None:
        for event in told:
            body = event if isinstance(event, bytes) else json.dumps(event).encode()
            await self.channel.default_exchange.publish(aio_pika.Message(body), self.queue)

    async def left(self) -> int:
        """Messages that wait for a consumer."""
        declared = await self.channel.declare_queue(self.queue, durable=True, passive=True)
        return declared.declaration_result.message_count or 0


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    with unless_required("no RabbitMQ answers"):
        connection = await aio_pika.connect(RABBITMQ, timeout=3)
    async with connection:
        channel = await connection.channel()
        name = f"motcua_test_{uuid.uuid4().hex[:12]}"
        await channel.declare_queue(name, durable=True)
        yield Broker(channel, name)
        await channel.queue_delete(name)


@contextlib.asynccontextmanager
async def consuming(engine: Engine, broker: Broker, **more: Any) -> AsyncIterator[Consumer]:
    consumer = Consumer(engine, RABBITMQ, broker.queue, **{"gather": 0.02, "rests": (0.05,), **more})
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    yield consumer
    stop.set()
    await asyncio.wait_for(task, 10)


async def eventually(true: Callable[[], bool], seconds: float = 15) -> None:
    async def wait() -> None:
        while not true():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), seconds)


def told(number: int, text: str = "hỏi") -> list[dict[str, Any]]:
    return events(f"tg:{number}", text, outcome="answered", aspect="fee", answer=BIRTH)


async def test_turns_come_through(any_log: Engine, broker: Broker) -> None:
    mixed = [event for group in zip(*(told(number) for number in range(20)), strict=True) for event in group]
    await broker.publish(*mixed)
    async with consuming(any_log, broker) as consumer:
        await eventually(lambda: consumer.written == 20)
        await asyncio.sleep(0.2)  # for what Rasa tells after the last turn's answer
    assert await broker.left() == 0
    assert [row.procedure for row in rows(any_log)] == [BIRTH] * 20


async def test_a_consumer_that_dies_between_the_commit_and_the_acknowledgement_doubles_nothing(
    log: Engine, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: Any, **__: Any) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("aio_pika.message.IncomingMessage.ack", killed)
        await broker.publish(*told(1), *told(2))
        async with consuming(log, broker):
            await eventually(lambda: len(rows(log)) == 2)
    await broker.publish(*told(3))
    async with consuming(log, broker) as consumer:
        await eventually(lambda: consumer.written == 1)
        await asyncio.sleep(0.2)
    assert len(rows(log)) == 3
    assert await broker.left() == 0


async def test_a_turn_that_is_under_way_survives_its_consumer(log: Engine, broker: Broker) -> None:
    said, acted, answered, listens = told(1)
    await broker.publish(said, acted)
    async with consuming(log, broker):
        await asyncio.sleep(0.2)
    assert rows(log) == []
    await broker.publish(answered, listens)
    async with consuming(log, broker) as consumer:
        await eventually(lambda: consumer.written == 1)
    (row,) = rows(log)
    assert (row.outcome, row.procedure) == ("answered", BIRTH)


async def test_nothing_is_acknowledged_while_the_database_is_away(
    log: Engine, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> int:
        raise DatabaseUnreachable("Không kết nối được.")

    await broker.publish(*told(1))
    with monkeypatch.context() as patch:
        patch.setattr("analytics.consumer.record", away)
        async with consuming(log, broker):
            await asyncio.sleep(0.3)
    assert rows(log) == []
    async with consuming(log, broker) as consumer:
        await eventually(lambda: consumer.written == 1)


async def test_of_two_consumers_one_stands_by_and_takes_over(log: Engine, broker: Broker) -> None:
    async with consuming(log, broker) as first:
        await broker.publish(*told(1))
        await eventually(lambda: first.written == 1)
        second = consuming(log, broker)
        other = await second.__aenter__()
        await broker.publish(*told(2))
        await eventually(lambda: first.written == 2)
        assert other.written == 0
    await broker.publish(*told(3))
    await eventually(lambda: other.written == 1)
    await second.__aexit__(None, None, None)


async def test_what_cannot_be_read_stops_nothing(log: Engine, broker: Broker) -> None:
    odd = {**told(9)[0], "timestamp": 1e300, "metadata": {}}
    await broker.publish(b"\xff{", b"[]", b"{}", odd, *told(9)[1:], *told(1))
    async with consuming(log, broker) as consumer:
        await eventually(lambda: consumer.written == 1)
        await asyncio.sleep(0.1)
    assert await broker.left() == 0


async def test_a_message_that_nobody_answers_is_given_up(log: Engine, broker: Broker) -> None:
    await broker.publish(told(1)[0])
    async with consuming(log, broker, give_up=0.1) as consumer:
        await eventually(lambda: consumer.written == 1)
    assert [row.outcome for row in rows(log)] == ["failed"]
    assert await broker.left() == 0


async def test_an_address_that_cannot_be_read_is_said(log: Engine) -> None:
    with pytest.raises(BrokerUnreachable, match="MOTCUA_EVENTS_URL"):
        await Consumer(log, "no address", "x").run(asyncio.Event())
