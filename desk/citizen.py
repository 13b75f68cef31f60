"""The citizen's side of a conversation with the staff: ask for a person, write, end it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import waiting
from desk.database import Desk
from desk.hours import is_open, next_opening
from desk.tables import handovers, messages
from privacy import mask
from settings.desk import DeskSettings
from storage.transactions import utcnow

LONGEST_TEXT = 4_000
"""Characters of a message that are kept for the staff."""
_row = handovers.c
_OPEN = ("waiting", "claimed")


class State(str, Enum):
    """Where a conversation stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Request:
    """A wish to talk to a person.

    Attributes:
        sender: with the channel's prefix.
        channel: see ``people.channel_of``.
        text: the words of the wish; masked here, as all that citizens write.
        key: the same for every try of the same message.
        code: procedure that was talked about.
        question: the question before.
        ward: today's ward or commune, where it is known.
        left: asked outside working hours, to be answered later.
    """

    sender: str
    channel: str
    text: str
    key: str
    code: Optional[str] = None
    question: Optional[str] = None
    ward: Optional[str] = None
    left: bool = False


@dataclass(frozen=True)
class Standing:
    """What a citizen who asked for a person may expect.

    Attributes:
        state: of the conversation.
        place: in the queue, from 1; 0 once a person has it.
        minutes: the usual wait of late, or None where nothing is known.
        open: it is working time.
        staffed: somebody of the staff has the queue before them.
        opens: when working time begins next, in Vietnam; None where it doesn't within a month.
        fresh: this wish opened the conversation.
    """

    state: State
    place: int
    minutes: Optional[int]
    open: bool
    staffed: bool
    opens: Optional[dt.datetime]
    fresh: bool


@dataclass(frozen=True)
class Open:
    """A person's open conversation.

    Attributes:
        id: its number.
        sender: whose it is.
        state: waiting or claimed.
        told: the citizen has written something beyond the wish.
    """

    id: int
    sender: str
    state: State
    told: bool


class NoLongerOpen(Exception):
    """The conversation was closed, or taken up, between the look at it and the writing: look again."""


def ask(desk: Desk, request: Request, settings: DeskSettings) -> Standing:
    """Put somebody into the queue; who is in it already keeps the place.

    Args:
        desk: the database.
        request: who, and what about.
        settings: of the desk.
    """
    try:
        with desk.begin() as connection:
            fresh = _put_in(connection, request)
    except IntegrityError:  # another process did, at the same moment
        fresh = False
    standing_now = standing(desk, request.sender, settings)
    return Standing(**{**vars(standing_now), "fresh": fresh}) if standing_now else ask(desk, request, settings)


def _put_in(connection: Connection, request: Request) -> bool:
    now = utcnow()
    if open_of(connection, [request.sender]):
        return False
    values = {
        "channel": request.channel,
        "sender": request.sender,
        "open_sender": request.sender,
        "state": State.WAITING.value,
        "asked_at": now,
        "citizen_at": now,
        "left": request.left,
        "code": request.code,
        "question": request.question and mask(request.question).text[:LONGEST_TEXT],
        "ward": request.ward and request.ward[:120],
    }
    done = connection.execute(sa.insert(handovers).values(**values))
    if request.text:
        add_message(connection, int(done.inserted_primary_key[0]), "asked", request.text, request.key)
    return True


def standing(desk: Desk, sender: str, settings: DeskSettings) -> Optional[Standing]:
    """What somebody may expect; None without an open conversation."""
    now = utcnow()
    with desk.begin() as connection:
        query = sa.select(_row.id, _row.state, _row.asked_at).where(_row.open_sender == sender)
        row = connection.execute(query).first()
        if row is None:
            return None
        ahead = 0
        if row.state == State.WAITING.value:
            before = sa.or_(_row.asked_at < row.asked_at, sa.and_(_row.asked_at == row.asked_at, _row.id <= row.id))
            count = sa.select(sa.func.count()).where(_row.state == State.WAITING.value, before)
            ahead = int(connection.execute(count).scalar() or 0)
        minutes = waiting.usual_minutes(connection, now)
        staffed = waiting.staffed(connection, now)
    return Standing(
        State(row.state), ahead, minutes, is_open(now, settings), staffed, next_opening(now, settings), False
    )


def open_of(connection: Connection, senders: Sequence[str]) -> dict[str, Open]:
    """Open conversations by sender, within the caller's transaction."""
    if not senders:
        return {}
    written = sa.select(messages.c.id).where(messages.c.handover_id == _row.id, messages.c.direction == "citizen")
    query = sa.select(_row.id, _row.open_sender, _row.state, written.exists().label("told")).where(
        _row.open_sender.in_(senders)
    )
    return {
        row.open_sender: Open(row.id, row.open_sender, State(row.state), bool(row.told))
        for row in connection.execute(query)
    }


def find_open(desk: Desk, sender: str) -> Optional[Open]:
    """A person's open conversation, or None."""
    with desk.begin() as connection:
        return open_of(connection, [sender]).get(sender)


def relay(connection: Connection, conversation: Open, text: str, key: str, direction: str = "citizen") -> None:
    """Put a citizen's message before the staff, masked, within the caller's transaction.

    Args:
        connection: in a transaction.
        conversation: as it was found.
        text: their words.
        key: the same for every try of the same message; a repeat changes nothing.
        direction: 'citizen', or 'note' for what can't be shown.

    Raises:
        NoLongerOpen: it isn't as it was found, so that the message may have to be answered by the assistant.
    """
    done = connection.execute(
        sa.update(handovers)
        .where(_row.id == conversation.id, _row.state == conversation.state.value)
        .values(citizen_at=utcnow())
    )
    if not done.rowcount:
        raise NoLongerOpen
    add_message(connection, conversation.id, direction, text, key)


def end(connection: Connection, conversation: Open) -> None:
    """The citizen ends a conversation, or leaves the queue, within the caller's transaction.

    Raises:
        NoLongerOpen: it isn't open any more.
    """
    if not close_row(connection, conversation.id, "citizen"):
        raise NoLongerOpen


def close_row(connection: Connection, handover_id: int, by: str, *still: Any) -> bool:
    """Close a conversation where it still is open and ``still`` holds; says whether it did."""
    done = connection.execute(
        sa.update(handovers)
        .where(_row.id == handover_id, _row.state.in_(_OPEN), *still)
        .values(state=State.CLOSED.value, open_sender=None, closed_at=utcnow(), closed_by=by)
    )
    return bool(done.rowcount)


def add_message(
    connection: Connection,
    handover_id: int,
    direction: str,
    text: str,
    key: str,
    *,
    author: Optional[str] = None,
    outgoing_id: Optional[int] = None,
) -> bool:
    """Add a line to a conversation's thread; False for a repeat of the key. The caller holds the conversation's row."""
    known = sa.select(messages.c.id).where(messages.c.handover_id == handover_id, messages.c.key == key[:120])
    if connection.execute(known).first():
        return False
    connection.execute(
        sa.insert(messages).values(
            handover_id=handover_id,
            direction=direction,
            author=author,
            text=(text if direction == "staff" else mask(text).text)[:LONGEST_TEXT],
            at=utcnow(),
            key=key[:120],
            outgoing_id=outgoing_id,
        )
    )
    return True
