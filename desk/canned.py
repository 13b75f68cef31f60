"""Canned answers: texts that the staff send often, kept by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from desk.conversations import LONGEST_REPLY
from desk.database import Desk
from desk.errors import EmptyText, LongText, TitleTaken
from desk.tables import canned_answers
from storage.transactions import utcnow

LONGEST_TITLE = 120
_row = canned_answers.c


@dataclass(frozen=True)
class Canned:
    """A text that is sent often, under a title."""

    id: int
    title: str
    text: str


def all_of(desk: Desk) -> tuple[Canned, ...]:
    """All of them, by title."""
    with desk.begin() as connection:
        rows = connection.execute(sa.select(_row.id, _row.title, _row.text).order_by(_row.title)).all()
    return tuple(Canned(row.id, row.title, row.text) for row in rows)


def save(desk: Desk, title: str, text: str, staff: str, canned_id: Optional[int] = None) -> None:
    """Write a new one, or another text or title for one that is there.

    Raises:
        EmptyText: title or text is missing.
        LongText: one of them is too long.
        TitleTaken: another one has the title.
    """
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not title or not text:
        raise EmptyText
    for value, longest in ((title, LONGEST_TITLE), (text, LONGEST_REPLY)):
        if len(value) > longest:
            raise LongText(longest)
    values = {"title": title, "text": text, "changed_by": staff, "changed_at": utcnow()}
    step = (
        sa.insert(canned_answers).values(**values)
        if canned_id is None
        else sa.update(canned_answers).where(_row.id == canned_id).values(**values)
    )
    try:
        with desk.begin() as connection:
            connection.execute(step)
    except IntegrityError:
        raise TitleTaken from None


def drop(desk: Desk, canned_id: int) -> None:
    """Delete one; deleting what isn't there is no error."""
    with desk.begin() as connection:
        connection.execute(sa.delete(canned_answers).where(_row.id == canned_id))
