"""What a channel has to offer so that the inbox can work for it.

A channel parses, renders and delivers. Everything between (dropping repeats,
keeping, order, tries, what was sent for which message) is the inbox's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Optional, Protocol

from bot.channels.inbox.database import Inbox
from rendering.tree import Tree


class Kind(str, Enum):
    """What the worker does with an accepted update."""

    TEXT = "text"
    """Free text: a turn. The worker makes it harmless; a channel passes it as typed."""
    TAP = "tap"
    """A button was tapped: ``text`` is its token, looked up by the worker."""
    PAYLOAD = "payload"
    """A command: ``text`` is a payload of our own grammar (bot/channels/payloads.py)."""
    SAY = "say"
    """No turn: ``text`` names ready words (bot/channels/words.yml) that answer it, such as 'media'."""
    EVENT = "event"
    """No turn: ``text`` names it; the channel's ``on_event`` deals with it."""


@dataclass(frozen=True)
class Incoming:
    """What came in, cut down to what is needed; raw updates are not kept.

    Attributes:
        channel: the channel's name.
        key: the same for every delivery of the same update, unique within the channel; up to 120 characters.
        sender: whose conversation this is, with the channel's prefix ('tg:700000001'); up to 120 characters.
        address: where the answer goes, in the platform's own terms (a chat id); up to 120 characters.
        kind: see Kind.
        text: see Kind.
        remark: names of ready words said before the answer ('media_with_text masked'), or None.
        details: short strings that ``on_event`` needs. Nothing personal that it doesn't.
        interaction: the person did this themselves: it counts for windows of time and shows that they can be reached.
    """

    channel: str
    key: str
    sender: str
    address: str
    kind: Kind = Kind.TEXT
    text: str = ""
    remark: Optional[str] = None
    details: Mapping[str, str] = field(default_factory=dict)
    interaction: bool = True


LONGEST_ID = 120
LONGEST_TEXT = 8_000
"""Characters that are kept of a message; no platform sends more than about 4,000."""


def tidy(incoming: Incoming) -> Optional[Incoming]:
    """A message as every database can keep it, or None where its ids can't be right.

    Characters that can't be stored (NUL, half of a surrogate pair) are taken out of texts.
    """
    ids = (incoming.key, incoming.sender, incoming.address)
    if not all(0 < len(value) <= LONGEST_ID and _storable(value) == value for value in ids):
        return None
    return replace(
        incoming,
        text=_storable(incoming.text[:LONGEST_TEXT]),
        details={_storable(name): _storable(value[:LONGEST_TEXT]) for name, value in incoming.details.items()},
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


@dataclass(frozen=True)
class Outgoing:
    """One message on its way out, in the order of ``id`` per sender.

    Attributes:
        id: of the row; also serves as an idempotency key where a platform takes one.
        sender: as in Incoming.
        address: where it goes.
        body: what ``render`` made: JSON of the channel's own shape.
        tries: how often it was tried before.
    """

    id: int
    sender: str
    address: str
    body: Mapping[str, Any]
    tries: int = 0


class DeliveryError(Exception):
    """A message wasn't delivered. ``reason`` is a short code for the records: no text, no ids, no tokens."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:80]


class Retry(DeliveryError):
    """Certainly not delivered, worth another try.

    Args:
        reason: see DeliveryError.
        after: seconds to wait; None leaves it to the inbox (longer each time).
        counts: False where the platform only asked to wait (a rate limit): such tries don't use up the message's tries.
    """

    def __init__(self, reason: str, after: Optional[float] = None, counts: bool = True) -> None:
        super().__init__(reason)
        self.after = after
        self.counts = counts


class Unsure(DeliveryError):
    """Sent, but no answer came: it may have arrived. Not sent again unless the channel's ``resend_unsure``."""


class Refused(DeliveryError):
    """The platform will never take this message. It is set aside, the next one goes on."""


class Gone(DeliveryError):
    """This person can't be reached (blocked us, left, out of the window). What waits for them is dropped."""


class Stopped(DeliveryError):
    """The channel itself is out of order and needs a person (credentials, quota). Everything waits; it is logged."""


class Channel(Protocol):
    """One platform."""

    name: str
    """Rasa's name of it and its URL prefix: 'telegram', 'zalo', 'zalobot'."""
    prefix: str
    """What its senders begin with: 'tg:', 'zalo:', 'zalobot:'."""
    numbered: bool
    """Buttons are shown as a numbered list: a bare number that comes back picks from ``Tree.choices()`` of the
    last reply, counted from 1."""
    traced: bool
    """Its client tells the moment in which a message leaves (bot/channels/inbox/wire.py)."""
    resend_unsure: bool
    """Send again what may have arrived: only where the platform recognises repeats."""

    def parse(self, update: Mapping[str, Any]) -> Optional[Incoming]:
        """Understand an update; None for what needs no work. Never raises for odd input."""

    def render(self, tree: Tree) -> list[dict[str, Any]]:
        """Bodies to send, in order; buttons already carry tokens. Pure."""

    def open_for(self, last_seen: dt.datetime) -> bool:
        """Whether the platform lets us write, of our own accord, to someone who last did something then (UTC)."""

    async def accepted(self, incoming: Incoming) -> None:
        """Called once after an update was kept (stop a button's spinner). Best effort; may raise."""

    async def typing(self, address: str) -> None:
        """Show that an answer is being made. Best effort; may raise."""

    async def pace(self, address: str) -> None:
        """Wait until the platform's rates allow another message there. Nothing is marked as being sent meanwhile."""

    async def deliver(self, outgoing: Outgoing) -> Optional[str]:
        """Send one message, at once; returns the platform's id of it.

        Raises:
            DeliveryError: one of its kinds. Anything else is taken as Unsure.
        """

    async def on_event(self, incoming: Incoming, inbox: Inbox) -> Optional[Tree]:
        """Deal with an EVENT; what it returns is said to the sender. May run again after a crash."""
