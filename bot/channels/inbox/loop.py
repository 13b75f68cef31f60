"""The loop that the worker and the sender share: take what is due, work on several people's at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)

Job = TypeVar("Job")
Result = TypeVar("Result")
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between tries of a step on a database that is away."""


class Loop(Generic[Job]):
    """Takes jobs up to a width, each in a task of its own; waits for a call or for ``poll`` seconds.

    Args:
        name: of what is read, for the log.
        width: jobs at a time.
        poll: seconds after which it looks without having been called.
    """

    def __init__(self, name: str, width: int, poll: float) -> None:
        self._name = name
        self._width = width
        self._poll = poll
        self._tasks: set[asyncio.Task[None]] = set()
        self._called = asyncio.Event()
        self._stopping = False
        self._left_over = False
        self.senders: set[str] = set()
        """People whose job is under way here; their leases are to be renewed."""

    async def _take(self, room: int) -> list[Job]:
        """Take at most ``room`` jobs, each of another person."""
        raise NotImplementedError

    async def _work(self, job: Job) -> None:
        """Do one job; whatever breaks is dealt with inside."""
        raise NotImplementedError

    def _person(self, job: Job) -> str:
        """Whose job it is."""
        raise NotImplementedError

    async def _give_back(self) -> None:
        """End leases of ours on people who aren't in ``senders``: what was taken and never arrived here."""
        raise NotImplementedError

    def call(self) -> None:
        """Say that there is something to do."""
        self._called.set()

    async def run(self) -> None:
        """Work until ``stop``. A database that is away is waited for."""
        while not self._stopping:
            self._called.clear()
            room = self._width - len(self._tasks)
            try:
                if self._left_over:
                    await self._give_back()
                    self._left_over = False
                found = await self._take(room) if room > 0 else []
            except SQLAlchemyError as error:
                # Whether something was taken isn't known: it may have been committed before the database went away.
                logger.error("%s unreachable: %s", self._name, type(error).__name__)
                self._left_over, found = True, []
            for job in found:
                if self._person(job) in self.senders:
                    continue  # the clock jumped and their lease looked old; what is under way ends it
                self.senders.add(self._person(job))
                task = asyncio.create_task(self._one(job))
                self._tasks.add(task)
                task.add_done_callback(self._done)
            if not found:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._called.wait(), self._poll)

    async def stop(self, patience: float) -> None:
        """Take up nothing more; give what is under way some seconds, then cut it off."""
        self._stopping = True
        self.call()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _one(self, job: Job) -> None:
        """One job. No text, no sender and no words of an error reach the log."""
        try:
            await self._work(job)
        except SQLAlchemyError as error:
            # The lease is given back and the job is taken up again.
            logger.error("%s unreachable: %s", self._name, type(error).__name__)
            await asyncio.sleep(self._poll)
            self._left_over = True
        except Exception as error:
            logger.error("work on the %s broke: %s", self._name, type(error).__name__)
        finally:
            self.senders.discard(self._person(job))

    async def _patiently(self, step: Callable[..., Result], *arguments: Any) -> Result:
        """Run a step on the database in a thread; one that is away for some seconds is waited for.

        Safe only for steps that may run twice: a commit whose answer was lost is repeated.

        Raises:
            SQLAlchemyError: it is away for longer.
        """
        for pause in PAUSES:
            try:
                return await asyncio.to_thread(step, *arguments)
            except SQLAlchemyError as error:
                logger.error("%s unreachable: %s", self._name, type(error).__name__)
                await asyncio.sleep(pause)
        return await asyncio.to_thread(step, *arguments)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.call()
