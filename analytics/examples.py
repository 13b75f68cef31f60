"""Example messages that staff collect for the next training: a text and what it wants.

They are the staff's own, looked at before they were kept: no personal number, and nothing of who wrote them. So they
outlive the questions that they were made of.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from privacy.mask import mask, without_tokens
from storage.errors import MotCuaError
from storage.transactions import utcnow
from vietnamese.normalise import normalise
from vietnamese.understand import folded_words

SHORTEST, LONGEST = 2, 300
"""Characters of an example."""
OUTSIDE = "out_of_scope"


class ExampleRefused(MotCuaError):
    """A text can't be an example; the message says why."""


@dataclass(frozen=True)
class Example:
    """An example that was collected."""

    id: int
    text: str
    intent: str
    at: dt.datetime
    by: str


def clean(text: str) -> str:
    """A text as an example of it is kept: normalised, without the words that stand for masked numbers.

    Raises:
        ExampleRefused: too short, too long, or it holds somebody's number.
    """
    said = normalise(without_tokens(text) or "")
    if not SHORTEST <= len(said) <= LONGEST or not folded_words(said):
        raise ExampleRefused(f"Câu mẫu cần từ {SHORTEST} đến {LONGEST} chữ cái.")
    if mask(said).kinds:
        raise ExampleRefused("Câu mẫu không được chứa số điện thoại, số căn cước hay dãy số của ai. Bạn sửa lại nhé.")
    # What Rasa reads as marks of entities.
    return said.translate(str.maketrans("[]{}()\n", "       ")).strip()


def collect(connection: Connection, text: str, intent: str, by: str) -> bool:
    """Keep an example; one that was there gets the new intent. Returns whether anything changed.

    Args:
        connection: in a transaction.
        text: as ``clean`` takes it.
        intent: what it wants, by its name in the domain.
        by: the account's name.

    Raises:
        ExampleRefused: the text can't be one.
    """
    said = clean(text)
    key = hashlib.sha256(" ".join(folded_words(said)).encode()).hexdigest()[:32]
    e = t.examples.c
    there = connection.execute(sa.select(e.id, e.intent).where(e.key == key)).first()
    values = {"text": said, "intent": intent, "at": utcnow(), "by": by}
    if there is None:
        connection.execute(sa.insert(t.examples).values(key=key, **values))
    elif there.intent != intent:
        connection.execute(sa.update(t.examples).where(e.id == there.id).values(**values))
    else:
        return False
    return True


def drop(connection: Connection, number: int) -> bool:
    """Take an example away; returns whether it was there."""
    return bool(connection.execute(sa.delete(t.examples).where(t.examples.c.id == number)).rowcount)


def collected(engine: Engine) -> list[Example]:
    """All of them, the newest first."""
    e = t.examples.c
    with engine.connect() as connection:
        rows = connection.execute(sa.select(e.id, e.text, e.intent, e.at, e.by).order_by(e.at.desc(), e.id.desc()))
        return [Example(*row) for row in rows]


def as_nlu_data(examples: Sequence[tuple[str, str]]) -> str:
    """Pairs of text and intent as a file of Rasa's NLU data, the same for the same examples; '' for none."""
    if not examples:
        return ""
    by_intent: dict[str, list[str]] = {}
    for text, intent in sorted(examples):
        by_intent.setdefault(intent, []).append(text)
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in sorted(by_intent.items())
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False)


def from_nlu_data(text: str) -> list[tuple[str, str]]:
    """Pairs of text and intent out of what ``as_nlu_data`` wrote."""
    return [
        (line[2:].strip(), block["intent"])
        for block in (yaml.safe_load(text) or {}).get("nlu", [])
        for line in block["examples"].splitlines()
        if line.startswith("- ")
    ]
