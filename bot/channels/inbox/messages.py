"""What came in: kept once, taken up one at a time per person, done, failed or set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox import contacts, outbox
from bot.channels.inbox.channel import Incoming, Kind
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import channel_contacts, inbox_messages
from desk.citizen import Open, open_of

UNFINISHED = ("new", "working")
MAX_PENDING = 200
"""Unanswered messages of one person; the next one is answered with 'slow_down', further ones with nothing."""

INTRODUCTION = "introduction"
"""Name of the ready words with which a conversation begins."""
NEW_AFTER_DAYS = 30
"""Days of silence after which a conversation begins anew: its texts are gone by then."""

_message = inbox_messages.c
_contact = channel_contacts.c


@dataclass(frozen=True)
class Claimed:
    """A message in hand.

    Attributes:
        id: of the row.
        incoming: the message.
        claims: how often it was taken up, this time included.
        failures: how often its turn failed.
        silent: a person of the staff is talking; no turn.
        offered: payloads of the last numbered menu.
        conversation: the person's open conversation with the staff, who wait or talk; None mostly.
    """

    id: int
    incoming: Incoming
    claims: int
    failures: int
    silent: bool
    offered: tuple[str, ...]
    conversation: Optional[Open] = None


def accept(
    inbox: Inbox, incoming: Sequence[Incoming], max_pending: int = MAX_PENDING, introduce: bool = False
) -> list[bool]:
    """Keep messages in the order given; committed when this returns.

    Args:
        inbox: the database.
        incoming: what arrived.
        max_pending: see MAX_PENDING.
        introduce: whoever begins to talk is told first who runs the assistant and what is kept.

    Returns:
        For each, whether it is new; False for a repeat.
    """
    now = utcnow()
    with inbox.begin() as connection:
        senders = {message.sender for message in incoming}
        pending = _pending(connection, senders)
        strangers = senders - _lately_seen(connection, senders, now) if introduce else set()
        fresh: list[bool] = []
        for message in incoming:
            waiting = pending.get(message.sender, 0)
            first = message.sender in strangers and message.interaction and message.kind is not Kind.EVENT
            told = replace(message, remark=" ".join(filter(None, (INTRODUCTION, message.remark)))) if first else message
            new = _insert(connection, _row(told, waiting, max_pending, now))
            fresh.append(new)
            if first and new:
                strangers.discard(message.sender)
            if new:
                pending[message.sender] = waiting + 1
        # In one order everywhere, so that two processes never wait for each other.
        for sender, message in sorted({m.sender: m for m, new in zip(incoming, fresh, strict=True) if new}.items()):
            contacts.touch(
                connection, message.channel, sender, message.address, seen=now if message.interaction else None
            )
    return fresh


def turn_away(inbox: Inbox, incoming: Incoming, answer: Answer) -> bool:
    """Keep an answer to a message that isn't taken; of the message only the key by which a repeat is recognised.

    Returns:
        False for a repeat; then nothing is written.
    """
    now = utcnow()
    row = {**_row(incoming, 0, 1, now), "status": "dropped", "content": None, "handled_at": now}
    with inbox.begin() as connection:
        if not _insert(connection, row):
            return False
        contacts.touch(connection, incoming.channel, incoming.sender, incoming.address, seen=now)
        outbox.add(connection, incoming.channel, incoming.sender, incoming.address, answer.bodies)
        outbox.keep_buttons(connection, incoming.sender, answer.buttons)
    return True


def _lately_seen(connection: Connection, senders: set[str], now: dt.datetime) -> set[str]:
    """Those whose conversation goes on."""
    seen = sa.select(_contact.sender).where(
        _contact.sender.in_(senders), _contact.last_seen > now - dt.timedelta(days=NEW_AFTER_DAYS)
    )
    return set(connection.execute(seen).scalars())


def _pending(connection: Connection, senders: set[str]) -> dict[str, int]:
    rows = connection.execute(
        sa.select(_message.sender, sa.func.count())
        .where(_message.sender.in_(senders), _message.status.in_(UNFINISHED))
        .group_by(_message.sender)
    )
    return {row[0]: row[1] for row in rows}


def _row(message: Incoming, waiting: int, max_pending: int, now: dt.datetime) -> dict[str, Any]:
    kind, status = message.kind.value, "new"
    content: Optional[dict[str, Any]] = {
        "text": message.text,
        **({"remark": message.remark} if message.remark else {}),
        **({"details": dict(message.details)} if message.details else {}),
    }
    # Events are never too many: they tell of consent withdrawn or a person taking over.
    if waiting >= max_pending and message.kind is not Kind.EVENT:
        kind, content = Kind.SAY.value, {"text": "slow_down"}
        if waiting > max_pending:
            status, content = "dropped", None
    return {
        "channel": message.channel,
        "key": message.key,
        "sender": message.sender,
        "address": message.address,
        "kind": kind,
        "content": content,
        "status": status,
        "received_at": now,
        "claims": 0,
        "failures": 0,
    }


def _insert(connection: Connection, row: dict[str, Any]) -> bool:
    """Insert unless the channel's key is there already."""
    name = connection.dialect.name
    if name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return bool(connection.execute(pg_insert(inbox_messages).values(row).on_conflict_do_nothing()).rowcount)
    if name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return bool(connection.execute(sqlite_insert(inbox_messages).values(row).on_conflict_do_nothing()).rowcount)
    # Elsewhere a clash with another process is an error of the whole batch, which the platform then sends again.
    seen = sa.select(_message.id).where(_message.channel == row["channel"], _message.key == row["key"])
    if connection.execute(seen).first():
        return False
    connection.execute(sa.insert(inbox_messages).values(row))
    return True


