"""People's conversations in Rasa's tracker store: forgotten, handed out, and dropped when they are old."""

from __future__ import annotations

import datetime as dt
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot import turn_results
from privacy.keepers import Keeper, Limits, Rows, rows_of
from settings import tracker_url
from storage.database import open_engine

TABLE = "events"
"""Rasa's own; one row for each thing that happened in a conversation, texts included."""
_events = sa.table(
    TABLE,
    *map(sa.column, ("id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")),
)
RESULTS = turn_results.turn_results
"""Beside it: what the last turn of each sender of a messaging channel ended with."""
_engines: dict[str, Engine] = {}


def keeper() -> Keeper:
    """What is kept of conversations."""
    return Keeper("cuộc trò chuyện", frozenset({TABLE, RESULTS.name}), _erase, _export, _purge)


def forget_conversation(sender: str) -> int:
    """Delete every event of a sender's conversation. Deleting what isn't there is no error.

    What their last turn ended with stays: within that turn it still has to be answered.

    Returns:
        How many there were.

    Raises:
        DatabaseUnreachable: the tracker store doesn't answer.
    """
    return _delete(_events, _events.c.sender_id == sender)


def result_of(sender: str, message: str) -> Optional[dict[str, Any]]:
    """What a message's turn ended with; None where none was kept.

    Args:
        sender: who wrote it.
        message: its channel and key.

    Raises:
        DatabaseUnreachable: the tracker store doesn't answer.
        SQLAlchemyError: it doesn't any more.
    """
    with _opened().connect() as connection:
        return turn_results.find(connection, sender, message)


def look() -> None:
    """See that the store answers.

    Raises:
        DatabaseUnreachable: it doesn't.
    """
    _engine_of(TABLE)


def _erase(sender: str) -> int:
    return forget_conversation(sender) + _delete(RESULTS, RESULTS.c.sender == sender)


def _export(sender: str) -> Rows:
    return {
        TABLE: _rows(_events, _events.c.sender_id == sender),
        RESULTS.name: _rows(RESULTS, RESULTS.c.sender == sender),
    }


def _purge(limit: Limits) -> int:
    before = limit.texts.replace(tzinfo=dt.timezone.utc).timestamp()
    return sum(_delete(table, table.c.timestamp < before) for table in (_events, RESULTS))


def _rows(table: Any, which: Any) -> list[dict[str, Any]]:
    engine = _engine_of(table.name)
    return rows_of(engine, table, which) if engine else []


def _delete(table: Any, which: sa.sql.ClauseElement) -> int:
    engine = _engine_of(table.name)
    if engine is None:
        return 0
    with engine.begin() as connection:
        return int(connection.execute(sa.delete(table).where(which)).rowcount)


def _engine_of(table: str) -> Optional[Engine]:
    """The store; None where it hasn't such a table yet, since nobody has talked or Rasa is older."""
    engine = _opened()
    return engine if sa.inspect(engine).has_table(table) else None


def _opened() -> Engine:
    url = tracker_url()
    return _engines.get(url) or _engines.setdefault(url, open_engine(url, variable="MOTCUA_TRACKER_URL"))
