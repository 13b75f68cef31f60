"""People who ask, one thing after the other, and what each of them must be answered."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx

from tests.chaos.platforms import Fake, Letter

QUESTIONS = (
    "đăng ký khai sinh cần giấy tờ gì",
    "làm hộ chiếu hết bao nhiêu tiền",
    "đăng ký kết hôn mất mấy ngày",
    "đăng ký thường trú cần giấy tờ gì",
    "cấp lại căn cước phí bao nhiêu",
    "sang tên xe máy nộp ở đâu",
    "đăng ký khai tử cần giấy tờ gì",
    "đổi giấy phép lái xe phí bao nhiêu",
)
"""Each answered by itself, whatever was said before."""
EACH = 10
"""Messages of one person."""
AHEAD = 3
"""Messages that a person sends without waiting for the answers."""
TWICE = 0.05
"""How often a platform delivers again what was taken."""


@dataclass
class Asked:
    """A message and its fate.

    Attributes:
        question: which of QUESTIONS.
        taken_at: when the webhook said 200.
    """

    question: str
    taken_at: float = 0.0


@dataclass
class Person:
    """Somebody on a platform."""

    fake: Fake
    id: str
    asked: list[Asked] = field(default_factory=list)
    done: int = 0
    """Messages whose answers have arrived, and how many parts those had."""
    parts: int = 0

    def got(self) -> list[tuple[float, str]]:
        """What arrived for them, in order."""
        return list(self.fake.arrived[self.id])


class Crowd:
    """Everybody who asks.

    Args:
        base: the address of the channels.
        parts: texts that a question is answered with, by platform and question.
        seed: of chance.
    """

    def __init__(self, base: str, parts: dict[tuple[str, str], list[str]], seed: int) -> None:
        self._base = base
        self._parts = parts
        self._questions = sorted({question for _, question in parts})
        self._chance = random.Random(seed)
        self._number = int(time.time()) % 1_000_000_000
        self.people: list[Person] = []
        self.refused = 0
        """Deliveries that weren't taken at first: the platform had to send them again."""

    def answers(self) -> int:
        """Messages whose answers have arrived."""
        return sum(self.answered(person) for person in self.people)

    def answered(self, person: Person) -> int:
        """How many of a person's messages have all their parts, going by count."""
        arrived = len(person.fake.arrived[person.id])
        while person.done < len(person.asked):
            parts = person.parts + len(self._parts[person.fake.name, person.asked[person.done].question])
            if parts > arrived:
                break
            person.done, person.parts = person.done + 1, parts
        return person.done

    async def ask(self, fakes: list[Fake], size: int, at_once: int) -> None:
        """Have ``size`` messages sent over each platform, by ``at_once`` people at a time."""
        room = asyncio.Semaphore(at_once)
        plan = [(fake, start) for start in range(0, size, EACH) for fake in fakes]
        async with httpx.AsyncClient(base_url=self._base, timeout=10) as http:

            async def one(fake: Fake, start: int) -> None:
                async with room:
                    person = Person(fake, fake.person(1000 + start))
                    self.people.append(person)
                    # Never the same twice in a row, which the assistant might remark upon.
                    order = self._chance.sample(self._questions, len(self._questions))
                    for number in range(min(EACH, size - start)):
                        await self._say(http, person, order[number % len(order)])
                    while self.answered(person) < len(person.asked):
                        await asyncio.sleep(0.05)

            await asyncio.gather(*(one(fake, start) for fake, start in plan))

    async def _say(self, http: httpx.AsyncClient, person: Person, question: str) -> None:
        while self.answered(person) < len(person.asked) - AHEAD:
            await asyncio.sleep(0.02)
        self._number += 1
        letter = person.fake.letter(person.id, self._number, question)
        asked = Asked(question)
        person.asked.append(asked)
        while not await self._post(http, letter):
            self.refused += 1
            await asyncio.sleep(0.1)
        asked.taken_at = time.monotonic()
        if self._chance.random() < TWICE:
            await self._post(http, letter)

    async def _post(self, http: httpx.AsyncClient, letter: Letter) -> bool:
        try:
            return (await http.post(letter.path, content=letter.body, headers=letter.headers)).is_success
        except httpx.HTTPError:
            return False


async def learn(base: str, fakes: list[Fake], questions: tuple[str, ...]) -> dict[tuple[str, str], list[str]]:
    """What each question is answered with on each platform, while all is well; each asked twice, in other company.

    Raises:
        AssertionError: an answer depends on what came before, so that no order could be told from it.
    """
    found: dict[tuple[str, str], list[str]] = {}
    async with httpx.AsyncClient(base_url=base, timeout=30) as http:

        async def one(fake: Fake, number: int, order: tuple[str, ...]) -> None:
            person = fake.person(number)
            for at, question in enumerate(order):
                before = len(fake.arrived[person])
                letter = fake.letter(person, 100 * number + at + 1, question)
                answer = await http.post(letter.path, content=letter.body, headers=letter.headers)
                assert answer.is_success, answer.status_code
                parts = await _parts(fake, person, before)
                known = found.setdefault((fake.name, question), parts)
                assert known == parts, f"the answer to {question!r} isn't always the same"

        orders = (questions, questions[::-1])
        await asyncio.gather(*(one(fake, at, order) for fake in fakes for at, order in enumerate(orders)))
    return found


async def _parts(fake: Fake, person: str, before: int) -> list[str]:
    """What came after ``before`` messages; over when nothing more comes for a moment."""
    give_up = time.monotonic() + 60
    seen = before
    while True:
        await asyncio.sleep(0.4)
        count = len(fake.arrived[person])
        if count > before and count == seen:
            return [text for _, text in fake.arrived[person][before:]]
        seen = count
        assert time.monotonic() < give_up, "no answer while all is well"
