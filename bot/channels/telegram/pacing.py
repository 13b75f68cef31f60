"""Telegram's rates: about one message a second in a chat after a short burst, some 30 a second over all chats.

Source: core.telegram.org/bots/faq, 'My bot is hitting limits'. A refusal tells how long to wait; then all wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

GROUP_STEP = 3.0
"""Seconds a message in a group takes: 20 a minute. Groups have negative ids."""


class Pacer:
    """Gives out moments at which sending is allowed.

    Args:
        rate: messages a second over all chats.
        chat_rate: messages a second in one chat.
        chat_burst: messages to one chat that need not wait.
        clock: seconds, for tests.
    """

    def __init__(
        self, rate: float, chat_rate: float, chat_burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._step = 1 / rate
        self._chat_step = 1 / chat_rate
        self._grace = (chat_burst - 1) / chat_rate
        self._clock = clock
        self._next = 0.0
        self._next_of: dict[str, float] = {}

    def reserve(self, chat: str) -> float:
        """Take the next moment for a chat; returns the seconds until it."""
        now = self._clock()
        due = max(self._next_of.get(chat, 0.0), now)
        # Each message moves the chat's mark one step on; marks up to the burst ahead of now cost no waiting.
        moment = max(now, due - self._grace, self._next)
        self._next_of[chat] = due + (GROUP_STEP if chat.startswith("-") else self._chat_step)
        self._next = max(self._next, now) + self._step
        if len(self._next_of) > 10_000:
            self._next_of = {known: mark for known, mark in self._next_of.items() if mark > now}
        return moment - now

    def pause(self, seconds: float) -> None:
        """Let nobody send for some seconds."""
        self._next = max(self._next, self._clock() + seconds)

    async def wait(self, chat: str) -> None:
        """Wait for a chat's next moment."""
        seconds = self.reserve(chat)
        if seconds > 0:
            await asyncio.sleep(seconds)
