"""What a turn ended with, kept in the transaction that keeps the conversation: a message runs one turn, never two.

The channels' process hands a message over by HTTP and may die, or lose the answer on its way, at any moment; then it
asks again with the same key. Either nothing of the first time was kept and the turn runs anew, or both the
conversation and the replies were, and the replies are handed out once more.

Only the last result of a sender is kept: their next message comes after the one before has been dealt with.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

metadata = sa.MetaData()
turn_results = sa.Table(
    "turn_results",
    metadata,
    sa.Column("sender", sa.String(120), primary_key=True),
    # Channel and key of the message that was answered.
    sa.Column("message", sa.String(160), nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
    # In seconds since 1970, as Rasa's own table has it.
    sa.Column("timestamp", sa.Float, nullable=False),
)
_row = turn_results.c


class NotKept(Exception):
    """The turn's conversation couldn't be kept, so its replies must not be given out."""


@dataclass
class TurnInHand:
    """A turn that wants its replies kept.

    Attributes:
        sender: whose conversation it is.
        message: channel and key of the message; the same for every try.
        result: filled while the turn runs; a turn that said nothing is as if it had never been.
        unread: the conversation couldn't be read, so Rasa works on an empty one.
        kept: conversation and result are committed.
    """

    sender: str
    message: str
    result: dict[str, Any] = field(default_factory=lambda: {"replies": []})
    unread: bool = False
    kept: bool = False


IN_HAND: ContextVar[Optional[TurnInHand]] = ContextVar("turn in hand", default=None)
"""The turn that this task runs; none where nobody will ask twice (the web page)."""


def prepare(engine: Engine) -> None:
    """Make the table where it isn't there; several processes may at once."""
    try:
        metadata.create_all(engine)
    except DBAPIError:
        if not sa.inspect(engine).has_table(turn_results.name):
            raise


def find(connection: Connection, sender: str, message: str) -> Optional[dict[str, Any]]:
    """What a message's turn ended with; None where none was kept."""
    query = sa.select(_row.result).where(_row.sender == sender, _row.message == message)
    found: Optional[dict[str, Any]] = connection.execute(query).scalar_one_or_none()
    return found


def write(connection: Connection, turn: TurnInHand) -> None:
    """Keep a result in the caller's transaction, in place of the sender's last one.

    Raises:
        IntegrityError: another process has kept a result of this very message meanwhile.
    """
    values = {"message": turn.message, "result": turn.result, "timestamp": time.time()}
    # On the same message nothing is replaced: the insert then fails, and with it this turn's transaction.
    older = sa.and_(_row.sender == turn.sender, _row.message != turn.message)
    if not connection.execute(sa.update(turn_results).where(older).values(**values)).rowcount:
        connection.execute(sa.insert(turn_results).values(sender=turn.sender, **values))
