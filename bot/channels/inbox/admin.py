"""What an administrator sees and does: lists without texts, one more try, out of the way."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa

from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import channel_contacts, inbox_messages, outbox_messages
from storage.errors import MotCuaError

TROUBLED_IN = ("poison",)
TROUBLED_OUT = ("unsure", "refused")

_message = inbox_messages.c
_row = outbox_messages.c


class NoSuchId(MotCuaError):
    """What was typed isn't the name of a row: 'in12', 'out34'."""


@dataclass(frozen=True)
class Entry:
    """A row as it may be shown: no text, and of the person only a fingerprint.

    Attributes:
        id: of the row, with 'in' or 'out' before it: 'in12'.
        channel: the channel's name.
        person: the same for the same person, telling nothing about who it is.
        status: of the row.
        at: when it came, UTC.
        tries: how often it failed or was tried.
        error: short code.
    """

    id: str
    channel: str
    person: str
    status: str
    at: dt.datetime
    tries: int
    error: Optional[str]


def fingerprint(sender: str) -> str:
    """Eight characters that tell persons apart in a list."""
    return hashlib.blake2b(sender.encode(), digest_size=4).hexdigest()


def counts(inbox: Inbox) -> dict[str, dict[str, int]]:
    """How many rows there are of each status: {'in': {…}, 'out': {…}}."""
    found: dict[str, dict[str, int]] = {}
    with inbox.begin() as connection:
        for name, table in (("in", inbox_messages), ("out", outbox_messages)):
            rows = connection.execute(sa.select(table.c.status, sa.func.count()).group_by(table.c.status))
            found[name] = {row[0]: row[1] for row in sorted(rows)}
    return found


def oldest_waiting(inbox: Inbox) -> Optional[dt.timedelta]:
    """How long the oldest unanswered message has waited; None where none waits."""
    query = sa.select(sa.func.min(_message.received_at)).where(_message.status.in_(("new", "working")))
    with inbox.begin() as connection:
        oldest = connection.execute(query).scalar_one_or_none()
    return utcnow() - oldest if oldest else None


def troubled(inbox: Inbox, limit: int = 50, everything: bool = False) -> list[Entry]:
    """What was set aside, newest first.

    Args:
        inbox: the database.
        limit: rows of each direction.
        everything: also what still waits or is under way.
    """
    into = (*TROUBLED_IN, "new", "working") if everything else TROUBLED_IN
    out = (*TROUBLED_OUT, "waiting", "sending") if everything else TROUBLED_OUT
    with inbox.begin() as connection:
        came = connection.execute(
            sa.select(inbox_messages).where(_message.status.in_(into)).order_by(_message.id.desc()).limit(limit)
        ).all()
        went = connection.execute(
            sa.select(outbox_messages).where(_row.status.in_(out)).order_by(_row.id.desc()).limit(limit)
        ).all()
    entries = [_entry("in", row, row.received_at, row.failures) for row in came]
    entries += [_entry("out", row, row.created_at, row.tries) for row in went]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _entry(direction: str, row: Any, at: dt.datetime, tries: int) -> Entry:
    return Entry(f"{direction}{row.id}", row.channel, fingerprint(row.sender), row.status, at, tries, row.error)


def retry(inbox: Inbox, ids: Sequence[str]) -> int:
    """Give messages another chance, as if they were new; returns how many.

    An answer that may have arrived ('unsure') is sent again: the administrator takes the risk of a double.

    Raises:
        NoSuchId: an id can't be read.
    """
    came, went = _split(ids)
    with inbox.begin() as connection:
        again = connection.execute(
            sa.update(inbox_messages)
            .where(_message.id.in_(came), _message.status.in_(TROUBLED_IN), _message.content.isnot(None))
            .values(status="new", claims=0, failures=0, error=None, handled_at=None)
        ).rowcount
        senders = sa.select(_row.sender).where(_row.id.in_(went), _row.status.in_(TROUBLED_OUT))
        connection.execute(
            sa.update(channel_contacts)
            .where(channel_contacts.c.sender.in_(senders), channel_contacts.c.send_owner.is_(None))
            .values(send_until=None)
        )
        return again + int(
            connection.execute(
                sa.update(outbox_messages)
                .where(_row.id.in_(went), _row.status.in_(TROUBLED_OUT), _row.body.isnot(None))
                .values(status="waiting", tries=0, error=None)
            ).rowcount
        )


def drop(inbox: Inbox, ids: Sequence[str]) -> int:
    """Put messages out of the way for good, with their texts; returns how many.

    What is being worked on at this moment stays.

    Raises:
        NoSuchId: an id can't be read.
    """
    came, went = _split(ids)
    with inbox.begin() as connection:
        dropped = connection.execute(
            sa.update(inbox_messages)
            .where(_message.id.in_(came), _message.status.in_((*TROUBLED_IN, "new")))
            .values(status="dropped", content=None, handled_at=utcnow())
        ).rowcount
        return dropped + int(
            connection.execute(
                sa.update(outbox_messages)
                .where(_row.id.in_(went), _row.status.in_((*TROUBLED_OUT, "waiting")))
                .values(status="dropped", body=None)
            ).rowcount
        )


def _split(ids: Sequence[str]) -> tuple[list[int], list[int]]:
    came: list[int] = []
    went: list[int] = []
    for name in ids:
        direction, number = ("in", name[2:]) if name.startswith("in") else ("out", name[3:])
        if not name.startswith(("in", "out")) or not number.isdigit():
            raise NoSuchId(f"'{name}' không phải mã tin (dạng in12 hoặc out34).")
        (came if direction == "in" else went).append(int(number))
    return came, went
