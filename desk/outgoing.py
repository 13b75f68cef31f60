"""What the desk wants said: kept here by whoever writes, taken by the channels' courier or the web page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.database import Desk
from desk.people import WEB
from desk.tables import messages, outgoing
from desk.words import Tree
from storage.transactions import utcnow

_row = outgoing.c


class Kind(str, Enum):
    """What a message to a citizen is."""

    REPLY = "reply"
    """Of the staff."""
    WORD = "word"
    """Of the desk itself: somebody came, went, is late."""
    NOTICE = "notice"
    """Of a change in a procedure that is followed. Others go first."""


def put(connection: Connection, sender: str, channel: str, kind: Kind, tree: Tree) -> int:
    """Keep a message for a citizen, within the caller's transaction; returns its number."""
    now = utcnow()
    done = connection.execute(
        sa.insert(outgoing).values(
            sender=sender, channel=channel, kind=kind.value, tree=tree, state="waiting", created_at=now, changed_at=now
        )
    )
    return int(done.inserted_primary_key[0])


@dataclass(frozen=True)
class Shown:
    """A message for the web page.

    Attributes:
        id: number; later ones are larger.
        tree: the reply.
        staff: a person of the staff wrote it.
    """

    id: int
    tree: Tree
    staff: bool


def for_page(
    desk: Desk, sender: str, after: Optional[int] = None, *, peek: bool = False, limit: int = 50
) -> list[Shown]:
    """What a person's web page hasn't shown yet, in order; from then on it counts as sent.

    A page that asks again with the same ``after``, since an answer was lost or in another tab, gets the same.

    Args:
        desk: the database.
        sender: of the web page.
        after: number of the last message that the page has; None for only what no page has shown.
        peek: look only; it doesn't count as sent.
        limit: how many at most.
    """
    wanted = [_row.sender == sender, _row.channel == WEB, _row.tree.isnot(None)]
    wanted.append(_row.state == "waiting" if after is None else _row.id > after)
    with desk.begin() as connection:
        query = sa.select(_row.id, _row.tree, _row.kind, _row.state).where(*wanted).order_by(_row.id).limit(limit)
        rows = connection.execute(query).all()
        fresh = [row.id for row in rows if row.state == "waiting"]
        if fresh and not peek:
            settle(connection, fresh, "sent")
    return [Shown(row.id, row.tree, row.kind == Kind.REPLY.value) for row in rows]


def last_number(desk: Desk, sender: str) -> int:
    """Number of the last message that a person's page has shown; 0 for none."""
    query = sa.select(sa.func.max(_row.id)).where(_row.sender == sender, _row.state == "sent")
    with desk.begin() as connection:
        return int(connection.execute(query).scalar() or 0)


def settle(connection: Connection, ids: Sequence[int], state: str) -> None:
    """Note how messages ended."""
    connection.execute(sa.update(outgoing).where(_row.id.in_(ids)).values(state=state, changed_at=utcnow()))


def states(connection: Connection, handover_id: int) -> dict[int, str]:
    """How the replies of a conversation fared, by their number."""
    query = sa.select(_row.id, _row.state).join(messages, messages.c.outgoing_id == _row.id)
    return {row.id: row.state for row in connection.execute(query.where(messages.c.handover_id == handover_id))}
