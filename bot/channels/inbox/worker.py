"""Takes up messages, runs their turns, keeps the answers: one person's in order, several people's at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.inbox import messages, outbox
from bot.channels.inbox.channel import Channel, Incoming, Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.handover import pass_on, said, with_writing
from bot.channels.inbox.loop import Loop
from bot.channels.inbox.messages import Answer, Claimed
from bot.channels.inbox.turn import (
    NoAnswer,
    OnNewMessage,
    make_answer,
    picked,
    ready_words,
    run_turn,
    text_for_rasa,
)
from bot.channels.payloads import to_rasa
from bot.people import erase_in_turn
from desk.citizen import NoLongerOpen
from desk.passing import Passing
from rendering.tree import Tree
from settings.channels import InboxSettings
from watching import metrics

logger = logging.getLogger(__name__)

TYPING_AFTER = 0.4
"""Seconds after which a turn shows that it is under way; most are over sooner."""
TYPING_EVERY = 4.0


@dataclass(frozen=True)
class Surroundings:
    """What a worker works with.

    Attributes:
        inbox: the database.
        owner: the name of this process in leases.
        channels: the channels served, by name.
        on_new_message: Rasa's handler.
        secret: of the buttons' tokens.
        settings: see InboxSettings.
        healthy: tells whether the assistant is up; a failed turn isn't the message's fault where it isn't.
        on_answer: called after an answer was kept for sending.
    """

    inbox: Inbox
    owner: str
    channels: Mapping[str, Channel]
    on_new_message: OnNewMessage
    secret: str
    settings: InboxSettings
    healthy: Callable[[], Awaitable[bool]]
    on_answer: Callable[[], None]


class Worker(Loop[Claimed]):
    """The loop over messages.

    Args:
        around: what it works with.
    """

    def __init__(self, around: Surroundings) -> None:
        super().__init__("inbox", around.settings.turns, around.settings.poll)
        self._around = around

    async def _take(self, room: int) -> list[Claimed]:
        around = self._around
        return await asyncio.to_thread(
            messages.claim, around.inbox, around.owner, list(around.channels), room, around.settings.lease
        )

    def _person(self, job: Claimed) -> str:
        return job.incoming.sender

    async def _work(self, job: Claimed) -> None:
        claimed, around, settings = job, self._around, self._around.settings
        channel = around.channels[claimed.incoming.channel]
        if claimed.claims > settings.claims:
            logger.error("message set aside: it was taken up %d times", claimed.claims - 1)
            await self._set_aside(channel, claimed, "crashes")
            return
        how: Passing | None = None
        try:
            payload, title = await self._button(claimed)
            how = pass_on(claimed, payload, title)
            trees = await asyncio.wait_for(self._answer(channel, claimed, payload, how), settings.turn_timeout)
            with metrics.stage("render"):
                answer = make_answer(channel, claimed.incoming.sender, trees, around.secret) if trees else Answer()
        except SQLAlchemyError:
            raise
        except Exception as error:  # whatever broke: the message is tried again, then apologised for
            await self._failed(channel, claimed, type(error).__name__, how)
            return
        await self._commit(messages.finish, claimed, with_writing(answer, how, claimed.incoming.key))

    async def _button(self, claimed: Claimed) -> tuple[str | None, str | None]:
        """Payload and title of what was tapped; a command is its own payload."""
        incoming = claimed.incoming
        if incoming.kind is Kind.TAP:
            found = await asyncio.to_thread(outbox.button_of, self._around.inbox, incoming.sender, incoming.text)
            return found or (None, None)
        return (incoming.text, None) if incoming.kind is Kind.PAYLOAD else (None, None)

    async def _answer(self, channel: Channel, claimed: Claimed, payload: str | None, how: Passing | None) -> list[Tree]:
        """What is to be said; nothing where the staff are talking."""
        incoming = claimed.incoming
        if incoming.kind is Kind.EVENT:
            tree = await channel.on_event(incoming, self._around.inbox)
            return [tree] if tree else []
        remarks = [ready_words(name) for name in (incoming.remark or "").split()]
        if how and not how.turn:
            return [*remarks, *said(how)]
        if claimed.silent:
            return []
        if incoming.kind is Kind.SAY:
            return [*remarks, ready_words(incoming.text)]
        text = self._text(channel, claimed, payload)
        if text is None:
            return [*remarks, ready_words("expired" if incoming.kind is Kind.TAP else "unknown_link")]
        async with self._typing(channel, incoming):
            ended = await run_turn(self._around.on_new_message, channel, incoming, text)
        if ended.erase:
            told = await asyncio.to_thread(erase_in_turn, self._around.inbox, incoming.sender)
            return [*ended.trees, ready_words(told)]
        return [*remarks, *ended.trees]

    def _text(self, channel: Channel, claimed: Claimed, payload: str | None) -> str | None:
        incoming = claimed.incoming
        if incoming.kind in (Kind.TAP, Kind.PAYLOAD):
            return to_rasa(payload) if payload else None
        chosen = picked(incoming.text, claimed.offered) if channel.numbered else None
        return to_rasa(chosen) if chosen else text_for_rasa(incoming.text, self._around.settings.longest_text)

    @contextlib.asynccontextmanager
    async def _typing(self, channel: Channel, incoming: Incoming) -> Any:
        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER)
            while True:
                with contextlib.suppress(Exception):
                    await channel.typing(incoming.address)
                await asyncio.sleep(TYPING_EVERY)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _failed(self, channel: Channel, claimed: Claimed, error: str, how: Passing | None) -> None:
        settings = self._around.settings
        rest = settings.rests[min(claimed.failures, len(settings.rests) - 1)]
        if error in (NoAnswer.__name__, "TimeoutError") and not await self._healthy():
            logger.error("turn without an answer: the assistant isn't up")
            await asyncio.to_thread(
                messages.put_back, self._around.inbox, self._around.owner, claimed, settings.rests[0]
            )
            return
        logger.error("turn failed: %s", error)
        if claimed.failures + 1 >= settings.failures:
            await self._set_aside(channel, claimed, error, how)
            return
        await asyncio.to_thread(messages.fail, self._around.inbox, self._around.owner, claimed, error, rest)

    async def _healthy(self) -> bool:
        try:
            return await self._around.healthy()
        except Exception:
            return False

    async def _set_aside(self, channel: Channel, claimed: Claimed, error: str, how: Passing | None = None) -> None:
        answer = Answer()
        if claimed.incoming.kind is not Kind.EVENT:
            trees = [ready_words("apology")]
            with contextlib.suppress(Exception):  # a renderer that fails may be why we are here
                answer = make_answer(channel, claimed.incoming.sender, trees, self._around.secret)
        # What the assistant couldn't answer still reaches the staff.
        await self._commit(messages.set_aside, claimed, error, with_writing(answer, how, claimed.incoming.key))

    async def _commit(self, step: Callable[..., bool], claimed: Claimed, *rest: Any) -> None:
        """Write the end of a message; a database that is away for a moment doesn't cost the finished turn."""
        around = self._around
        pauses = [0.2, 0.5, 1.0, 2.0, 4.0]
        while True:
            try:
                if await asyncio.to_thread(step, around.inbox, around.owner, claimed, *rest):
                    around.on_answer()
                return
            except NoLongerOpen:
                # The staff came or went in this moment: the message is looked at anew.
                await asyncio.to_thread(messages.put_back, around.inbox, around.owner, claimed, 0.0)
                return
            except SQLAlchemyError as error:
                if not pauses:
                    raise
                logger.error("inbox unreachable: %s", type(error).__name__)
                await asyncio.sleep(pauses.pop(0))
