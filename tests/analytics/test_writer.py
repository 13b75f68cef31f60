"""The writer takes turns at any speed, and keeps them while the database is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from analytics.turns import Assembler, RawTurn
from analytics.writer import Writer
from storage.errors import DatabaseUnreachable
from tests.analytics.support import BIRTH, events, rows

QUICK = {"gather": 0.0, "rests": (0.01,)}


def raw(sender: str) -> RawTurn:
    assembler = Assembler()
    told = [assembler.feed(event) for event in events(sender, "hỏi", outcome="answered", answer=BIRTH)]
    return next(turn for turn in told if turn is not None)


def eventually(true: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.005)
    assert true()


@pytest.fixture
def make() -> Iterator[Callable[..., Writer]]:
    made: list[Writer] = []

    def build(*arguments: Any, **more: Any) -> Writer:
        made.append(Writer(*arguments, **{**QUICK, **more}))
        return made[-1]

    yield build
    for writer in made:
        writer.close()


def test_every_turn_is_written(log: Engine, make: Callable[..., Writer]) -> None:
    writer = make(lambda: log)
    for number in range(450):
        writer.put(raw(f"tg:{number}"))
    eventually(lambda: len(rows(log)) == 450)
    assert (writer.waiting, writer.dropped, writer.failed) == (0, 0, 0)


def test_what_waits_is_written_before_the_end(log: Engine, make: Callable[..., Writer]) -> None:
    writer = make(lambda: log, gather=30.0 / 1000)
    for number in range(20):
        writer.put(raw(f"tg:{number}"))
    writer.close()
    assert len(rows(log)) == 20


def test_turns_wait_while_the_database_is_away_up_to_a_bound(log: Engine, make: Callable[..., Writer]) -> None:
    there = threading.Event()

    def opened() -> Engine:
        if not there.is_set():
            raise DatabaseUnreachable("Không kết nối được.")
        return log

    writer = make(opened, most_waiting=5)
    for number in range(8):
        writer.put(raw(f"tg:{number}"))
    assert (writer.waiting, writer.dropped) == (5, 3)
    there.set()
    eventually(lambda: len(rows(log)) == 5)
    writer.put(raw("tg:9"))
    eventually(lambda: len(rows(log)) == 6)


def test_a_locked_database_loses_nothing(log: Engine, make: Callable[..., Writer]) -> None:
    writer = make(lambda: log)
    with log.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")  # takes the one writer's place
        writer.put(raw("tg:1"))
        time.sleep(0.1)
        assert writer.waiting == 1
    eventually(lambda: len(rows(log)) == 1)


def test_an_odd_turn_stops_no_other(log: Engine, make: Callable[..., Writer]) -> None:
    odd = RawTurn("tg:0", {"input_channel": "telegram", "timestamp": 1e300}, {"outcome": "answered"}, 1.0)
    writer = make(lambda: log, gather=0.05)
    for turn in (raw("tg:1"), odd, raw("tg:2")):
        writer.put(turn)
    eventually(lambda: writer.waiting == 0)
    assert (len(rows(log)), writer.failed) == (2, 1)
