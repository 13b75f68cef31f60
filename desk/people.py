"""Who a sender is to the desk: the channel that reaches them, and words without their diacritics."""

from __future__ import annotations

import re
import unicodedata
from typing import Optional

WEB = "web"
"""The web page fetches what is for it; nothing can be sent there."""
# In a Telegram group 'tg:CHAT:PERSON' others would read along, so that isn't among them.
_SENDERS = (
    (re.compile(r"tg:\d{1,20}", re.A), "telegram"),
    (re.compile(r"zalo:\d{1,30}", re.A), "zalo"),
    (re.compile(r"zalobot:[\w-]{1,80}", re.A), "zalobot"),
    (re.compile(r"web-[\w-]{16,80}", re.A), WEB),
)


def channel_of(sender: str) -> Optional[str]:
    """The channel over which the desk reaches a sender; None for groups, terminals and evaluations."""
    return next((channel for shape, channel in _SENDERS if shape.fullmatch(sender)), None)


def folded(text: str) -> str:
    """Small letters without diacritics."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
