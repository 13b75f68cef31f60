"""Read a text without its diacritics, and know where in the text each letter was.

Patterns are written once, in plain lower-case letters and ASCII digits, and
find what was typed with diacritics or without, in composed or decomposed
letters, with full-width digits, invisible characters in between and any kind of
dash or space.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Folded:
    """A text as patterns read it.

    Attributes:
        text: folded.
        places: for each of its characters, the index in the original.
        size: characters of the original.
    """

    text: str
    places: tuple[int, ...]
    size: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the folded text, which isn't empty, lies in the original, with its combining marks."""
        until = self.places[end] if end < len(self.places) else self.size
        # One letter of the original may have become several; a piece then takes all of it.
        return self.places[start], max(until, self.places[end - 1] + 1)


def fold(text: str) -> Folded:
    """Fold a text, keeping track of places. Total on any string."""
    pieces: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        piece = _fold(letter)
        pieces.append(piece)
        places.extend([place] * len(piece))
    return Folded("".join(pieces), tuple(places), len(text))


@lru_cache(maxsize=4_096)
def _fold(letter: str) -> str:
    """One letter, folded; nothing for combining marks and invisible characters."""
    if letter.isascii():
        return " " if letter.isspace() else letter.lower() if letter.isprintable() else ""
    return "".join(map(_plain, unicodedata.normalize("NFKD", letter)))


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf", "Cc", "Cs"):
        return " " if letter.isspace() else ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category == "Pd" or letter == "−":
        return "-"
    if category in ("Zs", "Zl", "Zp"):
        return " "
    return {"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "₫": "d"}.get(letter, letter.lower()[:1])
