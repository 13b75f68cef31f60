"""The assistant's words, from ``phrases.yml``, and how facts are written."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.reply import Button, Paragraph, Reply

FILE = Path(__file__).parent / "phrases.yml"


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    """All phrases, read once."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def say(name: str, /, **values: object) -> str:
    """A phrase by name, its blanks filled.

    Raises:
        KeyError: there is no such phrase, or a blank has no value.
    """
    entry = phrases()[name]
    text: str = entry["text"] if isinstance(entry, dict) else entry
    return text.format(**values) if values else text


def word(group: str, name: str) -> str:
    """A word of a group: ``word('aspects', 'fee')`` -> 'Phí'."""
    text: str = phrases()[group][name]
    return text


def reply(name: str, /, **values: object) -> Reply:
    """A ready-made reply: its text and its buttons."""
    entry = phrases()[name]
    made = Reply([Paragraph(say(name, **values))])
    if isinstance(entry, dict):
        made.buttons += [
            Button(title[:1].upper() + title[1:], payload=f"hoi:{title}") for title in entry.get("buttons", [])
        ]
        if "buttons_link" in entry:
            made.buttons.append(Button(**entry["buttons_link"]))
    return made


def money(amount: int) -> str:
    """An amount in đồng: 50000 -> '50.000 đồng', 0 -> 'miễn phí'."""
    return "miễn phí" if amount == 0 else f"{amount:,} đồng".replace(",", ".")


def day(date: dt.date) -> str:
    """A date as people write it: 24/11/2026."""
    return f"{date.day}/{date.month}/{date.year}"


def lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation or a proper name.

    'Trung tâm Phục vụ…' and 'Cục Cảnh sát…' are names: a capital follows within two words.
    """
    words = text.split(" ", 3)[:3]
    is_name = any(word[:1].isupper() for word in words[1:]) or (words and words[0][1:] != words[0][1:].lower())
    return text if is_name else text[:1].lower() + text[1:]
