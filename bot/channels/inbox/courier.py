"""Takes what the desk wants said to the outbox: once, within each channel's windows, notices after everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox import outbox
from bot.channels.inbox.channel import Channel
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import channel_contacts, outbox_messages
from bot.channels.inbox.turn import make_answer
from desk.outgoing import Kind, settle
from desk.passing import ENDS
from desk.tables import outgoing
from rendering.tree import read_tree

BATCH = 100
"""Messages of one round."""
NOTICES = 40
"""Notices that may lie in the outbox at a time: an answer never waits behind thousands of them."""

_row = outgoing.c
_contact = channel_contacts.c
_ENDED = ("sent", "unsure", "refused", "dropped")


def carry(inbox: Inbox, channels: Mapping[str, Channel], secret: str) -> int:
    """One round; returns how many messages are on their way now.

    A message leaves the desk and enters the outbox in one transaction, and its row is locked meanwhile: several
    processes may carry at once, and a crash leaves it in one of the two places.

    Args:
        inbox: the database.
        channels: the channels served, by name.
        secret: of the buttons' tokens.
    """
    with inbox.begin() as connection:
        rows = _due(connection, list(channels))
        return sum(_carry(connection, row, channels[row.channel], secret) for row in rows)


def _due(connection: Connection, channels: list[str]) -> list[Any]:
    """What may go out: replies and words first; of people who came back also what was held for them."""
    back = sa.and_(_row.state == "held", _contact.last_seen > _row.changed_at)
    due = sa.or_(_row.state == "waiting", back)
    query = (
        sa.select(outgoing, _contact.address, _contact.reachable, _contact.last_seen)
        .select_from(outgoing.outerjoin(channel_contacts, _contact.sender == _row.sender))
        .where(_row.channel.in_(channels), due)
        .order_by(_row.id)
        .with_for_update(of=outgoing)
    )
    notice = _row.kind == Kind.NOTICE.value
    rows = list(connection.execute(query.where(sa.not_(notice)).limit(BATCH)).all())
    pending = sa.select(sa.func.count()).where(outbox_messages.c.status.in_(outbox.UNSENT))
    room = NOTICES - int(connection.execute(pending).scalar() or 0) - len(rows)
    return rows + (list(connection.execute(query.where(notice).limit(room)).all()) if room > 0 else [])


def _carry(connection: Connection, row: Any, channel: Channel, secret: str) -> int:
    if row.address is None:  # the person's data were deleted
        settle(connection, [row.id], "dropped")
        return 0
    if not row.reachable or not channel.open_for(row.last_seen):
        settle(connection, [row.id], "held")
        return 0
    tree = dict(row.tree or {})
    if channel.numbered:
        # Who answers '2' to a question of the staff must not end the conversation by it.
        tree["buttons"] = [button for button in tree.get("buttons", ()) if button.get("payload") not in ENDS]
    answer = make_answer(channel, row.sender, [read_tree(tree)], secret)
    numbers = outbox.add(connection, row.channel, row.sender, row.address, answer.bodies)
    outbox.keep_buttons(connection, row.sender, answer.buttons)
    connection.execute(
        sa.update(channel_contacts).where(_contact.sender == row.sender).values(offered=list(answer.offered or ()))
    )
    connection.execute(
        sa.update(outgoing)
        .where(_row.id == row.id)
        .values(state="handed", changed_at=utcnow(), tree=None, outbox_id=numbers[-1] if numbers else None)
    )
    return 1


def follow_up(inbox: Inbox) -> int:
    """Note at the desk how messages ended that were carried to the outbox; returns how many."""
    query = (
        sa.select(_row.id, outbox_messages.c.status)
        .join(outbox_messages, outbox_messages.c.id == _row.outbox_id)
        .where(_row.state == "handed", outbox_messages.c.status.in_(_ENDED))
        .limit(BATCH)
    )
    with inbox.begin() as connection:
        ended = connection.execute(query).all()
        for status in _ENDED:
            settle(connection, [row.id for row in ended if row.status == status], status)
    return len(ended)
