"""People who ask: conversations that no other of the run has, one after the other or many at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from bench.search_scale import questions_of
from knowledge.database import open_engine
from knowledge.search.build import read_entries

TURNS = 5
"""Turns of one person."""
_FOLLOW_UPS = ("còn lệ phí?", "mấy ngày thì xong", "nộp ở đâu vậy bạn", "cần mang theo giấy tờ gì")


class Talk:
    """One person's conversation with the web page."""

    def __init__(self, page: str) -> None:
        self._client = httpx.Client(base_url=page, timeout=60)

    def say(self, text: str) -> float:
        """Send a message; seconds until the answer was there.

        Raises:
            RuntimeError: the answer is an apology, which would be quick.
        """
        started = time.perf_counter()
        answer = self._client.post("/api/message", json={"text": text})
        took = time.perf_counter() - started
        if answer.status_code != 200 or (answer.json()["turn"] or {}).get("outcome") == "failed":
            raise RuntimeError(f"the assistant didn't answer: {answer.status_code}")
        return took

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def conversations(database: str, count: int, skip: int = 0) -> list[list[str]]:
    """Conversations of ``TURNS`` messages about real procedures, the same each time they are made.

    Args:
        database: address of the knowledge.
        count: how many.
        skip: how many of the same row to leave to others.
    """
    engine = open_engine(database)
    with engine.connect() as connection:
        entries = read_entries(connection)
    engine.dispose()
    asked = questions_of(entries, (count + skip) * 2)[skip * 2 :]
    follow = itertools.cycle(_FOLLOW_UPS)
    return [
        [first, next(follow), next(follow), second, next(follow)]
        for first, second in zip(*[iter(asked)] * 2, strict=True)
    ]


def talk(page: str, texts: Sequence[str]) -> Iterator[float]:
    """Have one conversation; seconds of each turn."""
    person = Talk(page)
    try:
        yield from map(person.say, texts)
    finally:
        person.close()


def at_once(pages: Sequence[str], people: Sequence[Sequence[str]], clients: int) -> tuple[list[float], float]:
    """Have conversations, so many at a time, handed out over the pages in turn.

    Returns:
        Seconds of every turn, and seconds that the whole took.
    """
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        told = pool.map(
            lambda work: list(talk(*work)), [(pages[at % len(pages)], texts) for at, texts in enumerate(people)]
        )
        times = [seconds for one in told for seconds in one]
    return times, time.perf_counter() - started
