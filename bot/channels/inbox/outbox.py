"""What goes out: kept with the message it answers, sent in order per person, at most once unless known unsent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox.channel import Outgoing
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import button_tokens, channel_contacts, outbox_messages

UNSENT = ("waiting", "sending")
LONGEST_LEASE = 3_700.0
"""Seconds; no lease is that long, and a platform that asks for a longer rest is asked again after it."""
BUTTON_DAYS = 30
"""Days that a button stays usable."""

_row = outbox_messages.c
_contact = channel_contacts.c


def add(
    connection: Connection,
    channel: str,
    sender: str,
    address: str,
    bodies: Sequence[dict[str, Any]],
    message_id: Optional[int] = None,
) -> list[int]:
    """Keep bodies for sending, within the caller's transaction; returns their rows' numbers.

    The person must have a contact row.
    """
    now = utcnow()
    numbers: list[int] = []
    for body in bodies:
        done = connection.execute(
            sa.insert(outbox_messages).values(
                message_id=message_id,
                channel=channel,
                sender=sender,
                address=address,
                body=body,
                status="waiting",
                created_at=now,
                tries=0,
            )
        )
        numbers.append(int(done.inserted_primary_key[0]))
    return numbers


def keep_buttons(connection: Connection, sender: str, buttons: Sequence[tuple[str, str, str]]) -> None:
    """Keep what buttons stand for: token, payload and title of each. A repeated token lives on longer."""
    expires = utcnow() + dt.timedelta(days=BUTTON_DAYS)
    for token, payload, title in {button[0]: button for button in buttons}.values():
        renewed = connection.execute(
            sa.update(button_tokens).where(button_tokens.c.token == token).values(title=title[:200], expires_at=expires)
        )
        if not renewed.rowcount:
            row = {"token": token, "sender": sender, "payload": payload, "title": title[:200], "expires_at": expires}
            connection.execute(sa.insert(button_tokens).values(row))


def button_of(inbox: Inbox, sender: str, token: str) -> Optional[tuple[str, str]]:
    """Payload and title of a tapped button; None for one that is unknown, someone else's, or too old."""
    table = button_tokens.c
    query = sa.select(table.payload, table.title).where(
        table.token == token, table.sender == sender, table.expires_at > utcnow()
    )
    with inbox.begin(lasting=False) as connection:
        row = connection.execute(query).one_or_none()
    return (row.payload, row.title) if row else None


@dataclass(frozen=True)
class Taken:
    """A message to send.

    Attributes:
        channel: the channel's name.
        outgoing: what to send.
        interrupted: a sender died while sending it, so it may have arrived.
    """

    channel: str
    outgoing: Outgoing
    interrupted: bool


