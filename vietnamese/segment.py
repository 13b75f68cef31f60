"""Word segmentation by underthesea, with each word's place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Word:
    """A word and its offsets: ``text[start:end]`` is the word as it stands."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    # Imported late: it takes most of a second and pulls in its model.
    from underthesea import word_tokenize

    return word_tokenize


_ODD_SPACE = re.compile(r"\s\s|[^\S ]")
"""White space that isn't single blanks; what has been normalised has none."""
_SEEN = re.compile(r"\S+")


def words(text: str) -> list[Word]:
    """Segment a text into words; compounds ('khai sinh') are one word.

    underthesea rewrites some characters and drops others, so each word is
    looked up again in the text. What it loses comes back as words split at
    white space: the words always cover every visible character in order.
    """
    found: list[Word] = []
    at = 0
    plain = not _ODD_SPACE.search(text)
    for token in _tokenizer()(text) if text.strip() else []:
        parts = token.split()
        start, end = _place(text, parts, at, plain)
        if start < 0:
            continue
        found += _bare(text, at, start)
        found.append(Word(text[start:end], start, end))
        at = end
    found += _bare(text, at, len(text))
    return found


def _place(text: str, parts: list[str], at: int, plain: bool) -> tuple[int, int]:
    """Where a word of some syllables stands in the text from ``at`` on; (-1, -1) where it doesn't."""
    if not parts:
        return -1, -1
    if plain:  # a pattern for each word takes longer than finding the words
        word = " ".join(parts)
        start = text.find(word, at)
        return (start, start + len(word)) if start >= 0 else (-1, -1)
    match = re.compile(r"\s+".join(map(re.escape, parts))).search(text, at)
    return match.span() if match else (-1, -1)


def _bare(text: str, start: int, end: int) -> list[Word]:
    if end - start < 2 and not text[start:end].strip():
        return []
    return [Word(match.group(), match.start(), match.end()) for match in _SEEN.finditer(text, start, end)]
