"""Who has waited long for an answer is told that it will come: once, and only after long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from bot.channels import words
from bot.channels.inbox import outbox
from bot.channels.inbox.channel import Channel, Kind
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.messages import TOLD
from bot.channels.inbox.tables import channel_contacts, inbox_messages

BATCH = 100

_message = inbox_messages.c
_contact = channel_contacts.c


def tell_waiting(inbox: Inbox, channels: Mapping[str, Channel], after: float) -> int:
    """Tell people whose oldest message waits for longer than ``after`` seconds; returns how many.

    Not those with whom the staff are talking.

    Args:
        inbox: the database.
        channels: the channels served, by name.
        after: seconds.
    """
    now = utcnow()
    oldest = (
        sa.select(sa.func.min(_message.id).label("id"))
        .where(_message.status.in_(("new", "working")), _message.channel.in_(list(channels)))
        .group_by(_message.sender)
        .subquery()
    )
    silent = sa.and_(_contact.silent_until.isnot(None), _contact.silent_until > now)
    query = (
        sa.select(_message.id, _message.channel, _message.sender, _message.address)
        .join(oldest, oldest.c.id == _message.id)
        .join(channel_contacts, _contact.sender == _message.sender)
        .where(
            _message.received_at < now - dt.timedelta(seconds=after),
            _message.kind.in_((Kind.TEXT.value, Kind.TAP.value, Kind.PAYLOAD.value)),
            sa.or_(_message.error.is_(None), _message.error != TOLD),
            _contact.reachable,
            ~silent,
        )
        .order_by(_message.id)
        .limit(BATCH)
    )
    with inbox.begin() as connection:
        waiting = connection.execute(query).all()
        told = 0
        for row in waiting:
            same = sa.and_(_message.id == row.id, _message.status.in_(("new", "working")))
            still = sa.or_(_message.error.is_(None), _message.error != TOLD)
            if connection.execute(sa.update(inbox_messages).where(same, still).values(error=TOLD)).rowcount:
                bodies = channels[row.channel].render(words.say("wait"))
                outbox.add(connection, row.channel, row.sender, row.address, bodies)
                told += 1
    return told