def _free(now: dt.datetime) -> Any:
    return sa.or_(_contact.turn_until.is_(None), _contact.turn_until < now)


def claim(inbox: Inbox, owner: str, channels: Sequence[str], limit: int, lease: float) -> list[Claimed]:
    """Take the oldest unfinished message of people for whom nobody works at the moment.

    Args:
        inbox: the database.
        owner: this worker.
        channels: names of the channels that it serves.
        limit: how many at most.
        lease: seconds until others may take over.
    """
    now = utcnow()
    with inbox.begin() as connection:
        waiting = (
            sa.select(_message.sender)
            .join(channel_contacts, _contact.sender == _message.sender)
            .where(_message.status.in_(UNFINISHED), _message.channel.in_(channels), _free(now))
            .group_by(_message.sender)
            .order_by(sa.func.min(_message.id))
            # Others may be locking the first ones at this moment.
            .limit(limit * 4 if inbox.many else limit)
        )
        senders = list(connection.execute(waiting).scalars())
        if not senders:
            return []
        # The row locked is the person's, and what is theirs is read after the lock:
        # a message that another worker finished meanwhile isn't seen as unfinished.
        people = sa.select(_contact.sender, _contact.silent_until, _contact.offered).where(
            _contact.sender.in_(senders), _free(now)
        )
        locked = connection.execute(people.limit(limit).with_for_update(skip_locked=True)).all()
        known = {row.sender: row for row in locked}
        oldest = (
            sa.select(sa.func.min(_message.id))
            .where(_message.sender.in_(list(known)), _message.status.in_(UNFINISHED))
            .group_by(_message.sender)
        )
        rows = connection.execute(sa.select(inbox_messages).where(_message.id.in_(oldest)).order_by(_message.id)).all()
        if rows:
            ids = [row.id for row in rows]
            connection.execute(
                sa.update(inbox_messages)
                .where(_message.id.in_(ids))
                .values(status="working", claims=_message.claims + 1)
            )
            connection.execute(
                sa.update(channel_contacts)
                .where(_contact.sender.in_([row.sender for row in rows]))
                .values(turn_owner=owner, turn_until=now + dt.timedelta(seconds=lease))
            )
        talking = open_of(connection, [row.sender for row in rows])
    return [_claimed(row, known[row.sender], now, talking.get(row.sender)) for row in rows]


def _claimed(row: Any, contact: Any, now: dt.datetime, conversation: Optional[Open]) -> Claimed:
    content = row.content or {}
    incoming = Incoming(
        row.channel,
        row.key,
        row.sender,
        row.address,
        Kind(row.kind),
        content.get("text", ""),
        content.get("remark"),
        content.get("details", {}),
    )
    silent = contact.silent_until is not None and contact.silent_until > now
    offered = tuple(contact.offered or ())
    return Claimed(row.id, incoming, row.claims + 1, row.failures, silent, offered, conversation)


