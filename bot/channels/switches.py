"""Switching a channel, or everything, off with a notice: kept in the inbox's database, seen by all processes."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Optional

from bot.channels.inbox import state
from bot.channels.inbox.database import Inbox, open_inbox
from storage.errors import MotCuaError

logger = logging.getLogger(__name__)

EVERYTHING = "all"
CHANNELS = (EVERYTHING, "web", "telegram", "zalo", "zalobot")
NOTICE = "Mình đang tạm nghỉ để bảo trì. Bạn thử lại sau giúp mình, hoặc gọi 18001096 (miễn phí)."
LONGEST = 1_000
"""Characters of a notice."""
FRESH = 2.0
"""Seconds for which what was read is believed."""
_NAME = "switches"


class UnknownChannel(MotCuaError):
    """There is no channel of this name."""


def notices(inbox: Inbox) -> dict[str, str]:
    """What is switched off, with its notice."""
    told = json.loads(state.get(inbox, _NAME) or "{}")
    return {name: notice for name, notice in told.items() if name in CHANNELS}


def switch(inbox: Inbox, channel: str, notice: Optional[str]) -> None:
    """Switch a channel off with a notice, or on with None.

    Raises:
        UnknownChannel: there is none of this name.
    """
    if channel not in CHANNELS:
        raise UnknownChannel(f"Không có kênh {channel}. Các kênh: {', '.join(CHANNELS)}.")
    told = notices(inbox)
    told.pop(channel, None)
    if notice is not None:
        told[channel] = (notice.strip() or NOTICE)[:LONGEST]
    state.put(inbox, _NAME, json.dumps(told, ensure_ascii=False))


class Switches:
    """The switches as a process sees them, at most ``FRESH`` seconds old. A database that is away switches nothing off.

    Args:
        inbox: the database; by default that of the settings, opened when it is first asked.
        clock: seconds.
    """

    def __init__(self, inbox: Optional[Inbox] = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._inbox = inbox
        self._clock = clock
        self._read_at: Optional[float] = None
        self._notices: Mapping[str, str] = {}

    def notice(self, channel: str) -> Optional[str]:
        """What is said instead of an answer; None where the channel is on. Blocking."""
        if self._stale():
            self._read_at = self._clock()
            try:
                self._inbox = self._inbox or open_inbox()
                self._notices = notices(self._inbox)
            except Exception as error:  # whatever is wrong with it: nobody is turned away for that
                logger.error("switches can't be read: %s", type(error).__name__)
        return self._said(channel)

    async def look(self, channel: str) -> Optional[str]:
        """The same without blocking: the database is asked in a thread, and only where what was read is too old."""
        return await asyncio.to_thread(self.notice, channel) if self._stale() else self._said(channel)

    def _stale(self) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= FRESH

    def _said(self, channel: str) -> Optional[str]:
        return self._notices.get(EVERYTHING) or self._notices.get(channel)
