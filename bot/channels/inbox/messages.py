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
from bot.channels.inbox.database import Inbox, insert_new, utcnow
from bot.channels.inbox.tables import channel_contacts, inbox_messages
from desk.citizen import Open, open_of
from desk.tables import handovers

UNFINISHED = ("new", "working")
LONGEST_LEASE = 600.0
"""Seconds; no lease and no rest is that long."""
MAX_PENDING = 200
"""Unanswered messages of one person; the next one is answered with 'slow_down', further ones with nothing."""

TOLD = "told to wait"
"""Error of a message whose sender was told that the answer will come (patience.py)."""
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
    with inbox.begin(first=True) as connection:
        senders = {message.sender for message in incoming}
        pending = _pending(connection, senders)
        strangers = senders - _lately_seen(connection, senders, now) if introduce else set()
        seen = _known(connection, incoming)
        fresh: list[bool] = []
        rows: list[dict[str, Any]] = []
        for message in incoming:
            fresh.append((message.channel, message.key) not in seen)
            if not fresh[-1]:
                continue
            seen.add((message.channel, message.key))
            waiting = pending.get(message.sender, 0)
            first = message.sender in strangers and message.interaction and message.kind is not Kind.EVENT
            told = replace(message, remark=" ".join(filter(None, (INTRODUCTION, message.remark)))) if first else message
            rows.append(_row(told, waiting, max_pending, now))
            strangers.discard(message.sender if first else "")
            pending[message.sender] = waiting + 1
        # A few statements for a whole burst, however many messages it has.
        insert_new(connection, inbox_messages, rows)
        news = [message for message, new in zip(incoming, fresh, strict=True) if new]
        contacts.touch_all(connection, {message.sender: message for message in news}, now)
    return fresh


def turn_away(inbox: Inbox, incoming: Incoming, answer: Answer) -> bool:
    """Keep an answer to a message that isn't taken; of the message only the key by which a repeat is recognised.

    Returns:
        False for a repeat; then nothing is written.
    """
    now = utcnow()
    row = {**_row(incoming, 0, 1, now), "status": "dropped", "content": None, "handled_at": now}
    with inbox.begin() as connection:
        if _known(connection, [incoming]) or not insert_new(connection, inbox_messages, [row]):
            return False
        contacts.touch_all(connection, {incoming.sender: incoming}, now)
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


def _known(connection: Connection, incoming: Sequence[Incoming]) -> set[tuple[str, str]]:
    """Channel and key of those that are there already."""
    found: set[tuple[str, str]] = set()
    for channel in {message.channel for message in incoming}:
        keys = [message.key for message in incoming if message.channel == channel]
        query = sa.select(_message.key).where(_message.channel == channel, _message.key.in_(keys))
        found |= {(channel, key) for key in connection.execute(query).scalars()}
    return found


def _free(now: dt.datetime) -> Any:
    # A lease beyond all measure is of before the clock was set back.
    far = now + dt.timedelta(seconds=LONGEST_LEASE)
    return sa.or_(_contact.turn_until.is_(None), _contact.turn_until < now, _contact.turn_until > far)


def _needs_no_turn(now: dt.datetime) -> Any:
    """Of people's oldest messages those that are answered without the assistant."""
    other = inbox_messages.alias()
    before = sa.and_(other.c.sender == _message.sender, other.c.status.in_(UNFINISHED), other.c.id < _message.id)
    earlier = sa.exists().where(before)
    talking = sa.exists().where(sa.and_(handovers.c.sender == _message.sender, handovers.c.state == "claimed"))
    ready = _message.kind.in_((Kind.EVENT.value, Kind.SAY.value))
    return sa.and_(sa.or_(ready, talking, _contact.silent_until > now), ~earlier)


def claim(
    inbox: Inbox, owner: str, channels: Sequence[str], limit: int, lease: float, turns: bool = True
) -> list[Claimed]:
    """Take the oldest unfinished message of people for whom nobody works at the moment.

    Args:
        inbox: the database.
        owner: this worker.
        channels: names of the channels that it serves.
        limit: how many at most.
        lease: seconds until others may take over.
        turns: the assistant can be asked; else only what needs no turn: events, ready words, messages to the staff.
    """
    now = utcnow()
    with inbox.begin(lasting=False) as connection:
        waiting = (
            sa.select(_message.sender)
            .join(channel_contacts, _contact.sender == _message.sender)
            .where(_message.status.in_(UNFINISHED), _message.channel.in_(channels), _free(now))
            .where(sa.true() if turns else _needs_no_turn(now))
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
    with inbox.begin(lasting=False) as connection:
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
    with inbox.begin(lasting=False) as connection:
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
    # Who was told to wait isn't told again.
    kept: Any = sa.case((_message.error == TOLD, TOLD), else_=error[:80])
    return _again(inbox, owner, claimed, rest, failures=claimed.failures + 1, error=kept)


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
    with inbox.begin(lasting=False) as connection:
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
