"""How Zalo delivers events: signed, timed, again when they fail, now and then twice or out of order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

import httpx

from tests.fakes.zalo_events import Body, Sender

REDELIVERY = (30.0, 300.0, 900.0, 1_800.0, 3_600.0)
"""Seconds after which an event that failed is sent again."""
PATIENCE = 2.0
"""Seconds within which Zalo wants its answer."""


@dataclass
class Delivery:
    """Posts events to a webhook.

    Attributes:
        url: of the webhook.
        sender: builds and signs.
        http: to post with.
        scale: factor for the waits between deliveries, so that tests needn't wait for hours.
        times: seconds that each answer took.
        statuses: of all answers, in order; 0 where none came.
        late: answers that took longer than Zalo allows.
    """

    url: str
    sender: Sender
    http: httpx.AsyncClient
    scale: float = 1.0
    times: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    late: int = 0

    async def once(self, body: Body, number: int = 0, headers: Optional[Mapping[str, str | bytes]] = None) -> int:
        """One delivery of an event; ``headers`` replace those that are right."""
        raw, right = self.sender.signed(body)
        return await self.raw(raw, {**right, **({"num_retry": str(number)} if number else {}), **(headers or {})})

    async def raw(self, raw: bytes, headers: Mapping[str, str | bytes]) -> int:
        """One delivery of bytes."""
        pairs = [
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()
        ]
        started = time.monotonic()
        try:
            answer = await self.http.post(self.url, content=raw, headers=pairs, timeout=PATIENCE * 5)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        spent = time.monotonic() - started
        self.times.append(spent)
        self.statuses.append(status)
        self.late += spent > PATIENCE
        return status

    async def event(self, body: Body) -> bool:
        """Deliver until it is taken or given up; says whether it was taken."""
        for number, wait in enumerate((0.0, *REDELIVERY)):
            await asyncio.sleep(wait * self.scale)
            if await self.once(body, number) == 200:
                return True
        return False

    async def disorderly(
        self, bodies: Sequence[Body], chance: random.Random, twice: float = 0.2, at_once: int = 50
    ) -> None:
        """Deliver many, ``at_once`` at a time: shuffled, some of them twice."""
        room = asyncio.Semaphore(at_once)

        async def deliver(body: Body) -> None:
            async with room:
                await self.event(body)

        plan: list[Any] = [body for body in bodies for _ in range(2 if chance.random() < twice else 1)]
        chance.shuffle(plan)
        await asyncio.gather(*(deliver(body) for body in plan))
