"""The assistant's words, from ``phrases.yml``, and how facts are written."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from answers.reply import Button, Paragraph, Reply

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
