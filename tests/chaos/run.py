"""One run: the product up, people asking, faults at random, then the count."""

from __future__ import annotations

import asyncio
import contextlib
import json
import platform
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.count import Tally, left_over, tally
from tests.chaos.faults import Target, faults
from tests.chaos.people import QUESTIONS, Crowd, learn
from tests.chaos.platforms import platforms
from tests.whole.conftest import Stack, running_stack

PATIENCE = 240.0
"""Seconds without a single new answer after which the run is given up."""


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        size: messages over each platform.
        kills: faults.
        seed: of chance.
        database: 'postgresql' or 'sqlite'.
        everything: further faults too.
        at_once: people who ask at the same time.
        questions: how many of QUESTIONS are asked.
    """

    size: int
    kills: int
    seed: int
    database: str
    everything: bool = False
    at_once: int = 12
    questions: int = len(QUESTIONS)


@dataclass
class Report:
    """What came of it."""

    plan: Plan
    tallies: dict[str, Tally]
    faults: list[tuple[str, float, float]]
    """Name, seconds since the start, seconds until every part said again that it was well; -1 where that never came."""
    left: dict[str, int]
    people: list[str] = field(repr=False)
    """Ids of those who asked, as the platforms know them."""
    seconds: float
    refused: int
    logs: str = field(repr=False)

    def perfect(self) -> bool:
        """Nothing lost, nothing twice, nothing left over but notes of what was being sent at a kill (and arrived)."""
        return self.left.keys() <= {"out unsure"} and all(told.perfect() for told in self.tallies.values())

    def table(self) -> str:
        """For people."""
        head = (
            "platform",
            "asked",
            "once",
            "lost",
            "twice",
            "strange",
            "disorder",
            "turns",
            "median s",
            "p99 s",
            "max s",
        )
        rows = [
            (name, *(str(getattr(told, column)) for column in head[1:8]), *map(str, told.seconds))
            for name, told in self.tallies.items()
        ]
        widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
        lines += [f"{at:8.1f} s  {name:18} all parts well after {back:6.2f} s" for name, at, back in self.faults]
        lines.append(f"left over: {self.left or 'nothing'}; deliveries not taken at first: {self.refused}")
        return "\n".join([*lines, f"{self.seconds:.0f} s in all"])

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "plan": vars(self.plan),
            "machine": platform.platform(),
            "platforms": {name: told.as_json() for name, told in self.tallies.items()},
            "faults": [{"fault": name, "at": at, "back_after": back} for name, at, back in self.faults],
            "left_over": self.left,
            "seconds": round(self.seconds, 1),
            "deliveries_not_taken_at_first": self.refused,
        }

    def write(self, file: Path) -> None:
        """As JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")


def run(house: Path, plan: Plan, url: str, tell: Callable[[str], None] = print) -> Report:
    """Do it.

    Args:
        house: a checkout with a model and knowledge (tests.whole.conftest.build_house).
        plan: what.
        url: of an empty database for messages and conversations; with SQLite that of the house is used.
        tell: says how it goes on.
    """
    with platforms() as (fakes, settings):
        inbox, tracker = (url, url) if plan.database == "postgresql" else ("", "")
        settings |= {
            "MOTCUA_INBOX_URL": inbox, "MOTCUA_TRACKER_URL": tracker, "MOTCUA_INBOX_INTRODUCE": "off",
            "MOTCUA_LIMIT_PERSON_BURST": "0", "MOTCUA_INBOX_TOLD_AFTER": "3600",
        }  # fmt: skip
        with running_stack(house, **settings) as stack:
            base = stack.channels_url
            target = Target(stack, url)
            parts = asyncio.run(learn(base, fakes, QUESTIONS[: plan.questions]))
            tell(f"{len(parts)} answers learnt")
            crowd = Crowd(base, parts, plan.seed)
            started = time.monotonic()
            done = asyncio.run(_trouble(crowd, fakes, plan, target, tell))
            asyncio.run(_settle(url, stack, plan))
            spent = time.monotonic() - started
            conversations = url if plan.database == "postgresql" else f"sqlite:///{house}/var/conversations.db"
            told = [(name, round(at - started, 1), round(back, 2)) for name, at, back in done]
            tallies = tally(crowd, parts, conversations)
            left = left_over(_inbox(url, stack, plan))
        ids = [person.id for person in crowd.people]
        return Report(plan, tallies, told, left, ids, spent, crowd.refused, stack.logs())


def _inbox(url: str, stack: Stack, plan: Plan) -> str:
    return url if plan.database == "postgresql" else f"sqlite:///{stack.house}/var/inbox.db"


async def _trouble(
    crowd: Crowd, fakes: list[Any], plan: Plan, target: Target, tell: Callable[[str], None]
) -> list[tuple[str, float, float]]:
    """People ask, and at random points of the way something breaks; returns what, when, and how long that was felt."""
    chance = random.Random(plan.seed)
    known = faults(plan.database, plan.everything)
    names = list(known)
    total = plan.size * len(fakes)
    # Every fault before any comes again, in another order each time.
    drawn = [name for _ in range(plan.kills // len(names) + 1) for name in chance.sample(names, len(names))]
    points = sorted(chance.uniform(0.03, 0.9) * total for _ in range(plan.kills))
    watched: list[asyncio.Task[tuple[str, float, float]]] = []

    async def break_things() -> None:
        for name, point in zip(drawn, points, strict=False):
            while crowd.answers() < point:
                await asyncio.sleep(0.05)
            at = time.monotonic()
            tell(f"{crowd.answers()}/{total} answered: {name}")
            await known[name](target)
            watched.append(asyncio.create_task(_well_again(name, at, target.stack)))

    asking = asyncio.create_task(crowd.ask(fakes, plan.size, plan.at_once))
    breaking = asyncio.create_task(break_things())
    seen, moved = 0, time.monotonic()
    while not asking.done():
        await asyncio.sleep(0.5)
        if crowd.answers() != seen:
            seen, moved = crowd.answers(), time.monotonic()
        if time.monotonic() - moved > PATIENCE:
            tell(f"given up: {seen}/{total} answered and nothing more for {PATIENCE:.0f} s")
            asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    breaking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await breaking
    return list(await asyncio.gather(*watched))


async def _well_again(name: str, at: float, stack: Stack) -> tuple[str, float, float]:
    """Ask the product itself (/readyz) until all its parts are well."""
    while time.monotonic() - at < PATIENCE:
        if await asyncio.to_thread(stack.ready):
            return name, at, time.monotonic() - at
        await asyncio.sleep(0.2)
    return name, at, -1.0


async def _settle(url: str, stack: Stack, plan: Plan) -> None:
    """Wait until nothing is under way any more, and a moment for what would come twice."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        await asyncio.sleep(1)
        left = await asyncio.to_thread(left_over, _inbox(url, stack, plan))
        if not {"in new", "in working", "out waiting", "out sending"} & left.keys():
            break
    await asyncio.sleep(2)
