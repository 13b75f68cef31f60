"""What tests of the inbox share: messages, a channel that records, a look into the tables."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Optional

import sqlalchemy as sa

from bot.channels.inbox.channel import Incoming, Kind, Outgoing
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.runtime import Runtime
from bot.channels.inbox.tables import inbox_messages, outbox_messages
from rendering.tree import Tree, plain
from settings.channels import InboxSettings
from tests.fakes.channels_server import FakeAssistant, UserMessage


def message(number: int, sender: str = "t:1", text: str = "", kind: Kind = Kind.TEXT, **more: Any) -> Incoming:
    """A message whose key is its number."""
    return Incoming("test", f"k{number}", sender, sender.partition(":")[2], kind, text or f"câu {number}", **more)


def statuses(inbox: Inbox) -> list[str]:
    """Of all messages that came in, in order."""
    with inbox.begin() as connection:
        return list(connection.execute(sa.select(inbox_messages.c.status).order_by(inbox_messages.c.id)).scalars())


def out_rows(inbox: Inbox) -> list[Any]:
    """All outgoing rows, in order."""
    with inbox.begin() as connection:
        return list(connection.execute(sa.select(outbox_messages).order_by(outbox_messages.c.id)).all())


class RecordingChannel:
    """A channel that keeps what it is given to send, and fails as told.

    Args:
        numbered: see Channel.
        resend_unsure: see Channel.
    """

    name = "test"
    prefix = "t:"
    traced = False

    def __init__(self, numbered: bool = False, resend_unsure: bool = False) -> None:
        self.numbered = numbered
        self.resend_unsure = resend_unsure
        self.sent: dict[str, list[str]] = defaultdict(list)
        self.typed: list[str] = []
        self.acknowledged: list[str] = []
        self.events: list[str] = []
        self.paced: list[str] = []
        self.window: Optional[dt.timedelta] = None
        """How long after their last message somebody may be written to."""
        self.before: Optional[Callable[[Outgoing], None]] = None
        """Called before a message counts as arrived; may raise."""
        self.after: Optional[Callable[[Outgoing], None]] = None
        """Called after it arrived; may raise, as when the answer is lost."""

    def parse(self, update: Mapping[str, Any]) -> Optional[Incoming]:
        return None

    def render(self, tree: Tree) -> list[dict[str, Any]]:
        lines = [getattr(block, "text", "") for block in tree.blocks]
        return [{"text": "\n".join(lines), "tokens": [button.token for button in tree.choices()]}]

    def open_for(self, last_seen: dt.datetime) -> bool:
        return self.window is None or last_seen > utcnow() - self.window

    async def accepted(self, incoming: Incoming) -> None:
        self.acknowledged.append(incoming.key)

    async def typing(self, address: str) -> None:
        self.typed.append(address)

    async def pace(self, address: str) -> None:
        self.paced.append(address)

    async def deliver(self, outgoing: Outgoing) -> Optional[str]:
        await asyncio.sleep(0)
        if self.before:
            self.before(outgoing)
        self.sent[outgoing.sender].append(outgoing.body["text"])
        if self.after:
            self.after(outgoing)
        return f"p{outgoing.id}"

    async def on_event(self, incoming: Incoming, inbox: Inbox) -> Optional[Tree]:
        self.events.append(incoming.text)
        return plain("chào bạn") if incoming.text == "follow" else None


class Assistant:
    """Stands in for Rasa: says back what it was told, or does as a test wants.

    Args:
        seconds: how long a turn takes.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.heard: list[tuple[str, str]] = []
        self.up = True
        self.running: Counter[str] = Counter()
        self.during: Optional[Callable[[UserMessage], None]] = None

    async def __call__(self, told: UserMessage) -> None:
        self.heard.append((told.sender_id, told.text))
        self.running[told.sender_id] += 1
        assert self.running[told.sender_id] == 1, "two turns of one person at once"
        try:
            await asyncio.sleep(self.seconds)
            if self.during:
                self.during(told)
            await told.output_channel.send_response(told.sender_id, {"text": f"đáp {told.text}"})
        finally:
            self.running[told.sender_id] -= 1


QUICK = InboxSettings(rests=(0.01,), poll=0.02, lease=5.0, introduce=False, rates=False)


@contextlib.asynccontextmanager
async def serving(
    inbox: Inbox, channel: Any, assistant: Assistant, settings: InboxSettings = QUICK
) -> AsyncIterator[Runtime]:
    """A runtime at work on an inbox."""
    url = inbox.engine.url.render_as_string(hide_password=False)
    runtime = Runtime(FakeAssistant(assistant), settings, url)
    runtime.register(channel)
    await runtime.start()
    await runtime.opened()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: it never did.
    """
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.01)


async def until_done(inbox: Inbox, patience: float = 60.0) -> None:
    """Wait until nothing is left to answer or to send, however long it takes, as long as it goes on.

    Raises:
        AssertionError: nothing at all has changed for ``patience`` seconds.
    """
    seen, moved = left(inbox), time.monotonic()
    while any(seen):
        await asyncio.sleep(0.02)
        now = left(inbox)
        if now != seen:
            seen, moved = now, time.monotonic()
        assert time.monotonic() - moved < patience, f"left over and standing still: {seen}"


def left(inbox: Inbox) -> tuple[int, int]:
    """How many messages are unanswered, and how many answers unsent."""
    unanswered = sa.select(sa.func.count()).where(inbox_messages.c.status.in_(("new", "working")))
    unsent = sa.select(sa.func.count()).where(outbox_messages.c.status.in_(("waiting", "sending")))
    with inbox.begin() as connection:
        return connection.execute(unanswered).scalar_one(), connection.execute(unsent).scalar_one()


def all_done(inbox: Inbox) -> bool:
    """Nothing is left to answer or to send."""
    return not any(left(inbox))
