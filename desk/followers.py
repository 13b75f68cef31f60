"""Who follows which procedure, and up to which revision they know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import outgoing
from desk.database import Desk
from desk.outgoing import Kind
from desk.tables import followers
from desk.words import Tree
from storage.transactions import utcnow

MOST = 20
"""Procedures that one person may follow."""
_row = followers.c


@dataclass(frozen=True)
class Known:
    """Up to where a person knows a procedure: revisions of its layers, 0 for a layer that isn't there."""

    official: int
    editorial: int


@dataclass(frozen=True)
class Follower:
    """A person who follows a procedure.

    Attributes:
        id: of the row.
        sender: who.
        channel: over which they are told.
        code: the procedure.
        known: up to where they know it.
    """

    id: int
    sender: str
    channel: str
    code: str
    known: Known


class FollowsTooMany(Exception):
    """A person follows as many procedures as one may."""


def follow(desk: Desk, sender: str, channel: str, code: str, known: Known) -> bool:
    """Follow a procedure from its present state on.

    Returns:
        False for somebody who follows it already; nothing changes then.

    Raises:
        FollowsTooMany: there are ``MOST`` already.
    """
    mine = list_of(desk, sender)
    if code in mine:
        return False
    if len(mine) >= MOST:
        raise FollowsTooMany
    values = {
        "sender": sender,
        "channel": channel,
        "code": code,
        "since": utcnow(),
        "official": known.official,
        "editorial": known.editorial,
    }
    try:
        with desk.begin() as connection:
            connection.execute(sa.insert(followers).values(**values))
    except IntegrityError:  # the same wish, handled at the same moment
        return False
    return True


def stop(desk: Desk, sender: str, code: str | None = None) -> int:
    """Follow a procedure no longer, or none at all; returns how many were followed."""
    wanted = [_row.sender == sender, *([_row.code == code] if code else [])]
    with desk.begin() as connection:
        return int(connection.execute(sa.delete(followers).where(*wanted)).rowcount)


def list_of(desk: Desk, sender: str) -> tuple[str, ...]:
    """Codes that a person follows, the earliest first."""
    with desk.begin() as connection:
        query = sa.select(_row.code).where(_row.sender == sender).order_by(_row.since, _row.id)
        return tuple(connection.execute(query).scalars())


def followed(desk: Desk) -> tuple[str, ...]:
    """Codes that anybody follows."""
    with desk.begin() as connection:
        return tuple(connection.execute(sa.select(_row.code).distinct().order_by(_row.code)).scalars())


def of(desk: Desk, codes: Sequence[str]) -> tuple[Follower, ...]:
    """Everybody who follows one of some procedures, by person."""
    query = sa.select(followers).where(_row.code.in_(codes)).order_by(_row.sender, _row.id)
    with desk.begin() as connection:
        rows = connection.execute(query).all()
    return tuple(
        Follower(row.id, row.sender, row.channel, row.code, Known(row.official, row.editorial)) for row in rows
    )


@dataclass(frozen=True)
class News:
    """What a follower is to know from now on: the procedure's present revisions, or that it is gone.

    Attributes:
        follower: as it was read.
        now: the present revisions; None where the procedure is no longer published: then it isn't followed either.
    """

    follower: Follower
    now: Known | None


def tell(desk: Desk, news: Sequence[News], tree: Tree | None) -> bool:
    """Note what one person knows now and keep the notice for sending, both or neither.

    Whoever runs this a second time, after a crash or in another process, finds the revisions moved and tells nothing.

    Args:
        desk: the database.
        news: of one and the same person.
        tree: the notice; None where nothing changed that is worth one.

    Returns:
        False where somebody else did it meanwhile, or the person no longer follows.
    """
    try:
        with desk.begin() as connection:
            for entry in news:
                _move(connection, entry)
            if tree is not None:
                follower = news[0].follower
                outgoing.put(connection, follower.sender, follower.channel, Kind.NOTICE, tree)
    except _Moved:
        return False
    return True


class _Moved(Exception):
    """The row isn't as it was read; all of the transaction is taken back."""


def _move(connection: Connection, news: News) -> None:
    known = news.follower.known
    same = (
        _row.id == news.follower.id,
        _row.official == known.official,
        _row.editorial == known.editorial,
    )
    if news.now is None:
        done = connection.execute(sa.delete(followers).where(*same))
    else:
        values = {"official": news.now.official, "editorial": news.now.editorial}
        done = connection.execute(sa.update(followers).where(*same).values(**values))
    if not done.rowcount:
        raise _Moved
