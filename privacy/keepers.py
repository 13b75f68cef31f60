"""Who keeps something of people: each part tells how it forgets a person, hands out what it has, and drops what is old.

Parts know their own tables; this only goes through all of them, so that no
table is left out by one of the ways (the chat, the command line, a platform's
withdrawal of consent, the daily purge).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

Rows = Mapping[str, list[dict[str, Any]]]
"""Rows by table."""


@dataclass(frozen=True)
class Limits:
    """What is older goes; UTC without a zone.

    Attributes:
        now: the moment of the purge.
        texts: before this, what people wrote.
        events: before this, everything.
    """

    now: dt.datetime
    texts: dt.datetime
    events: dt.datetime


@dataclass(frozen=True)
class Keeper:
    """One part of the house.

    Attributes:
        name: in Vietnamese, for those who are told what was deleted.
        tables: names of all tables with something of people.
        erase: deletes all of a sender; returns how many rows.
        export: all rows of a sender.
        purge: deletes what is past its time; returns how many rows.
    """

    name: str
    tables: frozenset[str]
    erase: Callable[[str], int]
    export: Callable[[str], Rows]
    purge: Callable[[Limits], int]


def limits(now: dt.datetime, text_days: float, event_days: float) -> Limits:
    """The limits at a moment.

    Args:
        now: UTC without a zone.
        text_days: see ``PrivacySettings``.
        event_days: see there too.
    """
    return Limits(now, now - dt.timedelta(days=text_days), now - dt.timedelta(days=event_days))


def erase(keepers: Sequence[Keeper], sender: str) -> dict[str, int]:
    """Delete a person everywhere; how many rows went, by part. May be repeated.

    Raises:
        SQLAlchemyError: a database is away; what came before is deleted already.
    """
    return {keeper.name: keeper.erase(sender) for keeper in keepers}


def export(keepers: Sequence[Keeper], sender: str) -> dict[str, Rows]:
    """All that is kept of a person, by part and table."""
    return {keeper.name: keeper.export(sender) for keeper in keepers}


def purge(keepers: Sequence[Keeper], limit: Limits) -> dict[str, int]:
    """Delete what is past its time everywhere; how many rows went, by part.

    Raises:
        Exception: the first that a part raised; the other parts have done theirs.
    """
    gone: dict[str, int] = {}
    broken: list[Exception] = []
    for keeper in keepers:
        try:
            gone[keeper.name] = keeper.purge(limit)
        except Exception as error:  # one part that is away must not keep the others' things
            broken.append(error)
    if broken:
        raise broken[0]
    return gone


def rows_of(engine: Engine, table: sa.sql.expression.FromClause, which: Any) -> list[dict[str, Any]]:
    """Rows of a table as plain values.

    Args:
        engine: the database.
        table: the table.
        which: the condition.
    """
    with engine.connect() as connection:
        found = connection.execute(sa.select(table).where(which)).mappings()
        return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
