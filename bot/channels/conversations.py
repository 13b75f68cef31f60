"""People's conversations in Rasa's tracker store: forgotten, handed out, and dropped when they are old."""

from __future__ import annotations

import datetime as dt
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from privacy.keepers import Keeper, Limits, Rows, rows_of
from settings import tracker_url
from storage.database import open_engine

TABLE = "events"
"""Rasa's own; one row for each thing that happened in a conversation, texts included."""
_events = sa.table(
    TABLE,
    *map(sa.column, ("id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")),
)
_engines: dict[str, Engine] = {}


def keeper() -> Keeper:
    """What is kept of conversations."""
    return Keeper("cuộc trò chuyện", frozenset({TABLE}), forget_conversation, _export, _purge)


def forget_conversation(sender: str) -> int:
    """Delete every event of a sender's conversation. Deleting what isn't there is no error.

    Returns:
        How many there were.

    Raises:
        DatabaseUnreachable: the tracker store doesn't answer.
    """
    return _delete(_events.c.sender_id == sender)


def look() -> None:
    """See that the store answers.

    Raises:
        DatabaseUnreachable: it doesn't.
    """
    _engine()


def _export(sender: str) -> Rows:
    engine = _engine()
    return {TABLE: rows_of(engine, _events, _events.c.sender_id == sender) if engine else []}


def _purge(limit: Limits) -> int:
    return _delete(_events.c.timestamp < limit.texts.replace(tzinfo=dt.timezone.utc).timestamp())


def _delete(which: sa.sql.ClauseElement) -> int:
    engine = _engine()
    if engine is None:
        return 0
    with engine.begin() as connection:
        return int(connection.execute(sa.delete(_events).where(which)).rowcount)


def _engine() -> Optional[Engine]:
    """The store; None where nobody has talked yet."""
    url = tracker_url()
    engine = _engines.get(url) or _engines.setdefault(url, open_engine(url, variable="MOTCUA_TRACKER_URL"))
    return engine if sa.inspect(engine).has_table(TABLE) else None
