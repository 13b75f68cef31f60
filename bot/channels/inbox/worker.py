"""Takes up messages, runs their turns, keeps the answers: one person's in order, several people's at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.inbox import messages, outbox
from bot.channels.inbox.assistant import Assistant, Away, Interrupted, NoAnswer
from bot.channels.inbox.channel import Channel, Incoming, Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.handover import pass_on, said, with_writing
from bot.channels.inbox.leases import give_back
from bot.channels.inbox.loop import Loop
from bot.channels.inbox.messages import Answer, Claimed
from bot.channels.inbox.turn import make_answer, picked, ready_words, text_for_rasa
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
PUT_BACK = 1.0
"""Seconds for which a message rests that needs an assistant already known to be away."""
LOOK_AGAIN = (0.2, 0.5, 1.0, 2.0)
"""Seconds between looks at whether an assistant that was away is back; the last one repeats."""


@dataclass(frozen=True)
class Surroundings:
    """What a worker works with.

    Attributes:
        inbox: the database.
        owner: the name of this process in leases.
        channels: the channels served, by name.
        assistant: what answers.
        secret: of the buttons' tokens.
        settings: see InboxSettings.
        on_answer: called after an answer was kept for sending.
    """

    inbox: Inbox
    owner: str
    channels: Mapping[str, Channel]
    assistant: Assistant
    secret: str
    settings: InboxSettings
    on_answer: Callable[[], None]


class Worker(Loop[Claimed]):
    """The loop over messages.

    Args:
        around: what it works with.
    """

    def __init__(self, around: Surroundings) -> None:
        super().__init__("inbox", around.settings.turns, around.settings.poll)
        self._around = around
        # Accepting begins before the model is loaded; turns don't.
        self._away = True
        self._looks = 0
        self._look_at = 0.0

    async def _take(self, room: int) -> list[Claimed]:
        around = self._around
        turns = not self._away or await self._back()
        return await asyncio.to_thread(
            messages.claim, around.inbox, around.owner, list(around.channels), room, around.settings.lease, turns
        )

    async def _back(self) -> bool:
        """Whether an assistant that was away answers again; not asked for again and again."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._away = not await self._healthy()
        self._look_at = time.monotonic() + LOOK_AGAIN[min(self._looks, len(LOOK_AGAIN) - 1)]
        self._looks = self._looks + 1 if self._away else 0
        return not self._away

    async def _give_back(self) -> None:
        around = self._around
        await asyncio.to_thread(give_back, around.inbox, around.owner, "turn", sorted(self.senders))

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
            await self._failed(channel, claimed, error, how)
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
            ended = await self._around.assistant.turn(incoming, text)
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

    async def _failed(self, channel: Channel, claimed: Claimed, error: Exception, how: Passing | None) -> None:
        settings, told = self._around.settings, type(error).__name__
        if isinstance(error, Away):
            await self._put_back(claimed)
            return
        slow = isinstance(error, (TimeoutError, asyncio.TimeoutError))
        if isinstance(error, Interrupted) or ((slow or isinstance(error, NoAnswer)) and not await self._healthy()):
            await self._put_back(claimed, counts=not isinstance(error, NoAnswer))
            return
        logger.error("turn failed: %s", told)
        if claimed.failures + 1 >= settings.failures:
            await self._set_aside(channel, claimed, told, how)
            return
        rest = settings.rests[min(claimed.failures, len(settings.rests) - 1)]
        await self._patiently(messages.fail, self._around.inbox, self._around.owner, claimed, told, rest)

    async def _put_back(self, claimed: Claimed, counts: bool = False) -> None:
        """The assistant isn't up: nothing more is taken up until it is."""
        rest = PUT_BACK if self._away else 0.0
        if not self._away:
            logger.error("turn without an answer: the assistant isn't up")
        self._away, self._look_at = True, 0.0
        await self._patiently(messages.put_back, self._around.inbox, self._around.owner, claimed, rest, counts)

    async def _healthy(self) -> bool:
        try:
            return await self._around.assistant.healthy()
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
        try:
            if await self._patiently(step, around.inbox, around.owner, claimed, *rest):
                around.on_answer()
        except NoLongerOpen:
            # The staff came or went in this moment: the message is looked at anew.
            await self._patiently(messages.put_back, around.inbox, around.owner, claimed, 0.0)