def claim(inbox: Inbox, owner: str, channels: Sequence[str], limit: int, lease: float) -> list[Taken]:
    """Take the oldest unsent message of people to whom nobody is sending at the moment.

    Args:
        inbox: the database.
        owner: this sender.
        channels: names of the channels that it serves.
        limit: how many people at most.
        lease: seconds until others may take over.
    """
    now = utcnow()
    # A lease beyond all measure is of before the clock was set back.
    far = now + dt.timedelta(seconds=LONGEST_LEASE)
    free = sa.or_(_contact.send_until.is_(None), _contact.send_until < now, _contact.send_until > far)
    with inbox.begin(lasting=False) as connection:
        waiting = (
            sa.select(_row.sender)
            .join(channel_contacts, _contact.sender == _row.sender)
            .where(_row.status.in_(UNSENT), _row.channel.in_(channels), free)
            .group_by(_row.sender)
            .order_by(sa.func.min(_row.id))
            .limit(limit * 4 if inbox.many else limit)
        )
        senders = list(connection.execute(waiting).scalars())
        if not senders:
            return []
        locked = connection.execute(
            sa.select(_contact.sender)
            .where(_contact.sender.in_(senders), free)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
        taken = [_next(connection, sender) for sender in locked]
        found = [entry for entry in taken if entry]
        if found:
            connection.execute(
                sa.update(channel_contacts)
                .where(_contact.sender.in_([entry.outgoing.sender for entry in found]))
                .values(send_owner=owner, send_until=now + dt.timedelta(seconds=lease))
            )
    return sorted(found, key=lambda entry: entry.outgoing.id)


def _next(connection: Connection, sender: str) -> Optional[Taken]:
    """The person's oldest unsent row."""
    row = connection.execute(
        sa.select(outbox_messages).where(_row.sender == sender, _row.status.in_(UNSENT)).order_by(_row.id).limit(1)
    ).first()
    if row is None:
        return None
    outgoing = Outgoing(row.id, row.sender, row.address, row.body or {}, row.tries)
    return Taken(row.channel, outgoing, row.status == "sending")


def start(inbox: Inbox, owner: str, taken: Taken, lease: float) -> bool:
    """Mark a message as being sent, right before the platform is called.

    Returns:
        False where the lease was lost or the message withdrawn meanwhile; then it must not be sent.
    """
    until = utcnow() + dt.timedelta(seconds=lease)
    with inbox.begin() as connection:
        ours = connection.execute(
            sa.update(channel_contacts)
            .where(_contact.sender == taken.outgoing.sender, _contact.send_owner == owner)
            .values(send_until=until)
        ).rowcount
        if not ours:
            return False
        marked = connection.execute(
            sa.update(outbox_messages)
            .where(_row.id == taken.outgoing.id, _row.status.in_(UNSENT))
            .values(status="sending")
        )
        return bool(marked.rowcount)


@dataclass(frozen=True)
class Outcome:
    """How sending ended.

    Attributes:
        status: 'sent', 'waiting' (again), 'unsure', 'refused' or 'dropped'.
        platform_id: the platform's id of the message.
        error: short code.
        rest: seconds to wait before anything more is sent to this person.
        counts: the try counts.
        gone: this person can't be reached; all that waits for them is dropped.
    """

    status: str
    platform_id: Optional[str] = None
    error: Optional[str] = None
    rest: float = 0.0
    counts: bool = True
    gone: bool = False


def settle(
    inbox: Inbox, owner: str, taken: Taken, outcome: Outcome, lease: float, more: bool = True
) -> Optional[Taken]:
    """Record how sending ended, and take the person's next message where nothing speaks against it.

    Args:
        inbox: the database.
        owner: this sender.
        taken: what was sent, or not.
        outcome: how it went.
        lease: seconds for the next one.
        more: take the next one; not where this process is about to stop.

    Returns:
        The next message, or None; then the person's lease is given back.
    """
    now = utcnow()
    sender = taken.outgoing.sender
    values: dict[str, Any] = {
        "status": outcome.status,
        "platform_id": outcome.platform_id and outcome.platform_id[:120],
        "error": outcome.error and outcome.error[:80],
        "tries": _row.tries + (1 if outcome.counts else 0),
    }
    if outcome.status != "waiting":
        # Kept where a person may want to send it again.
        values["body"] = _row.body if outcome.status in ("unsure", "refused") else None
        values["sent_at"] = now if outcome.status == "sent" else None
    with inbox.begin(lasting=False) as connection:
        connection.execute(sa.update(outbox_messages).where(_row.id == taken.outgoing.id).values(**values))
        if outcome.gone:
            connection.execute(
                sa.update(outbox_messages)
                .where(_row.sender == sender, _row.status.in_(UNSENT))
                .values(status="dropped", error=outcome.error, body=None)
            )
            connection.execute(sa.update(channel_contacts).where(_contact.sender == sender).values(reachable=False))
        ours = connection.execute(
            sa.update(channel_contacts)
            .where(_contact.sender == sender, _contact.send_owner == owner)
            .values(send_until=now + dt.timedelta(seconds=lease))
        ).rowcount
        if not ours:
            return None
        following = _next(connection, sender) if more and outcome.rest <= 0 else None
        if following is None:
            until = now + dt.timedelta(seconds=outcome.rest) if outcome.rest > 0 else None
            connection.execute(
                sa.update(channel_contacts).where(_contact.sender == sender).values(send_owner=None, send_until=until)
            )
    return following
