"""Who is turned away before anything else happens: the channel is off, too many wait, one person writes too fast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Optional

import sqlalchemy as sa

from bot.channels import words
from bot.channels.inbox.channel import Incoming, Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.tables import inbox_messages
from bot.channels.switches import Switches
from limits.buckets import Limiter
from rendering.tree import Tree, plain
from settings.channels import InboxSettings
from settings.limits import Rate, limit_settings
from watching import metrics

TOLD = Rate(1, 2.0)
"""How often somebody who is turned away is told so: at once, then every half minute."""
COUNT_EVERY = 1.0
"""Seconds for which the number of waiting messages is believed."""


class Gate:
    """Decides for each message whether it comes in.

    Args:
        inbox: the database.
        settings: see InboxSettings.
        clock: seconds.
    """

    def __init__(self, inbox: Inbox, settings: InboxSettings, clock: Callable[[], float] = time.monotonic) -> None:
        limits = limit_settings()
        self._inbox, self._settings, self._clock = inbox, settings, clock
        self._rate = limits.person
        self._limiter = Limiter(limits.redis_url, clock)
        self._switches = Switches(inbox, clock)
        self._counted_at: Optional[float] = None
        self._full = False
        self._order = asyncio.Lock()

    async def refusal(self, incoming: Incoming) -> Optional[tuple[Tree, ...]]:
        """What a message is answered with instead of being taken; None for one that is taken.

        Nothing to say (an empty answer) means that the person was told a moment ago.
        Events always come in: they tell of consent withdrawn, or of staff who take over.

        Raises:
            SQLAlchemyError: the database is away.
        """
        if incoming.kind is Kind.EVENT or not incoming.interaction:
            return None
        # One after the other: messages of one person must come in as they were sent.
        async with self._order:
            return await self._refusal(incoming)

    async def _refusal(self, incoming: Incoming) -> Optional[tuple[Tree, ...]]:
        notice = await self._switches.look(incoming.channel)
        if notice:
            return await self._told("off", incoming, plain(notice))
        if await self._too_many():
            return await self._told("busy", incoming, words.say("busy"))
        if self._settings.rates and not await self._limiter.take("person", incoming.sender, self._rate):
            return await self._told("rate", incoming, words.say("slow_down"))
        return None

    async def _told(self, reason: str, incoming: Incoming, tree: Tree) -> tuple[Tree, ...]:
        metrics.REFUSED.labels(reason, incoming.channel).inc()
        return (tree,) if await self._limiter.take(f"told-{reason}", incoming.sender, TOLD) else ()

    async def _too_many(self) -> bool:
        now = self._clock()
        if self._counted_at is None or now - self._counted_at >= COUNT_EVERY:
            self._counted_at = now
            self._full = await asyncio.to_thread(self._count) >= self._settings.max_waiting
        return self._full

    def _count(self) -> int:
        """Messages that wait, counted no further than the bound."""
        waiting = sa.select(inbox_messages.c.id).where(inbox_messages.c.status.in_(("new", "working")))
        bounded = waiting.limit(self._settings.max_waiting).subquery()
        with self._inbox.begin() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(bounded)).scalar_one())

    async def close(self) -> None:
        """Close the connections."""
        await self._limiter.close()
