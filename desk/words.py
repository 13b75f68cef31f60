"""What the desk itself says to citizens, from words.yml, as replies that every channel can render."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from desk.people import folded

FILE = Path(__file__).parent / "words.yml"
_ENDS = frozenset(
    f"{end}{courtesy}"
    for end in ("ket thuc", "ket thuc tro chuyen", "ket thuc cuoc tro chuyen", "dung tro chuyen", "thoat tro chuyen")
    for courtesy in ("", " nhe", " nha", " a", " di", " di a")
)

Tree = dict[str, Any]
"""A reply as JSON: {'blocks': […], 'buttons': […]}, the shape that the actions send and channels render."""


def say(name: str) -> Tree:
    """The words of a name as a reply.

    Raises:
        KeyError: there are none of this name.
    """
    entry = _words()[name]
    buttons = [{"title": title, "payload": payload} for title, payload in entry.get("buttons", {}).items()]
    return tree(entry["text"].strip().split("\n"), buttons)


def reply(text: str) -> Tree:
    """What a member of the staff wrote, told apart from what the assistant says."""
    told = tree(text.split("\n"))
    return {**told, "blocks": [{"type": "title", "text": _words()["staff"]["text"]}, *told["blocks"]]}


def tree(lines: Sequence[str], buttons: Sequence[dict[str, str]] = ()) -> Tree:
    """A reply of plain paragraphs."""
    return {"blocks": [{"type": "text", "text": line} for line in lines if line.strip()], "buttons": list(buttons)}


def ends(text: str) -> bool:
    """Say whether a message, with or without diacritics, ends a conversation with the staff."""
    return " ".join(folded(text).strip(" .!,").split()) in _ENDS


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read
