"""A made-up turn log of any size, the same for the same seed: for tests, and to measure with a million turns.

``python -m tests.fakes.turns ADDRESS COUNT`` fills a database and tells how quick the figures are.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from analytics import tables as t
from analytics.database import open_analytics
from analytics.figures import Choice, figures
from analytics.log import vietnam_day
from analytics.rollups import roll_up
from answers.outcome import Aspect, Outcome
from knowledge import tables as knowledge
from knowledge.database import migrate

CHANNELS = ("web", "telegram", "zalo_oa", "zalo_bot")
WARDS = tuple(f"Phường {number}" for number in range(1, 169))
GROUPS = ("ho_tich", "cu_tru", "dat_dai", "kinh_te", "giao_thong", "khac")
CODES = tuple(f"9.{number:06d}" for number in range(300))
_OUTCOMES = (
    *[Outcome.ANSWERED] * 70, *[Outcome.ASKED_BACK] * 14, *[Outcome.NOT_FOUND] * 4,
    *[Outcome.OUT_OF_SCOPE] * 4, *[Outcome.SMALLTALK] * 6, Outcome.HANDED_OVER, Outcome.FAILED,
)  # fmt: skip
_ASPECTS = tuple(Aspect)
_EACH = 5_000


def rows(count: int, until: dt.datetime, days: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Rows of turns, conversation after conversation, over the days before a time in UTC."""
    chance = random.Random(seed)
    made, first = 0, until - dt.timedelta(days=days)
    people = max(3, count // 12)
    while made < count:
        started = first + dt.timedelta(days=days) * (made / count)
        person, channel = chance.randrange(people) * 7919 + 1, chance.choices(CHANNELS, (5, 2, 2, 1))[0]
        place = chance.choice(WARDS) if chance.random() < 0.15 else None
        procedure = CODES[min(len(CODES) - 1, int(chance.expovariate(0.03)))]
        at, conversation = started, made + 1
        for _ in range(min(count - made, 1 + int(chance.expovariate(0.33)))):
            made += 1
            outcome = chance.choice(_OUTCOMES)
            about = outcome in (Outcome.ANSWERED, Outcome.ASKED_BACK)
            yield {
                "key": f"{made:032x}", "at": at, "day": vietnam_day(started), "person": person,
                "conversation": conversation, "channel": channel, "place": place, "outcome": outcome.value,
                "aspect": chance.choice(_ASPECTS).value if about else None, "intent": "ask_procedure",
                "procedure": procedure if about else None, "codes": [procedure] if about else [],
                "options": [], "chosen": None, "confidence": 0.8, "ms": int(chance.lognormvariate(4.2, 0.4)),
                "rated": chance.choice((1, 1, 1, -1)) if outcome is Outcome.ANSWERED and made % 50 == 0 else None,
            }  # fmt: skip
            at += dt.timedelta(seconds=chance.randrange(5, 120))


def fill(engine: Engine, count: int, until: dt.datetime, days: int = 365) -> None:
    """Write a made-up log and the made-up procedures that it is about."""
    with engine.begin() as connection:
        now = dt.datetime(2026, 1, 1)
        connection.execute(
            sa.insert(knowledge.procedures),
            [
                {"code": code, "state": "published", "area": GROUPS[at % len(GROUPS)], "prior": 0.0, "revision": 0,
                 "created_at": now, "updated_at": now}
                for at, code in enumerate(CODES)
            ],
        )  # fmt: skip
    batch: list[dict[str, Any]] = []
    for row in rows(count, until, days):
        batch.append(row)
        if len(batch) == _EACH:
            _write(engine, batch)
    _write(engine, batch)


def _write(engine: Engine, batch: list[dict[str, Any]]) -> None:
    if batch:
        with engine.begin() as connection:
            connection.execute(sa.insert(t.turns), batch)
        batch.clear()


def _timed(what: str, engine: Engine, choice: Choice, times: int = 9) -> None:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        figures(engine, choice)
        spent.append((time.perf_counter() - started) * 1000)
    print(f"{what:40} median {statistics.median(spent):7.1f} ms, slowest {max(spent):7.1f} ms", flush=True)


def main() -> None:
    """Fill a database, count its days, and tell how quick the figures are."""
    engine = open_analytics(sys.argv[1])
    migrate(engine)
    until = dt.datetime(2026, 11, 30, 9)
    today = vietnam_day(until)
    with engine.connect() as connection:
        there = connection.execute(sa.select(sa.func.count()).select_from(t.turns)).scalar()
    if not there:
        started = time.perf_counter()
        fill(engine, int(sys.argv[2]), until)
        print(f"filled in {time.perf_counter() - started:.0f} s", flush=True)
    started = time.perf_counter()
    counted = 0
    while done := roll_up(engine, today):
        counted += done
    print(f"{counted} days counted in {time.perf_counter() - started:.1f} s", flush=True)
    month, year = today - dt.timedelta(days=29), today - dt.timedelta(days=364)
    _timed("today", engine, Choice(today, today))
    _timed("30 days", engine, Choice(month, today))
    _timed("30 days, one channel", engine, Choice(month, today, channel="telegram"))
    _timed("30 days, one group", engine, Choice(month, today, group="dat_dai"))
    _timed("30 days, one ward", engine, Choice(month, today, place=WARDS[5]))
    _timed("a year", engine, Choice(year, today))
    _timed("a year, one group", engine, Choice(year, today, group="dat_dai"))
    _timed("a year, one ward", engine, Choice(year, today, place=WARDS[5]))


if __name__ == "__main__":
    main()
