"""Every door masks what people write before it is kept, and tells them so."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from bot.channels.inbox.channel import Incoming, Kind
from privacy import Kind as Personal
from privacy import mask

_WRITTEN = (Kind.TEXT, Kind.PAYLOAD)
"""What a person may have put words into; the others are names and tokens of ours, and ids of messages."""


def masked_text(text: str) -> tuple[str, Optional[str]]:
    """A text without personal numbers.

    Returns:
        The text, and the name of the ready words that tell the person about it; None where nothing was masked.
    """
    masked = mask(text)
    if not masked.kinds:
        return text, None
    return masked.text, "masked_dossier" if masked.kinds == (Personal.DOSSIER,) else "masked"


def masked_message(incoming: Incoming) -> Incoming:
    """A message as the inbox may keep it."""
    if incoming.kind not in _WRITTEN:
        return incoming
    text, told = masked_text(incoming.text)
    remarks = " ".join(name for name in (incoming.remark, told) if name)
    return replace(incoming, text=text, remark=remarks or None)
