"""How often each procedure was answered for, and how often that answer was rated down."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from analytics import tables as t


@dataclass(frozen=True)
class Use:
    """Counts by procedure.

    Attributes:
        asked: turns that answered for it.
        bad: of these, answers rated down.
    """

    asked: Counter[str]
    bad: Counter[str]


def procedure_use(engine: Engine, since: dt.date) -> Use:
    """Count the turns from a day in Vietnam on."""
    c = t.turns.c
    recent = select(c.procedure, func.count().label("turns")).where(c.day >= since, c.procedure.is_not(None))
    with engine.connect() as connection:
        asked = connection.execute(recent.group_by(c.procedure)).all()
        bad = connection.execute(recent.where(c.rated < 0).group_by(c.procedure)).all()
    return Use(Counter({row.procedure: row.turns for row in asked}), Counter({row.procedure: row.turns for row in bad}))
