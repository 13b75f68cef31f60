"""People as channels know them: reachable or not, silent while staff talk, what was offered last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import button_tokens, channel_contacts, inbox_messages, outbox_messages
from desk.upkeep import forget as forget_at_desk

Forgetter = Callable[[str], None]
"""Deletes what another part keeps of a sender."""
_forgetters: list[Forgetter] = []


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


def touch(connection: Connection, channel: str, sender: str, address: str, *, seen: Optional[dt.datetime]) -> None:
    """Make or refresh a person's row.

    Args:
        connection: an open transaction.
        channel: the channel's name.
        sender: with its prefix.
        address: where answers go.
        seen: when they wrote, UTC; None leaves the time of an existing row.
    """
    values = {"address": address, "reachable": True, "last_seen": seen} if seen else {"address": address}
    done = connection.execute(
        sa.update(channel_contacts).where(channel_contacts.c.sender == sender).values(**values)
    ).rowcount
    if done:
        return
    row = {"sender": sender, "channel": channel, "address": address, "last_seen": seen or utcnow(), "reachable": True}
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        connection.execute(insert(channel_contacts).values(row).on_conflict_do_nothing())
    else:
        connection.execute(sa.insert(channel_contacts).values(row))


def on_forget(forgetter: Forgetter) -> None:
    """Have something called whenever a person's data are deleted."""
    if forgetter not in _forgetters:
        _forgetters.append(forgetter)


def forget(inbox: Inbox, sender: str) -> None:
    """Delete everything kept of a person: here, and in every part that asked with ``on_forget``."""
    for forgetter in tuple(_forgetters):
        forgetter(sender)
    with inbox.begin() as connection:
        for table in (outbox_messages, button_tokens, inbox_messages, channel_contacts):
            connection.execute(sa.delete(table).where(table.c.sender == sender))
        forget_at_desk(connection, sender)
