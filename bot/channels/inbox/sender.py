"""Sends what is kept for sending: one person's messages in order, several people's at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping

from bot.channels.inbox import outbox
from bot.channels.inbox.channel import Channel, DeliveryError, Gone, Refused, Retry, Stopped
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.leases import give_back
from bot.channels.inbox.loop import Loop
from bot.channels.inbox.outbox import Outcome, Taken
from bot.channels.inbox.wire import Wire
from settings.channels import InboxSettings

logger = logging.getLogger(__name__)

STOPPED_REST = 60.0
"""Seconds between tries while a channel is out of order."""
LONGEST_REST = 300.0


class Sender(Loop[Taken]):
    """The loop over outgoing messages.

    A row is marked before the platform is called and again after. Where the
    process dies in between, the marks of bot/channels/inbox/wire.py tell a
    message that hadn't left: it is sent. What may have left is marked 'unsure'
    and, unless the platform recognises repeats, not sent again.

    Args:
        inbox: the database.
        owner: the name of this process in leases.
        channels: the channels served, by name.
        settings: see InboxSettings.
        wire: the marks of what leaves.
    """

    def __init__(
        self, inbox: Inbox, owner: str, channels: Mapping[str, Channel], settings: InboxSettings, wire: Wire
    ) -> None:
        super().__init__("outbox", settings.sends, settings.poll)
        self._inbox = inbox
        self._owner = owner
        self._channels = channels
        self._settings = settings
        self._wire = wire

    async def _take(self, room: int) -> list[Taken]:
        return await asyncio.to_thread(
            outbox.claim, self._inbox, self._owner, list(self._channels), room, self._settings.lease
        )

    def _person(self, job: Taken) -> str:
        return job.outgoing.sender

    async def _work(self, job: Taken) -> None:
        """One person's messages until none is left, something speaks against the next, or we stop."""
        following: Taken | None = job
        while following is not None:
            outcome = await self._send(following)
            if outcome is None:
                return
            sent, following = following, await self._settle(following, outcome)
            self._wire.over(_name(sent))

    async def _settle(self, taken: Taken, outcome: Outcome) -> Taken | None:
        """Record an outcome. It is known only here, so a database that is away is waited for."""
        more = not self._stopping
        return await self._patiently(
            outbox.settle, self._inbox, self._owner, taken, outcome, self._settings.lease, more
        )

    async def _give_back(self) -> None:
        await asyncio.to_thread(give_back, self._inbox, self._owner, "send", sorted(self.senders))

    async def _send(self, taken: Taken) -> Outcome | None:
        """Send one message; None where somebody else has it now."""
        channel, name = self._channels[taken.channel], _name(taken)
        if taken.interrupted and not channel.resend_unsure and not await asyncio.to_thread(self._wire.unsent, name):
            logger.error("a message may or may not have been sent before a crash; it isn't sent again")
            return Outcome("unsure", error="crash")
        with contextlib.suppress(Exception):
            await channel.pace(taken.outgoing.address)
        if self._stopping:
            return Outcome("waiting", counts=False)
        self._wire.about_to(name)
        if not await self._patiently(outbox.start, self._inbox, self._owner, taken, self._settings.lease):
            self._wire.over(name)
            return None
        try:
            with self._wire.sending(name):
                if not channel.traced:
                    self._wire.left(name)
                platform_id = await channel.deliver(taken.outgoing)
        except DeliveryError as error:
            return self._outcome(channel, taken, error)
        except Exception as error:
            logger.error("%s: delivery broke: %s", channel.name, type(error).__name__)
            return Outcome("unsure", error=type(error).__name__)
        return Outcome("sent", platform_id)

    def _outcome(self, channel: Channel, taken: Taken, error: DeliveryError) -> Outcome:
        tries = taken.outgoing.tries
        if isinstance(error, Retry):
            if error.counts and tries + 1 >= self._settings.send_tries:
                logger.error("%s: message given up after %d tries: %s", channel.name, tries + 1, error.reason)
                return Outcome("refused", error=error.reason)
            rest = error.after if error.after is not None else min(2.0**tries, LONGEST_REST)
            return Outcome("waiting", error=error.reason, rest=max(rest, 0.01), counts=error.counts)
        if isinstance(error, Stopped):
            logger.error("%s: out of order, needs a person: %s", channel.name, error.reason)
            return Outcome("waiting", error=error.reason, rest=STOPPED_REST, counts=False)
        if isinstance(error, Gone):
            return Outcome("dropped", error=error.reason, gone=True)
        if isinstance(error, Refused):
            logger.error("%s: message refused: %s", channel.name, error.reason)
            return Outcome("refused", error=error.reason)
        if channel.resend_unsure and tries + 1 < self._settings.send_tries:
            return Outcome("waiting", error=error.reason, rest=min(2.0**tries, LONGEST_REST))
        logger.error("%s: message may not have arrived: %s", channel.name, error.reason)
        return Outcome("unsure", error=error.reason)


def _name(taken: Taken) -> str:
    """A try to send a message."""
    return f"{taken.outgoing.id}.{taken.outgoing.tries}"
