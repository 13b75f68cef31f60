"""A day of a ward's traffic in minutes: what the memory does meanwhile.

A ward of some forty thousand people, of whom a few hundred a day ask: as many conversations as that, spread over the
hours as offices are open, each of one to seven turns. The day runs faster than real; nothing else is changed.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

from bench.asking import conversations, talk
from bench.figures import Figure, figure
from bench.parts import Options
from bench.processes import DATABASE, laptop

PEOPLE = 600
"""Conversations of the day."""
HOURS = (2, 1, 1, 1, 1, 3, 10, 30, 70, 80, 75, 45, 25, 50, 75, 70, 50, 30, 25, 30, 28, 20, 12, 6)
"""How busy each hour is against the others."""
_WARM_UP = 40
_SEED = 20_261_130


def arrivals(count: int, hours: Sequence[int] = HOURS) -> list[float]:
    """When people come, as shares of the day from 0 to 1, in order."""
    chance = random.Random(_SEED)
    bounds = list(accumulate(hours))
    found = []
    for _ in range(count):
        place = chance.random() * bounds[-1]
        hour = next(at for at, bound in enumerate(bounds) if place < bound)
        found.append((hour + chance.random()) / len(hours))
    return sorted(found)


def day(options: Options) -> dict[str, Figure]:
    """Replay the day; growth of memory between the warm stack and the evening, in percent.

    A day of few minutes has fewer people: the machine must not become what is measured.
    """
    people = min(PEOPLE, max(20, round(PEOPLE * options.minutes / 20)))
    chance = random.Random(_SEED)
    talks = conversations(f"sqlite:///{DATABASE}", people + _WARM_UP)
    lengths = [chance.choice((1, 1, 2, 2, 3, 5)) for _ in range(people)]
    turns, lock = 0, threading.Lock()
    with laptop("day") as stack, ThreadPoolExecutor(20) as pool:
        (page,) = stack.pages
        for texts in talks[:_WARM_UP]:
            list(talk(page, texts))
        before = stack.memory_mb()
        started = time.monotonic()

        def ask(texts: Sequence[str]) -> None:
            nonlocal turns
            done = sum(1 for _ in talk(page, texts))
            with lock:
                turns += done

        waiting = []
        for at, texts, length in zip(arrivals(people), talks[_WARM_UP:], lengths, strict=True):
            time.sleep(max(0.0, started + at * options.minutes * 60 - time.monotonic()))
            waiting.append(pool.submit(ask, texts[:length]))
        for one in waiting:
            one.result()
        growth = (stack.memory_mb() / before - 1) * 100
    return {"day_growth_pct": figure([growth]), "day_turns": figure([float(turns)])}
