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


_SPACE = re.compile(r"\s+")


def words(text: str) -> list[Word]:
    """Segment a text into words; compounds ('khai sinh') are one word.

    underthesea rewrites some characters and drops others, so each word is
    looked up again in the text. What it loses comes back as words split at
    white space: the words always cover every visible character in order.
    """
    found: list[Word] = []
    at = 0
    for token in _tokenizer()(text) if text.strip() else []:
        # The text may hold other white space between the syllables.
        pattern = r"\s+".join(re.escape(part) for part in _SPACE.split(token.strip()) if part)
        match = re.compile(pattern).search(text, at) if pattern else None
        if match is None:
            continue
        found += _bare(text, at, match.start())
        found.append(Word(match.group(), match.start(), match.end()))
        at = match.end()
    found += _bare(text, at, len(text))
    return found


def _bare(text: str, start: int, end: int) -> list[Word]:
    return [
        Word(match.group(), start + match.start(), start + match.end())
        for match in re.finditer(r"\S+", text[start:end])
    ]
