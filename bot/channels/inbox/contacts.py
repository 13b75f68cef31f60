"""People as channels know them: reachable or not, silent while staff talk, what was offered last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox.channel import Incoming
from bot.channels.inbox.database import Inbox, insert_new
from bot.channels.inbox.tables import button_tokens, channel_contacts, inbox_messages, outbox_messages
from desk.upkeep import forget as forget_at_desk

Forgetter = Callable[[str], None]
"""Deletes what another part keeps of a sender."""
_forgetters: list[Forgetter] = []
_UNFINISHED, _UNSENT = ("new", "working"), ("waiting", "sending")


@dataclass(frozen=True)
class Contact:
    """A person's row.

    Attributes:
        sender: with the channel's prefix.
        channel: the channel's name.
        address: where answers go.
        last_seen: of their last message or other interaction, UTC.
        reachable: False once the platform said that they can't be written to.
        silent_until: no turns until then, or None.
    """

    sender: str
    channel: str
    address: str
    last_seen: dt.datetime
    reachable: bool
    silent_until: Optional[dt.datetime]


def find(inbox: Inbox, sender: str) -> Optional[Contact]:
    """The person's row, or None for someone never seen."""
    table = channel_contacts.c
    query = sa.select(
        table.sender, table.channel, table.address, table.last_seen, table.reachable, table.silent_until
    ).where(table.sender == sender)
    with inbox.begin() as connection:
        row = connection.execute(query).one_or_none()
    return Contact(*row) if row else None


def silence(inbox: Inbox, sender: str, until: Optional[dt.datetime]) -> None:
    """Keep the assistant quiet for someone until a time (UTC); None lets it speak again.

    What they write meanwhile is kept as handled without an answer.
    """
    _set(inbox, sender, silent_until=until)


def set_reachable(inbox: Inbox, sender: str, reachable: bool) -> None:
    """Note that someone can or can't be written to."""
    _set(inbox, sender, reachable=reachable)


def _set(inbox: Inbox, sender: str, **values: object) -> None:
    with inbox.begin() as connection:
        connection.execute(sa.update(channel_contacts).where(channel_contacts.c.sender == sender).values(**values))


def touch_all(connection: Connection, latest: Mapping[str, Incoming], now: dt.datetime) -> None:
    """Make or refresh people's rows.

    Who writes again can be reached and wants an answer: the wish to be forgotten held for what was there. What isn't
    the person's own doing changes only where answers go.

    Args:
        connection: an open transaction.
        latest: their last message, by sender.
        now: UTC.
    """
    for own, columns in ((True, ("address", "last_seen", "reachable", "forget")), (False, ("address",))):
        rows = [
            {
                "sender": sender, "channel": message.channel, "address": message.address, "last_seen": now,
                "reachable": True, "forget": False,
            }
            # In one order everywhere, so that two processes never wait for each other.
            for sender, message in sorted(latest.items())
            if message.interaction is own
        ]  # fmt: skip
        if connection.dialect.name in ("postgresql", "sqlite"):
            insert_new(connection, channel_contacts, rows, replacing=columns, key="sender")
            continue
        for row in rows:
            changed = {column: row[column] for column in columns}
            same = channel_contacts.c.sender == row["sender"]
            if not connection.execute(sa.update(channel_contacts).where(same).values(changed)).rowcount:
                connection.execute(sa.insert(channel_contacts).values(row))


def on_forget(forgetter: Forgetter) -> None:
    """Have something called whenever a person's data are deleted."""
    if forgetter not in _forgetters:
        _forgetters.append(forgetter)


def forget(inbox: Inbox, sender: str) -> int:
    """Delete everything kept of a person: here, and in every part that asked with ``on_forget``.

    Returns how many rows of the inbox there were.
    """
    for forgetter in tuple(_forgetters):
        forgetter(sender)
    return erase(inbox, sender)


def erase(inbox: Inbox, sender: str) -> int:
    """Delete what the inbox and the desk keep of a person; returns how many rows of the inbox."""
    with inbox.begin() as connection:
        forget_at_desk(connection, sender)
        return sum(
            connection.execute(sa.delete(table).where(table.c.sender == sender)).rowcount
            for table in (outbox_messages, button_tokens, inbox_messages, channel_contacts)
        )


def forget_soon(inbox: Inbox, sender: str) -> int:
    """Delete what the inbox keeps of a person but the message in hand and the way to answer it.

    Those go with ``finish_forgetting``. Returns how many rows were deleted.
    """
    incoming, outgoing = inbox_messages.c, outbox_messages.c
    steps = (
        sa.delete(button_tokens).where(button_tokens.c.sender == sender),
        sa.delete(inbox_messages).where(incoming.sender == sender, incoming.status.notin_(_UNFINISHED)),
        sa.delete(outbox_messages).where(outgoing.sender == sender, outgoing.status.notin_(_UNSENT)),
    )
    with inbox.begin() as connection:
        forget_at_desk(connection, sender)
        gone = sum(connection.execute(step).rowcount for step in steps)
        connection.execute(
            sa.update(channel_contacts).where(channel_contacts.c.sender == sender).values(forget=True, offered=None)
        )
    return gone


def finish_forgetting(inbox: Inbox) -> int:
    """Delete the last rows of people who asked to be forgotten and have their answer; returns how many."""
    contact, incoming, outgoing = channel_contacts.c, inbox_messages.c, outbox_messages.c
    busy = sa.or_(
        sa.exists().where(sa.and_(incoming.sender == contact.sender, incoming.status.in_(_UNFINISHED))),
        sa.exists().where(sa.and_(outgoing.sender == contact.sender, outgoing.status.in_(_UNSENT))),
    )
    with inbox.begin() as connection:
        ready = list(connection.execute(sa.select(contact.sender).where(contact.forget, ~busy)).scalars())
    return sum(forget(inbox, sender) for sender in ready)
