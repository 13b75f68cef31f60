"""Fetch a bot's updates where no public address is there for a webhook: for trying at home, and small pilots.

Zalo forgets an update as soon as it has handed it out, so a process that is
killed in that instant loses it; with a webhook nothing is lost.
"""

from __future__ import annotations

import asyncio
import logging

from bot.channels.inbox import state
from bot.channels.inbox.runtime import NotReady, Runtime
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import POLL_SECONDS, BotClient, BotError, Silent

logger = logging.getLogger(__name__)

_LEASE = "zalobot poll"
_REST = 3.0
"""Seconds before another try after trouble."""


async def poll(runtime: Runtime, channel: ZaloBot, client: BotClient, rest: float = _REST) -> None:
    """Poll until cancelled; of several processes, the one with the lease."""
    assert runtime.inbox is not None
    webhook_gone = False
    while True:
        try:
            if not await asyncio.to_thread(state.take, runtime.inbox, _LEASE, runtime.owner, POLL_SECONDS * 3):
                await asyncio.sleep(rest)
                continue
            if not webhook_gone:
                # Zalo hands out nothing while a webhook is set.
                if await client.webhook_url():
                    await client.call("deleteWebhook")
                webhook_gone = True
            update = await client.poll()
        except (BotError, Silent) as error:
            logger.error("zalobot polling: %s", error)
            await asyncio.sleep(rest)
            continue
        incoming = channel.parse(update) if update else None
        while incoming is not None:
            try:
                await runtime.accept(incoming)
                break
            except NotReady:  # Zalo won't hand it out again: keep it here until the database is back
                await asyncio.sleep(rest)
