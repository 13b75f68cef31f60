"""What a Telegram update means to us. Raw updates go no further than this file.

Facts: core.telegram.org/bots/api (Update, Message, CallbackQuery), bots/features#deep-linking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Optional

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.channels.inbox.channel import Incoming, Kind
from bot.channels.payloads import to_rasa

CHANNEL = "telegram"
PREFIX = "tg:"
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""What we ask Telegram for. Edited messages are not among them: an edit is no new question."""
COMMANDS = {"start": "menu", "menu": "menu", "help": "help", "huy": "cancel", "canbo": "person"}
"""Telegram's command and the one of our own grammar."""

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w{1,32}))?(?:\s+(?P<rest>.*))?", re.DOTALL)
_MEDIA = ("photo", "video", "voice", "audio", "document", "animation", "video_note", "story", "poll", "dice", "game")
_GROUPS = ("group", "supergroup")


def parse(data: Mapping[str, Any], username: str = "") -> Optional[Incoming]:
    """Understand an update; None for what needs no work, and for what can't be one.

    Args:
        data: the update's JSON.
        username: of the bot, without '@'; in groups only messages that name it are for us.
    """
    try:
        update = Update.de_json(dict(data), None)
        if not isinstance(update.update_id, int) or isinstance(update.update_id, bool):
            return None
        if update.callback_query:
            return _tap(update.update_id, update.callback_query)
        if update.my_chat_member:
            return _membership(update.update_id, update.my_chat_member)
        if update.message:
            return _message(update.update_id, update.message, username)
    except Exception:
        # The library trusts its input: odd shapes break it in many ways, and none of them is worth an answer.
        return None
    return None


def _tap(number: int, query: CallbackQuery) -> Incoming:
    person = _id(query.from_user.id)
    # Old messages arrive as a stub that still tells the chat; inline ones without any.
    chat = query.message.chat if query.message else None
    address = _id(chat.id) if chat else person
    return Incoming(
        CHANNEL,
        str(number),
        _sender(person, address, chat.type if chat else "private"),
        address,
        Kind.TAP,
        query.data[:64] if isinstance(query.data, str) else "",
        details={"query": str(query.id)[:64]},
    )


def _membership(number: int, change: ChatMemberUpdated) -> Optional[Incoming]:
    if change.chat.type != "private":
        return None
    person = _id(change.chat.id)
    event = {"kicked": "blocked", "member": "unblocked"}.get(change.new_chat_member.status)
    if event is None:
        return None
    return Incoming(CHANNEL, str(number), PREFIX + person, person, Kind.EVENT, event, interaction=event == "unblocked")


def _message(number: int, message: Message, username: str) -> Optional[Incoming]:
    person, address = message.from_user, _id(message.chat.id)
    if person is None or person.is_bot or message.chat.type not in ("private", *_GROUPS):
        return None
    text = message.text if message.text is not None else message.caption
    if text is not None and not isinstance(text, str):
        return None
    if message.chat.type in _GROUPS:
        text = _for_us(message, text or "", username)
        if text is None:
            return None
    kind, said, remark = _content(message, text)
    if kind is None:
        return None
    sender = _sender(_id(person.id), address, message.chat.type)
    return Incoming(CHANNEL, str(number), sender, address, kind, said, remark)


def _sender(person: str, chat: str, kind: str) -> str:
    """Whose conversation it is: in groups each member has one of their own."""
    return PREFIX + (f"{chat}:{person}" if kind in _GROUPS else person)


def _id(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return str(value)


def _for_us(message: Message, text: str, username: str) -> Optional[str]:
    """The text without the bot's name, or None where a group's message isn't meant for the bot."""
    if not username:
        return None
    name = re.compile(rf"@{re.escape(username)}\b", re.IGNORECASE)
    answered = message.reply_to_message
    author = answered.from_user if answered else None
    if name.search(text):
        return name.sub("", text).strip()
    if author and author.is_bot and (author.username or "").lower() == username.lower():
        return text
    return None


def _content(message: Message, text: Optional[str]) -> tuple[Optional[Kind], str, Optional[str]]:
    """Kind, text and remark of a message; no kind for service messages (joined, pinned, …)."""
    if message.text is not None and text is not None:
        return (*_typed(text), None)
    # A document comes with animations too, a location with venues: the order doesn't matter, the words are the same.
    if message.location or message.venue:
        return Kind.SAY, "location", None
    if message.contact:
        return Kind.SAY, "contact", None
    if message.sticker:
        return Kind.SAY, "sticker", None
    if any(getattr(message, name) for name in _MEDIA):
        return (Kind.TEXT, text, "media_with_text") if text and text.strip() else (Kind.SAY, "media", None)
    return None, "", None


def _typed(text: str) -> tuple[Kind, str]:
    """A command of ours as a payload; anything else is free text, which loses its slashes later."""
    match = _COMMAND.fullmatch(text.strip())
    name = match.group("name").lower() if match else ""
    if not match or name not in COMMANDS:
        return Kind.TEXT, text
    rest = (match.group("rest") or "").strip()
    if name == "start" and rest:
        return Kind.PAYLOAD, from_link(rest) or "lenh:unknown"
    return Kind.PAYLOAD, f"lenh:{COMMANDS[name]}"


def to_link(code: str) -> str:
    """A procedure's code as a deep link's parameter (t.me/BOT?start=…), which takes no dots."""
    return code.replace(".", "-")


def from_link(parameter: str) -> Optional[str]:
    """The payload that a deep link's parameter stands for; None for one that is none of ours."""
    payload = f"thu-tuc:{parameter.replace('-', '.')}"
    return payload if to_rasa(payload) else None
