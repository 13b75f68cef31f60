"""Updates of a Zalo Bot: documented wrapped in ``{"ok", "result"}``, seen flat in production; both are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

LONGEST_TEXT = 2_000
"""Characters of a text that are looked at."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_:.-]{1,64}")
_EVENT = re.compile(r"message\.(?P<kind>text|image|sticker|voice|unsupported)\.received")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Update:
    """A message of a private chat.

    Attributes:
        kind: 'text', 'image', 'sticker', 'voice' or 'unsupported'.
        chat: where answers go.
        key: what tells repeats.
        text: what was written, also under a picture.
    """

    kind: str
    chat: str
    key: str
    text: str = ""


def read_update(fields: Mapping[str, Any]) -> Optional[Update]:
    """Read an update; None for other events, groups, other bots, and what can't be read."""
    inner = fields.get("result")
    if isinstance(inner, dict) and "event_name" not in fields:
        fields = inner
    event = fields.get("event_name")
    match = _EVENT.fullmatch(event) if isinstance(event, str) else None
    message = fields.get("message")
    if match is None or not isinstance(message, dict):
        return None
    sender, chat = message.get("from"), message.get("chat")
    if not isinstance(sender, dict) or not isinstance(chat, dict) or sender.get("is_bot") is True:
        return None
    place = chat.get("id")
    if not isinstance(place, str) or not _ID.fullmatch(place) or not isinstance(sender.get("id"), str):
        return None
    if chat.get("chat_type", "PRIVATE") != "PRIVATE":
        return None
    key = _key(match.group(), place, message)
    kind = match.group("kind")
    text = _text(message.get("text") if kind == "text" else message.get("caption"))
    if key is None or (kind == "text" and not text):
        return None
    return Update(kind, place, key, text)


def _key(event: str, chat: str, message: Mapping[str, Any]) -> Optional[str]:
    identifier = message.get("message_id")
    if isinstance(identifier, str) and _MESSAGE_ID.fullmatch(identifier):
        return f"{identifier}:{event}"
    date = message.get("date")
    # Messages of protected users may come without an id.
    if identifier is None and isinstance(date, int) and not isinstance(date, bool) and 0 < date < 10**15:
        return f"{chat}:{date}:{event}"[:120]
    return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", value[: LONGEST_TEXT * 2])).strip()[:LONGEST_TEXT]
