"""Cut a long text into messages: between paragraphs where possible, then lines, then words."""

from __future__ import annotations

_BREAKS = ("\n\n", "\n", " ")


def units(text: str) -> int:
    """Length in UTF-16 code units, in which the platforms count (or which is at least as strict)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most ``limit`` UTF-16 units; only white space at the cuts is lost.

    Args:
        text: any text.
        limit: at least 2, so that one character always fits.
    """
    pieces: list[str] = []
    rest = text.strip()
    while units(rest) > limit:
        head = _fitting(rest, limit)
        cut = _break(rest, len(head))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        pieces.append(rest)
    return [piece for piece in pieces if piece]


def _fitting(text: str, limit: int) -> str:
    """The longest beginning that fits."""
    head = text[:limit]
    while units(head) > limit:
        # Each character beyond the basic plane counts twice: take off what is over, never half a character.
        head = head[: len(head) - max(1, (units(head) - limit) // 2)]
    return head


def _break(text: str, length: int) -> int:
    """Where to cut so that the first part has at most ``length`` characters."""
    for mark in _BREAKS:
        at = text.rfind(mark, 0, length + len(mark))
        # A cut far to the front would make many small messages.
        if at >= length // 2 or (mark == " " and at > 0):
            return min(at, length)
    return length
