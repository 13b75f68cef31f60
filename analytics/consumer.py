"""Write turns whose events come through RabbitMQ: each at least once over the wire, exactly once in the table.

A message is acknowledged when the turn that it belongs to is committed. What was under way when this process died
comes again, in the same order, and a turn that was written already is recognised by its key.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import time
from typing import Any, Optional

import aio_pika
import aiormq.exceptions
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from analytics.housekeeping import TIDY_EVERY, tidy
from analytics.log import record
from analytics.turns import Assembler, RawTurn, turn_of
from storage.errors import DatabaseUnreachable, MotCuaError

logger = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Messages that may be in hand without being acknowledged."""
GATHER = 0.25
"""Seconds for which messages are gathered before turns are written."""
GIVE_UP = 60.0
"""Seconds after which a message without an answer is a failed turn."""
RESTS = (1.0, 2.0, 5.0, 15.0, 30.0)


class BrokerUnreachable(MotCuaError):
    """RabbitMQ's address can't be read."""


class _Lost(Exception):
    """The connection has ended."""


class Consumer:
    """Takes one queue; of several consumers one works and the others stand by.

    Args:
        engine: the turn log's database.
        url: of RabbitMQ.
        queue: its name.
        gather: seconds for which messages are gathered.
        rests: waits after failures in a row; the last one repeats.
        give_up: seconds after which a message without an answer is a failed turn.
    """

    def __init__(
        self,
        engine: Engine,
        url: str,
        queue: str,
        *,
        gather: float = GATHER,
        rests: tuple[float, ...] = RESTS,
        give_up: float = GIVE_UP,
    ) -> None:
        self._engine, self._url, self._queue = engine, url, queue
        self._gather, self._rests, self._give_up = gather, rests, give_up
        self._tidied = time.monotonic()
        self.written = 0
        """Turns that were new."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, whatever happens to the broker and the database.

        Raises:
            BrokerUnreachable: the address can't be read.
        """
        failures = 0
        while not stop.is_set():
            try:
                await self._consume(stop)
                failures = 0
            except (ValueError, TypeError) as error:
                raise BrokerUnreachable(
                    "Địa chỉ trong MOTCUA_EVENTS_URL không đọc được (viết như amqp://…)."
                ) from error
            except aiormq.exceptions.ChannelAccessRefused:
                await self._rest(stop, self._rests[-1])  # another one is at work; stand by
            except (OSError, _Lost, aiormq.exceptions.AMQPError, DBAPIError, DatabaseUnreachable) as error:
                logger.warning("turn log: %s, trying again", type(error).__name__)
                await self._rest(stop, self._rests[min(failures, len(self._rests) - 1)])
                failures += 1

    @staticmethod
    async def _rest(stop: asyncio.Event, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)

    async def _consume(self, stop: asyncio.Event) -> None:
        connection = await aio_pika.connect(self._url, timeout=10)
        async with connection:
            came: asyncio.Queue[Optional[AbstractIncomingMessage]] = asyncio.Queue()
            connection.close_callbacks.add(lambda *_: came.put_nowait(None))
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=AT_ONCE)
            # As Rasa's own broker declares it, so that whoever comes first makes it.
            queue = await channel.declare_queue(self._queue, durable=True)
            await queue.consume(came.put, exclusive=True)
            hands = _Hands(self._give_up)
            while True:
                ending = stop.is_set()  # what has come by then is still written
                for message in await self._gathered(came):
                    hands.take(message)
                await self._write(hands)
                if ending:
                    return
                await self._tidy()

    async def _tidy(self) -> None:
        if time.monotonic() - self._tidied >= TIDY_EVERY:
            self._tidied = time.monotonic()
            await asyncio.to_thread(tidy, self._engine, dt.datetime.now(dt.timezone.utc).replace(tzinfo=None))

    async def _gathered(self, came: asyncio.Queue[Optional[AbstractIncomingMessage]]) -> list[AbstractIncomingMessage]:
        await asyncio.sleep(self._gather)
        messages = []
        while not came.empty():
            message = came.get_nowait()
            if message is None:
                raise _Lost
            messages.append(message)
        return messages

    async def _write(self, hands: _Hands) -> None:
        """Commit the turns that are whole, then acknowledge their messages."""
        ended, messages = hands.whole()
        turns = [turn for raw in ended if (turn := _kept(raw)) is not None]
        if turns:
            self.written += await asyncio.to_thread(record, self._engine, turns)
        for message in messages:
            await message.ack()


class _Hands:
    """Messages in hand: of turns that are whole, and of turns that still go on."""

    def __init__(self, give_up: float) -> None:
        self._assembler = Assembler()
        self._give_up = give_up
        self._held: dict[str, list[AbstractIncomingMessage]] = {}
        self._since: dict[str, float] = {}
        self._ended: list[RawTurn] = []
        self._done: list[AbstractIncomingMessage] = []

    def take(self, message: AbstractIncomingMessage) -> None:
        """Take the next message; one that can't be read is put away."""
        event = _read(message.body)
        sender = str(event.get("sender_id") or "") if event else ""
        if not event or not sender:
            self._done.append(message)
            return
        ended = self._assembler.feed(event)
        if ended is not None:
            self._end(ended)
        if self._assembler.waits_for(sender):
            self._since.setdefault(sender, time.monotonic())
            self._held.setdefault(sender, []).append(message)
        else:
            self._done.append(message)

    def whole(self) -> tuple[list[RawTurn], list[AbstractIncomingMessage]]:
        """Turns that have ended and the messages that can be acknowledged with them; each is told once."""
        now = time.monotonic()
        for sender in [sender for sender, since in self._since.items() if now - since > self._give_up]:
            given_up = self._assembler.give_up(sender)
            if given_up is not None:
                self._end(given_up)
        ended, messages = self._ended, self._done
        self._ended, self._done = [], []
        return ended, messages

    def _end(self, turn: RawTurn) -> None:
        self._ended.append(turn)
        self._done += self._held.pop(turn.sender, [])
        self._since.pop(turn.sender, None)


def _read(body: bytes) -> Optional[dict[str, Any]]:
    try:
        event = json.loads(body)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _kept(raw: RawTurn) -> Any:
    """The turn; None for what is no person's, or so odd that it can't be one."""
    try:
        return turn_of(raw)
    except (ValueError, OverflowError, OSError) as error:  # a time out of any calendar
        logger.error("a turn could not be read: %s", type(error).__name__)
        return None
