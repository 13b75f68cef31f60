"""Accepting updates: many at once share one transaction, so that a burst costs one sync of the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.channels.inbox import messages
from bot.channels.inbox.channel import Incoming
from bot.channels.inbox.database import Inbox
from bot.channels.masking import masked_message
from settings.channels import InboxSettings

LARGEST = 200
"""Messages of one transaction."""


class Intake:
    """Keeps what is given to it, in order.

    Args:
        inbox: the database.
        settings: see InboxSettings.
        on_new: called after something new was committed.
    """

    def __init__(self, inbox: Inbox, settings: InboxSettings, on_new: Callable[[], None]) -> None:
        self._inbox = inbox
        self._settings = settings
        self._on_new = on_new
        self._waiting: list[tuple[Incoming, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def accept(self, incoming: Incoming) -> bool:
        """Keep a message, without the personal numbers in it; it is committed when this returns.

        Returns:
            False for a repeat.

        Raises:
            SQLAlchemyError: it could not be kept; the platform must be told to send it again.
        """
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((masked_message(incoming), kept))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await kept

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            try:
                fresh = await asyncio.to_thread(
                    messages.accept,
                    self._inbox,
                    [incoming for incoming, _ in batch],
                    self._settings.max_pending,
                    self._settings.introduce,
                )
            except Exception as error:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for (_, kept), new in zip(batch, fresh, strict=True):
                if not kept.done():
                    kept.set_result(new)
            if any(fresh):
                self._on_new()
