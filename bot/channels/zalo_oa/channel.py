"""The Official Account as the inbox sees it: what events mean, how replies look, how they are delivered."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from collections.abc import Mapping
from typing import Any, Optional

import sqlalchemy as sa

from bot.channels.inbox import contacts
from bot.channels.inbox.channel import Gone, Incoming, Kind, Outgoing, Refused, Retry, Stopped, Unsure
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import outbox_messages
from bot.channels.zalo_oa import errors
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.errors import Unanswered, ZaloError
from bot.channels.zalo_oa.events import Event, Malformed, What, read_event
from bot.channels.zalo_oa.tokens import NoToken
from bot.channels.zalo_oa.windows import Window, window
from rendering import zalo_oa as rendering
from rendering.tree import Tree
from settings.zalo import OaSettings

logger = logging.getLogger(__name__)

PREFIX = "zalo:"
_TOKEN = re.compile(r"k:[A-Za-z0-9_-]{16}")
_AWAY = 10.0
"""Seconds between tries while Zalo can't be reached at all; such tries go on until it can."""
_REMEMBERED = 10_000
"""People whose last interaction is kept in memory."""
_ADDRESS = re.compile(r"\d{1,25}", re.A)


class ZaloOa:
    """One account. See bot/channels/inbox/channel.py for what each member promises."""

    name = "zalo"
    prefix = PREFIX
    # With buttons too: where Zalo doesn't take them, the numbered list is sent instead.
    numbered = True
    traced = True
    # Zalo has no key by which it would recognise a repeat.
    resend_unsure = False

    def __init__(self, settings: OaSettings) -> None:
        self._settings = settings
        self._client: Optional[OaClient] = None
        self._inbox: Optional[Inbox] = None
        self._lately: dict[str, dt.datetime] = {}

    def open(self, client: OaClient, inbox: Inbox) -> None:
        """Give the channel what it delivers with; until then messages wait."""
        self._client, self._inbox = client, inbox

    def parse(self, update: Mapping[str, Any]) -> Optional[Incoming]:
        """Understand an event whose signature was checked."""
        try:
            event = read_event(update, self._settings.oa_id)
        except Malformed as error:
            logger.warning("zalo event left aside: %s", error)
            return None
        if event is None:
            return None
        incoming = self._incoming(event)
        if incoming.interaction:
            if len(self._lately) >= _REMEMBERED:
                self._lately.clear()
            self._lately[incoming.sender] = utcnow()
        return incoming

    def _incoming(self, event: Event) -> Incoming:
        def make(kind: Kind, text: str = "", key: str = event.key, **more: Any) -> Incoming:
            return Incoming(self.name, key, PREFIX + event.user, event.user, kind, text, **more)

        if event.what is What.TEXT:
            if _TOKEN.fullmatch(event.text):
                return make(Kind.TAP, event.text)
            if self._ends_silence(event.text):
                return make(Kind.EVENT, "resume")
            return make(Kind.TEXT, event.text, remark="media_with_text" if event.kind not in ("", "link") else None)
        if event.what in (What.FOLLOW, What.OPENED):
            # Both come when somebody finds the account and starts to chat; one greeting a day is enough.
            return make(Kind.PAYLOAD, "lenh:menu", f"greet:{event.user}:{int(event.at // 86_400)}")
        if event.what is What.PLACE:
            return make(Kind.TEXT, f"Tôi ở {event.text}", remark="contact") if event.text else make(Kind.SAY, "contact")
        if event.what is What.LOCATION:
            return make(Kind.SAY, "location")
        if event.what is What.ATTACHMENT:
            return make(Kind.SAY, "sticker" if event.kind == "sticker" else "media")
        if event.what is What.OPERATOR:
            done = "yes" if self._ends_silence(event.text) else "no"
            details = {"done": done, "message": event.message}
            return make(Kind.EVENT, "operator", details=details, interaction=False)
        return make(Kind.EVENT, event.what.value, interaction=False)

    def _ends_silence(self, text: str) -> bool:
        return text.strip().casefold() == self._settings.operator_done.strip().casefold()

    def render(self, tree: Tree) -> list[dict[str, Any]]:
        """Zalo's message objects."""
        return rendering.render(
            tree,
            buttons=self._settings.buttons,
            text_limit=self._settings.text_limit,
            title_limit=self._settings.button_title,
        )

    def open_for(self, last_seen: dt.datetime) -> bool:
        """Within 48 hours, or 7 days where messages may be billed."""
        where = window(last_seen, utcnow())
        return where is Window.FREE or (where is Window.BILLED and self._settings.billed)

    async def accepted(self, incoming: Incoming) -> None:
        """Nothing: Zalo shows no sign of its own for a tap."""

    async def typing(self, address: str) -> None:
        """Nothing: an Official Account can't show that it types."""

    async def pace(self, address: str) -> None:
        """Nothing: Zalo takes 4,000 calls a minute, and says so where that is too many."""

    async def deliver(self, outgoing: Outgoing) -> Optional[str]:
        """Send one message, in plain text where Zalo doesn't take its buttons."""
        if self._client is None or self._inbox is None:
            raise Retry("starting", 0.5, counts=False)
        if not _ADDRESS.fullmatch(outgoing.address):
            raise Refused("address")
        # Whoever wrote to this process not long ago needs no look into the database.
        seen = self._lately.get(outgoing.sender)
        if seen is None or window(seen, utcnow()) is not Window.FREE:
            contact = await asyncio.to_thread(contacts.find, self._inbox, outgoing.sender)
            seen = contact.last_seen if contact else None
        if seen is not None:
            self._check_window(seen)
        message, plain = outgoing.body.get("message"), outgoing.body.get("plain")
        if not isinstance(message, dict):
            raise Refused("body")
        try:
            return await self._send(self._client, outgoing, message)
        except ZaloError as error:
            if error.fault.kind is not errors.Kind.PAYLOAD or not isinstance(plain, list):
                raise _told(error) from None
            logger.error("zalo does not take our buttons (%d): sent as text", error.fault.code)
        sent: Optional[str] = None
        for text in plain:
            try:
                sent = await self._send(self._client, outgoing, {"text": text})
            except ZaloError as error:
                raise _told(error) from None
        return sent

    async def _send(self, client: OaClient, outgoing: Outgoing, message: Mapping[str, Any]) -> str:
        try:
            sent = await client.send(outgoing.address, message)
        except NoToken as error:
            if error.after is None:
                raise Stopped("token") from None
            raise Retry("token", error.after, counts=False) from None
        except Unanswered as error:
            if not error.reached:
                raise Retry("unreachable", _AWAY, counts=False) from None
            if not error.sent:
                raise Retry("server error") from None
            if self._settings.resend and outgoing.tries == 0:
                raise Retry("unanswered", error.after) from None
            raise Unsure("unanswered") from None
        return sent.message

    def _check_window(self, seen: dt.datetime) -> None:
        where = window(seen, utcnow())
        if where is Window.CLOSED:
            raise Gone("window closed")
        if where is Window.BILLED and not self._settings.billed:
            raise Refused("billed window")

    async def on_event(self, incoming: Incoming, inbox: Inbox) -> Optional[Tree]:
        """Unfollowing, staff taking over or giving back, consent withdrawn."""
        await asyncio.to_thread(self._deal_with, incoming, inbox)
        return None

    def _deal_with(self, incoming: Incoming, inbox: Inbox) -> None:
        sender = incoming.sender
        if incoming.text == What.WITHDRAW.value:
            contacts.forget(inbox, sender)
        elif incoming.text == What.UNFOLLOW.value:
            contacts.set_reachable(inbox, sender, False)
        elif incoming.text == "resume" or incoming.details.get("done") == "yes":
            contacts.silence(inbox, sender, None)
        elif incoming.text == What.OPERATOR.value and not _ours(inbox, incoming.details.get("message", "")):
            contacts.silence(inbox, sender, utcnow() + dt.timedelta(minutes=self._settings.operator_minutes))


def _told(error: ZaloError) -> Exception:
    """Zalo's refusal in the inbox's words."""
    reason = f"zalo {error.fault.code}"
    kind = error.fault.kind
    if kind is errors.Kind.USER:
        return Gone(reason)
    if kind is errors.Kind.RATE:
        return Retry(reason, counts=False)
    if kind in (errors.Kind.PERSON, errors.Kind.TOKEN):  # a token refused straight after it was renewed
        return Stopped(reason)
    return Refused(reason)


def _ours(inbox: Inbox, message: str) -> bool:
    """Whether a message that Zalo says a person wrote was sent by us."""
    query = sa.select(outbox_messages.c.id).where(
        outbox_messages.c.channel == ZaloOa.name, outbox_messages.c.platform_id == message
    )
    with inbox.begin() as connection:
        return connection.execute(query.limit(1)).first() is not None
