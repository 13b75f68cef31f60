"""Write turns down, each exactly once, and notice what the next turn says of the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from analytics.turns import Turn
from answers.outcome import Outcome
from settings import VIETNAM

SILENCE = dt.timedelta(minutes=30)
"""A message after so long a silence begins another conversation; the same as Rasa's sessions (domain.yml)."""
ABOUT_PROCEDURES = (Outcome.ANSWERED, Outcome.ASKED_BACK, Outcome.NOT_FOUND)
"""Ends of a turn that asked something of ours: what can be rated, corrected and settled."""
_RATINGS = {"rate_good": 1, "rate_bad": -1}


class Reason(str, Enum):
    """Why somebody has to look at a turn."""

    NOT_FOUND = "not_found"
    NO_CHOICE = "no_choice"
    CORRECTED = "corrected"
    RATED_DOWN = "rated_down"
    HANDED_OVER = "handed_over"


@lru_cache(maxsize=16)
def _insertion(table: sa.Table, names: tuple[str, ...]) -> Any:
    # SQLAlchemy compiles its own 'on conflict' anew for every row; this text is the same for both databases.
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    text = sa.text(f"INSERT INTO {table.name} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING")
    return text.bindparams(*(sa.bindparam(name, type_=table.c[name].type) for name in names))


def insert_new(connection: Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is there; says whether it was new."""
    return connection.execute(_insertion(table, tuple(values)), values).rowcount == 1


def record(engine: Engine, turns: Iterable[Turn]) -> int:
    """Write turns in one transaction, in the order of each person's; returns how many were new."""
    new, days = 0, set()
    with engine.begin() as connection:
        for turn in turns:
            day = _record(connection, turn)
            if day is not None:
                new += 1
                days.add(day)
        for day in days:
            forget_rollups(connection, day)
    return new


def forget_rollups(connection: Connection, day: dt.date) -> None:
    """Let a day and its month be counted anew: something of them has changed."""
    rollup = t.rollups.c
    gone = sa.or_(
        sa.and_(rollup.span == "day", rollup.start == day),
        sa.and_(rollup.span == "month", rollup.start == day.replace(day=1)),
    )
    connection.execute(sa.delete(t.rollups).where(gone))


def vietnam_day(at: dt.datetime) -> dt.date:
    """The day in Vietnam of a time in UTC without a zone."""
    return at.replace(tzinfo=dt.timezone.utc).astimezone(VIETNAM).date()


def _record(connection: Connection, turn: Turn) -> Optional[dt.date]:
    """Write one turn; returns its conversation's day, or None where it was there already."""
    before = _before(connection, turn)
    day: dt.date = before.day if before else vietnam_day(turn.at)
    row = {
        "key": turn.key,
        "at": turn.at,
        "day": day,
        "person": turn.person,
        "conversation": before.conversation if before else int(turn.key[:16], 16) >> 1,
        "channel": turn.channel,
        "place": turn.place or (before.place if before else None),
        "outcome": turn.outcome.value,
        "aspect": turn.aspect.value if turn.aspect else None,
        "intent": turn.intent,
        "procedure": turn.answer or (turn.options[0] if turn.options else None),
        "codes": list(turn.codes),
        "options": list(turn.options),
        "chosen": turn.answer if before and turn.answer and turn.answer in before.options else None,
        "confidence": turn.confidence,
        "ms": turn.ms,
    }
    if not insert_new(connection, t.turns, row):
        return None
    if turn.text and turn.outcome in (*ABOUT_PROCEDURES, Outcome.HANDED_OVER):
        reason = Reason.NOT_FOUND.value if turn.outcome is Outcome.NOT_FOUND else None
        told = {"key": turn.key, "at": turn.at, "person": turn.person, "reason": reason}
        said = {"text": turn.text, "understood": turn.understood, "vector": turn.vector}
        insert_new(connection, t.texts, {**told, **said})
    if before is not None:
        _notice(connection, turn, before)
    elif turn.outcome is Outcome.HANDED_OVER:
        _flag_key(connection, turn.key, Reason.HANDED_OVER)
    return day


_row = t.turns.c
_LAST = (
    sa.select(_row.id, _row.key, _row.at, _row.day, _row.conversation, _row.place, _row.outcome, _row.options)
    .where(_row.person == sa.bindparam("person"), _row.channel == sa.bindparam("channel"))
    .where(_row.at <= sa.bindparam("at"), _row.key != sa.bindparam("key"))
    .order_by(_row.at.desc(), _row.id.desc())
    .limit(1)
)


def _before(connection: Connection, turn: Turn) -> Optional[Any]:
    """The person's turn before in the same conversation."""
    wanted = {"person": turn.person, "channel": turn.channel, "at": turn.at, "key": turn.key}
    last = connection.execute(_LAST, wanted).first()
    return last if last is not None and turn.at - last.at <= SILENCE else None


def _notice(connection: Connection, turn: Turn, before: Any) -> None:
    """What a turn says of those before it: a correction, a rating, a wish for a person, an offer not taken."""
    if turn.outcome is Outcome.HANDED_OVER:
        if not _flag(connection, before, Reason.HANDED_OVER):
            _flag_key(connection, turn.key, Reason.HANDED_OVER)
    elif turn.intent == "correct":
        _flag(connection, before, Reason.CORRECTED)
    elif turn.intent in _RATINGS and turn.outcome is Outcome.SMALLTALK:
        value = _RATINGS[turn.intent]
        _rate(connection, before, value)
        if value < 0:
            _flag(connection, before, Reason.RATED_DOWN)
    if before.outcome == Outcome.ASKED_BACK.value and turn.outcome not in (Outcome.ANSWERED, Outcome.ASKED_BACK):
        _flag(connection, before, Reason.NO_CHOICE)


def _asked(before: Any) -> sa.sql.Select:
    """Turns of the conversation up to one that asked something of ours, the latest first."""
    row = t.turns.c
    return (
        sa.select(row.key)
        .where(row.conversation == before.conversation, row.id <= before.id)
        .where(row.outcome.in_([outcome.value for outcome in ABOUT_PROCEDURES]))
        .order_by(row.id.desc())
    )


def _rate(connection: Connection, before: Any, value: int) -> None:
    key = connection.execute(_asked(before).limit(1)).scalar()
    if key is not None:
        connection.execute(sa.update(t.turns).where(t.turns.c.key == key).values(rated=value))


def _flag(connection: Connection, before: Any, reason: Reason) -> bool:
    """Give the latest turn with words a reason to be looked at; says whether there is such a turn."""
    spoken = _asked(before).join(t.texts, t.texts.c.key == t.turns.c.key).limit(1)
    key = connection.execute(spoken).scalar()
    return key is not None and _flag_key(connection, key, reason)


def _flag_key(connection: Connection, key: str, reason: Reason) -> bool:
    """The first reason stays."""
    text = t.texts.c
    connection.execute(sa.update(t.texts).where(text.key == key, text.reason.is_(None)).values(reason=reason.value))
    return True
