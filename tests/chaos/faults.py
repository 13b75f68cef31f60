"""What is done to the running product: parts killed, stopped or made slow, the database torn away, locked or full."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import sqlalchemy as sa

from tests.whole.conftest import Stack

HELD = 4.0
"""Seconds for which a database is held up."""
SLOW = 8.0
"""Seconds for which a part runs at a fifth of its speed."""
PARTS = {"rasa": "bot", "actions": "actions", "channels": "bot.channels"}


@dataclass
class Target:
    """What faults act on.

    Attributes:
        stack: the product.
        url: of the database of messages and conversations.
        garbage: a file that is no workbook.
    """

    stack: Stack
    url: str

    async def process(self, part: str) -> psutil.Process:
        """The process of a part, waited for where it is being started again."""
        while True:
            with contextlib.suppress(AssertionError, psutil.Error, IndexError):
                return self.stack.child(PARTS[part])
            await asyncio.sleep(0.1)

    def files(self) -> list[Path]:
        """SQLite's files, where the database is one."""
        folder = self.stack.house / "var"
        return [folder / "inbox.db", folder / "conversations.db"]


Fault = Callable[[Target], Awaitable[None]]


def _kill(part: str) -> Fault:
    async def kill(target: Target) -> None:
        (await target.process(part)).send_signal(signal.SIGKILL)

    return kill


def _stop(part: str) -> Fault:
    """Stopped for good: whoever watches over it has to find out."""

    async def stop(target: Target) -> None:
        (await target.process(part)).send_signal(signal.SIGSTOP)

    return stop


def _slow(part: str) -> Fault:
    async def slow(target: Target) -> None:
        process = await target.process(part)
        end = time.monotonic() + SLOW
        with contextlib.suppress(psutil.NoSuchProcess):
            while time.monotonic() < end:
                process.send_signal(signal.SIGSTOP)
                await asyncio.sleep(0.2)
                process.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.05)

    return slow


async def _terminate(target: Target) -> None:
    """Every connection to the database is ended by the server."""
    await asyncio.to_thread(_ask, target, "SELECT pg_terminate_backend(pid) FROM ({}) others")


async def _stall(target: Target) -> None:
    """The processes that serve our connections stand still for some seconds."""
    pids = await asyncio.to_thread(_ask, target, "SELECT pid FROM ({}) others")
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).send_signal(number)
        await asyncio.sleep(HELD if number == signal.SIGSTOP else 0)


def _ask(target: Target, question: str) -> list[int]:
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    engine = sa.create_engine(target.url, future=True)
    with engine.begin() as connection:
        found = list(connection.execute(sa.text(question.format(others))).scalars())
    engine.dispose()
    return found


async def _lock(target: Target) -> None:
    """Somebody else holds the tables for some seconds."""
    await asyncio.to_thread(_hold, target)


def _hold(target: Target) -> None:
    if target.url.startswith("sqlite"):
        with contextlib.ExitStack() as stack:
            for file in target.files():
                stack.enter_context(_held(file))
            time.sleep(HELD)
        return
    engine = sa.create_engine(target.url, future=True)
    with engine.begin() as connection:
        connection.execute(sa.text("LOCK TABLE inbox_messages, outbox_messages, events IN ACCESS EXCLUSIVE MODE"))
        time.sleep(HELD)
    engine.dispose()


@contextlib.contextmanager
def _held(file: Path) -> Iterator[None]:
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


async def _full(target: Target) -> None:
    """The disk is full for some seconds: files can't grow, for the two that write messages and conversations."""
    writers = [await target.process(part) for part in ("channels", "rasa")]
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    for limit in ((4_096, resource.RLIM_INFINITY), unlimited):
        for writer in writers:
            with contextlib.suppress(psutil.NoSuchProcess):
                writer.rlimit(psutil.RLIMIT_FSIZE, limit)
        await asyncio.sleep(HELD if limit != unlimited else 0)


KILLS: dict[str, Fault] = {f"kill {part}": _kill(part) for part in PARTS}
DATABASE: dict[str, dict[str, Fault]] = {
    "postgresql": {"end connections": _terminate},
    "sqlite": {"lock database": _lock},
}
FURTHER: dict[str, dict[str, Fault]] = {
    "postgresql": {"lock database": _lock, "stall database": _stall},
    "sqlite": {"full disk": _full},
}
PARTS_FURTHER: dict[str, Fault] = {
    **{f"stop {part}": _stop(part) for part in PARTS},
    **{f"slow {part}": _slow(part) for part in PARTS},
}


def faults(database: str, everything: bool) -> dict[str, Fault]:
    """Name and deed of the faults: kills and the database's, or everything."""
    found = {**KILLS, **DATABASE[database]}
    return {**found, **FURTHER[database], **PARTS_FURTHER} if everything else found
