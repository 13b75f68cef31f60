"""The inbox at work: one worker and one sender for all channels of the process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Optional

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.inbox import courier, messages
from bot.channels.inbox.assistant import Assistant
from bot.channels.inbox.channel import Channel, Incoming, tidy
from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.gate import Gate
from bot.channels.inbox.housekeeping import purge
from bot.channels.inbox.intake import Intake
from bot.channels.inbox.leases import clear_dead, new_owner
from bot.channels.inbox.messages import renew
from bot.channels.inbox.patience import tell_waiting
from bot.channels.inbox.sender import Sender
from bot.channels.inbox.turn import make_answer
from bot.channels.inbox.wire import Wire
from bot.channels.inbox.worker import Surroundings, Worker
from rendering.tree import Tree
from settings.channels import InboxSettings, inbox_settings
from settings.secrets import button_secret
from storage.errors import DatabaseUnreachable

logger = logging.getLogger(__name__)

OPEN_AGAIN = 2.0
"""Seconds between tries to open a database that is away."""
PURGE_EVERY = 3600.0
CARRY_EVERY = 1.0
"""Seconds between looks at what the desk wants said."""
TELL_EVERY = 5.0
"""Seconds between looks at who has waited for long."""
STOP_SECONDS = 6.0
"""Patience with what is under way when the server stops; the supervisor's is 10."""

Job = Callable[["Runtime"], Awaitable[None]]
Close = Callable[[], Awaitable[None]]


class NotReady(Exception):
    """The inbox isn't open; the platform must be told to send the update again."""


