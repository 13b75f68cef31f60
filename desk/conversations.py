"""The staff's side of conversations: the queue, one thread, claim, reply, give back, close."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import outgoing, words
from desk.citizen import State, add_message, close_row
from desk.database import Desk
from desk.errors import EmptyText, LongText, NoSuchConversation, NotClaimed, Over, TakenByAnother
from desk.outgoing import Kind
from desk.tables import handovers, messages
from storage.transactions import utcnow

LONGEST_REPLY = 2_000
"""Characters of one reply."""
_row = handovers.c


@dataclass(frozen=True)
class Conversation:
    """A conversation as a list shows it. Times are UTC.

    Attributes:
        id: its number.
        channel: 'web', 'telegram', 'zalo', 'zalobot'.
        person: the same for the same citizen, telling nothing about who that is.
        state: where it stands.
        asked_at: when a person was asked for.
        left: a question left outside working hours.
        code: procedure that was talked about.
        question: the question before, masked.
        ward: today's ward, where it is known.
        claimed_by: who has it.
        claimed_at: since when.
        citizen_at: when the citizen wrote last.
        staff_at: when the staff wrote last.
        closed_at: when it ended.
        closed_by: 'citizen', 'staff', 'silence' or 'unanswered'.
        words: the citizen's latest words.
    """

    id: int
    channel: str
    person: str
    state: State
    asked_at: dt.datetime
    left: bool
    code: Optional[str]
    question: Optional[str]
    ward: Optional[str]
    claimed_by: Optional[str]
    claimed_at: Optional[dt.datetime]
    citizen_at: dt.datetime
    staff_at: Optional[dt.datetime]
    closed_at: Optional[dt.datetime]
    closed_by: Optional[str]
    words: str = ""

    @property
    def unanswered(self) -> bool:
        """The citizen had the last word."""
        return self.staff_at is None or self.citizen_at > self.staff_at

    def waited(self, now: dt.datetime) -> dt.timedelta:
        """How long it waited, or has been waiting, until somebody took it up."""
        return (self.claimed_at or self.closed_at or now) - self.asked_at


@dataclass(frozen=True)
class Line:
    """A line of a thread.

    Attributes:
        id: its number.
        direction: 'asked', 'citizen', 'staff' or 'note'.
        author: who of the staff wrote it.
        text: masked words.
        at: when, UTC.
        delivery: of a reply: 'waiting', 'held', 'handed', 'sent', 'unsure', 'refused' or 'dropped'.
    """

    id: int
    direction: str
    author: Optional[str]
    text: str
    at: dt.datetime
    delivery: Optional[str]


@dataclass(frozen=True)
class Thread:
    """A conversation with its lines."""

    conversation: Conversation
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Queue:
    """What lies before the staff: who waits, first come first; what is being talked about."""

    waiting: tuple[Conversation, ...]
    claimed: tuple[Conversation, ...]


def queue(desk: Desk, limit: int = 200) -> Queue:
    """Open conversations in the order in which they were asked for."""
    with desk.begin() as connection:
        found = _list(connection, _row.state != State.CLOSED.value, order=_row.asked_at, limit=limit)
    return Queue(
        tuple(one for one in found if one.state is State.WAITING),
        tuple(one for one in found if one.state is State.CLAIMED),
    )


def closed(desk: Desk, limit: int = 50, offset: int = 0) -> tuple[Conversation, ...]:
    """Conversations that ended, the latest first; they are kept for the days of the settings."""
    with desk.begin() as connection:
        order = _row.closed_at.desc()
        return tuple(_list(connection, _row.state == State.CLOSED.value, order=order, limit=limit, offset=offset))


def _list(connection: Connection, which: Any, *, order: Any, limit: int, offset: int = 0) -> list[Conversation]:
    rows = connection.execute(sa.select(handovers).where(which).order_by(order, _row.id).limit(limit).offset(offset))
    found = list(rows.all())
    last = (
        sa.select(sa.func.max(messages.c.id))
        .where(messages.c.handover_id.in_([row.id for row in found]), messages.c.direction.in_(("asked", "citizen")))
        .group_by(messages.c.handover_id)
    )
    said = {
        row.handover_id: row.text
        for row in connection.execute(sa.select(messages.c.handover_id, messages.c.text).where(messages.c.id.in_(last)))
    }
    return [_conversation(row, said.get(row.id, "")) for row in found]


def _conversation(row: Any, said: str) -> Conversation:
    names = [name for name in Conversation.__dataclass_fields__ if name not in ("person", "state", "words")]
    person = hashlib.blake2b(row.sender.encode(), digest_size=4).hexdigest()
    values = {name: getattr(row, name) for name in names}
    return Conversation(**values, person=person, state=State(row.state), words=said)


def thread(desk: Desk, handover_id: int, after: int = 0) -> Thread:
    """A conversation with its lines, those after a number only.

    Raises:
        NoSuchConversation: there is none.
    """
    with desk.begin() as connection:
        row = connection.execute(sa.select(handovers).where(_row.id == handover_id)).first()
        if row is None:
            raise NoSuchConversation
        fared = outgoing.states(connection, handover_id)
        query = sa.select(messages).where(messages.c.handover_id == handover_id, messages.c.id > after)
        found = connection.execute(query.order_by(messages.c.id)).all()
    lines = tuple(
        Line(line.id, line.direction, line.author, line.text, line.at, fared.get(line.outgoing_id)) for line in found
    )
    said = next((line.text for line in reversed(lines) if line.direction in ("citizen", "asked")), "")
    return Thread(_conversation(row, said), lines)


def claim(desk: Desk, handover_id: int, staff: str) -> None:
    """Take up a conversation: from now on the assistant is silent for that citizen, who is told so.

    Claiming one's own again changes nothing.

    Raises:
        NoSuchConversation: there is none.
        TakenByAnother: somebody else was faster.
        Over: it has ended.
    """
    now = utcnow()
    with desk.begin() as connection:
        done = connection.execute(
            sa.update(handovers)
            .where(_row.id == handover_id, _row.state == State.WAITING.value)
            .values(state=State.CLAIMED.value, claimed_by=staff, claimed_at=now, staff_at=None)
        )
        row = _found(connection, handover_id)
        if done.rowcount:
            outgoing.put(connection, row.sender, row.channel, Kind.WORD, words.say("claimed"))
        elif row.state == State.CLOSED.value:
            raise Over
        elif row.claimed_by != staff:
            raise TakenByAnother


def reply(desk: Desk, handover_id: int, staff: str, text: str, key: str) -> bool:
    """Write to the citizen, over the channel that the conversation came from.

    Args:
        desk: the database.
        handover_id: of the conversation.
        staff: who writes; it must be theirs.
        text: plain text.
        key: of this reply, made with the form: the same form sent twice is sent once.

    Returns:
        False for a repeat.

    Raises:
        EmptyText: there is nothing to send.
        LongText: there is too much.
        NoSuchConversation: there is no such conversation.
        NotClaimed: it still waits in the queue.
        TakenByAnother: it isn't theirs.
        Over: it has ended.
    """
    said = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not said:
        raise EmptyText
    if len(said) > LONGEST_REPLY:
        raise LongText(LONGEST_REPLY)
    with desk.begin() as connection:
        # The row stays locked to the end, so that a repeat at the same moment waits and then sees the line.
        row = _hold(connection, handover_id, staff)
        known = sa.select(messages.c.id).where(messages.c.handover_id == handover_id, messages.c.key == key)
        if connection.execute(known).first():
            return False
        number = outgoing.put(connection, row.sender, row.channel, Kind.REPLY, words.reply(said))
        add_message(connection, handover_id, "staff", said, key, author=staff, outgoing_id=number)
        connection.execute(sa.update(handovers).where(_row.id == handover_id).values(staff_at=utcnow()))
    return True


def close(desk: Desk, handover_id: int, staff: str) -> None:
    """End a conversation; the citizen is told, and the assistant answers again.

    One that still waits can be closed too, such as one that was asked for by mistake. Closing twice changes nothing.

    Raises:
        NoSuchConversation: there is none.
        TakenByAnother: it isn't theirs.
    """
    with desk.begin() as connection:
        mine = sa.or_(_row.state == State.WAITING.value, _row.claimed_by == staff)
        done = close_row(connection, handover_id, "staff", mine)
        row = _found(connection, handover_id)
        if done:
            outgoing.put(connection, row.sender, row.channel, Kind.WORD, words.say("ended_by_staff"))
        elif row.state != State.CLOSED.value:
            raise TakenByAnother


def give_back(desk: Desk, handover_id: int, staff: str) -> None:
    """Put a conversation of one's own back into the queue, at the place that it had.

    Raises:
        NoSuchConversation: there is none.
        NotClaimed: it waits already.
        TakenByAnother: it isn't theirs.
        Over: it has ended.
    """
    with desk.begin() as connection:
        row = _hold(connection, handover_id, staff)
        put_back(connection, row)


def put_back(connection: Connection, row: Any) -> None:
    """Back into the queue, and tell the citizen. The caller holds the row."""
    # They have just been told that it takes longer: no second apology.
    connection.execute(
        sa.update(handovers)
        .where(_row.id == row.id)
        .values(state=State.WAITING.value, claimed_by=None, claimed_at=None, sorry_at=utcnow())
    )
    outgoing.put(connection, row.sender, row.channel, Kind.WORD, words.say("back_in_queue"))


def _found(connection: Connection, handover_id: int) -> Any:
    row = connection.execute(sa.select(handovers).where(_row.id == handover_id)).first()
    if row is None:
        raise NoSuchConversation
    return row


def _hold(connection: Connection, handover_id: int, staff: str) -> Any:
    """The row of a conversation of one's own, locked."""
    row = connection.execute(sa.select(handovers).where(_row.id == handover_id).with_for_update()).first()
    if row is None:
        raise NoSuchConversation
    if row.state == State.CLOSED.value:
        raise Over
    if row.state != State.CLAIMED.value:
        raise NotClaimed
    if row.claimed_by != staff:
        raise TakenByAnother
    return row


def numbers(desk: Desk, states: Sequence[State] = (State.WAITING,)) -> int:
    """How many conversations are in one of some states, for a mark in the menu."""
    query = sa.select(sa.func.count()).where(_row.state.in_([state.value for state in states]))
    with desk.begin() as connection:
        return int(connection.execute(query).scalar() or 0)