def renew(inbox: Inbox, owner: str, senders: Sequence[str], lease: float) -> None:
    """Keep people's leases, for their turns and for what is being sent to them."""
    until = utcnow() + dt.timedelta(seconds=lease)
    with inbox.begin() as connection:
        for sender in sorted(set(senders)):
            for who, till in ((_contact.turn_owner, "turn_until"), (_contact.send_owner, "send_until")):
                connection.execute(
                    sa.update(channel_contacts).where(_contact.sender == sender, who == owner).values({till: until})
                )


@dataclass(frozen=True)
class Answer:
    """What a turn ends with.

    Attributes:
        bodies: to send, in order.
        buttons: token, payload and title of every button in them.
        offered: payloads of the numbered menu; None leaves the last one.
        also: what else is written in the same transaction; what it raises takes all of it back.
    """

    bodies: Sequence[dict[str, Any]] = ()
    buttons: Sequence[tuple[str, str, str]] = ()
    offered: Optional[Sequence[str]] = None
    also: Optional[Callable[[Connection], None]] = None


def finish(inbox: Inbox, owner: str, claimed: Claimed, answer: Answer) -> bool:
    """Mark a message done and keep its answer for sending, both or neither.

    Returns:
        False where the lease was lost meanwhile; then nothing is written and the other worker's answer counts.
    """
    return _close(inbox, owner, claimed, {"status": "done", "content": None, "error": None}, answer)


def set_aside(inbox: Inbox, owner: str, claimed: Claimed, error: str, answer: Answer) -> bool:
    """Mark a message as poison, with the apology to send. Its text stays for ``motcua inbox retry``."""
    values = {"status": "poison", "error": error[:80], "failures": claimed.failures + 1}
    return _close(inbox, owner, claimed, values, answer)


def _close(inbox: Inbox, owner: str, claimed: Claimed, values: dict[str, Any], answer: Answer) -> bool:
    now = utcnow()
    incoming = claimed.incoming
    with inbox.begin() as connection:
        offered = {} if answer.offered is None else {"offered": list(answer.offered)}
        if not _give_back(connection, owner, incoming.sender, None, **offered):
            return False
        connection.execute(sa.update(inbox_messages).where(_message.id == claimed.id).values(handled_at=now, **values))
        outbox.add(connection, incoming.channel, incoming.sender, incoming.address, answer.bodies, claimed.id)
        outbox.keep_buttons(connection, incoming.sender, answer.buttons)
        if answer.also:
            answer.also(connection)
    return True


def fail(inbox: Inbox, owner: str, claimed: Claimed, error: str, rest: float) -> bool:
    """Count a failed turn; the person's messages wait ``rest`` seconds, then this one is tried again."""
    return _again(inbox, owner, claimed, rest, failures=claimed.failures + 1, error=error[:80])


def put_back(inbox: Inbox, owner: str, claimed: Claimed, rest: float, counts: bool = False) -> bool:
    """Give a message back that isn't known to be to blame: the assistant isn't up.

    Args:
        inbox: the database.
        owner: this worker.
        claimed: the message.
        rest: seconds until it is tried again.
        counts: that it was taken up counts all the same: its turn had begun, and may be what ended the assistant.
    """
    return _again(inbox, owner, claimed, rest, **({} if counts else {"claims": claimed.claims - 1}))


def _again(inbox: Inbox, owner: str, claimed: Claimed, rest: float, **values: Any) -> bool:
    until = utcnow() + dt.timedelta(seconds=rest) if rest > 0 else None
    with inbox.begin() as connection:
        if not _give_back(connection, owner, claimed.incoming.sender, until):
            return False
        connection.execute(sa.update(inbox_messages).where(_message.id == claimed.id).values(status="new", **values))
    return True


def _give_back(connection: Connection, owner: str, sender: str, until: Optional[dt.datetime], **values: Any) -> bool:
    """End the lease of a person's turn if it still is ours."""
    done = connection.execute(
        sa.update(channel_contacts)
        .where(_contact.sender == sender, _contact.turn_owner == owner)
        .values(turn_owner=None, turn_until=until, **values)
    )
    return bool(done.rowcount)