class Runtime:
    """Everything that works for the channels of one process.

    Args:
        assistant: what answers.
        settings: see InboxSettings; by default the environment's.
        url: the inbox's address; by default the settings'.
    """

    def __init__(
        self,
        assistant: Assistant,
        settings: Optional[InboxSettings] = None,
        url: Optional[str] = None,
    ) -> None:
        self._assistant = assistant
        self._settings = settings or inbox_settings()
        self._url = url
        self._tasks: set[asyncio.Task[None]] = set()
        self._jobs: list[Job] = []
        self._closing: list[Close] = []
        self._started = False
        self._intake: Optional[Intake] = None
        self._gate: Optional[Gate] = None
        self._worker: Optional[Worker] = None
        self._sender: Optional[Sender] = None
        self.owner = new_owner()
        self._wire = Wire(self.owner)
        self.channels: dict[str, Channel] = {}
        self.inbox: Optional[Inbox] = None
        """Open once the database answered."""

    def register(self, channel: Channel, job: Optional[Job] = None, close: Optional[Close] = None) -> None:
        """Serve a channel too.

        Args:
            channel: the channel.
            job: something of the channel's own to run beside (polling, setting a webhook), once the inbox is open.
            close: called when nothing is sent any more.
        """
        self.channels[channel.name] = channel
        if close:
            self._closing.append(close)
        if job and self._intake:
            self.spawn(job(self))
        elif job:
            self._jobs.append(job)

    async def start(self) -> None:
        """Begin, in the background: a database that is away must not keep the server from starting."""
        if not self._started:
            self._started = True
            self.spawn(self._run())

    async def opened(self) -> None:
        """Wait until the inbox is open (for jobs and tests)."""
        while self._intake is None:
            await asyncio.sleep(0.02)

    async def accept(self, incoming: Incoming) -> bool:
        """Keep a message; it is safe when this returns.

        Returns:
            False for a repeat, and for one whose ids can't be right.

        Raises:
            NotReady: it could not be kept.
        """
        if self._intake is None:
            raise NotReady
        tidied = tidy(incoming)
        if tidied is None:
            return False
        try:
            refusal = await self._gate.refusal(tidied) if self._gate else None
            if refusal is not None:
                return await self._turn_away(tidied, refusal)
            new = await self._intake.accept(tidied)
        except SQLAlchemyError as error:
            logger.error("inbox unreachable: %s", type(error).__name__)
            raise NotReady from None
        if new:
            self.spawn(self._accepted(incoming))
        return new

    async def _turn_away(self, incoming: Incoming, trees: tuple[Tree, ...]) -> bool:
        """Answer a message that isn't taken."""
        assert self.inbox is not None
        channel = self.channels[incoming.channel]
        answer = make_answer(channel, incoming.sender, list(trees), button_secret())
        new = await asyncio.to_thread(messages.turn_away, self.inbox, incoming, answer)
        if new and self._sender:
            self._sender.call()
        return new

    def call(self) -> None:
        """Wake the loops: something was written to the tables by other means."""
        if self._worker and self._sender:
            self._worker.call()
            self._sender.call()

    async def stop(self) -> None:
        """End in order: no new turns, turns under way get some seconds, then what is being sent."""
        if self._worker and self._sender:
            await self._worker.stop(STOP_SECONDS * 2 / 3)
            await self._sender.stop(STOP_SECONDS / 3)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(close() for close in (*self._closing, self._assistant.close)), return_exceptions=True)
        self._wire.close()
        if self.inbox:
            self.inbox.engine.dispose()

    def spawn(self, work: Awaitable[None]) -> None:
        """Run something in the background; how it breaks is logged without its words."""

        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                logger.error("background work broke: %s", type(error).__name__)

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accepted(self, incoming: Incoming) -> None:
        with contextlib.suppress(Exception):
            await self.channels[incoming.channel].accepted(incoming)

    async def _run(self) -> None:
        inbox = self.inbox = await self._open()
        settings = self._settings
        sender = self._sender = Sender(inbox, self.owner, self.channels, settings, self._wire)
        around = Surroundings(
            inbox, self.owner, self.channels, self._assistant, button_secret(), settings, on_answer=sender.call
        )
        worker = self._worker = Worker(around)
        self._gate = Gate(inbox, settings)
        self._closing.append(self._gate.close)
        self._intake = Intake(inbox, settings, worker.call)
        self.spawn(sender.run())
        self.spawn(self._keep_leases(inbox, worker, sender))
        self.spawn(self._purge(inbox))
        self.spawn(self._carry(inbox, sender))
        self.spawn(self._tell_waiting(inbox, sender))
        for job in self._jobs:
            self.spawn(job(self))
        await worker.run()

    async def _open(self) -> Inbox:
        while True:
            try:
                inbox = await asyncio.to_thread(open_inbox, self._url)
                await asyncio.to_thread(clear_dead, inbox, self.owner)
                return inbox
            except (DatabaseUnreachable, SQLAlchemyError) as error:
                logger.error("inbox can't be opened: %s", type(error).__name__)
                await asyncio.sleep(OPEN_AGAIN)

    async def _keep_leases(self, inbox: Inbox, worker: Worker, sender: Sender) -> None:
        lease = self._settings.lease
        while True:
            await asyncio.sleep(lease / 3)
            people = sorted(worker.senders | sender.senders)
            if people:
                with contextlib.suppress(SQLAlchemyError):
                    await asyncio.to_thread(renew, inbox, self.owner, people, lease)

    async def _carry(self, inbox: Inbox, sender: Sender) -> None:
        """Take what the desk wants said to the outbox, every second."""
        secret = button_secret()
        while True:
            try:
                carried = await asyncio.to_thread(courier.carry, inbox, self.channels, secret)
                if carried:
                    sender.call()
                await asyncio.to_thread(courier.follow_up, inbox)
            except SQLAlchemyError as error:
                logger.error("desk unreachable: %s", type(error).__name__)
            except Exception as error:
                logger.error("desk: a message can't be carried: %s", type(error).__name__)
            await asyncio.sleep(CARRY_EVERY)

    async def _tell_waiting(self, inbox: Inbox, sender: Sender) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY)
            with contextlib.suppress(SQLAlchemyError):
                if await asyncio.to_thread(tell_waiting, inbox, self.channels, self._settings.told_after):
                    sender.call()

    async def _purge(self, inbox: Inbox) -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError):
                await asyncio.to_thread(purge, inbox, self._settings)
            await asyncio.sleep(PURGE_EVERY)
