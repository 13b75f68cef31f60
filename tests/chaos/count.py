"""What came of it all: each message answered exactly once and in order, each turn run once, how soon it went on."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from tests.chaos.people import Crowd, Person

Parts = dict[tuple[str, str], list[str]]


@dataclass
class Tally:
    """Messages of a platform.

    Attributes:
        asked: sent by people.
        once: answered exactly once.
        lost: not answered, or not wholly.
        twice: answers, or parts of them, beyond the first.
        strange: something else that arrived, such as an apology.
        disorder: people whose answers came in another order than their questions.
        turns: of the conversations; as many as were asked where no turn was run twice.
        seconds: from being taken to the last part of the answer: median, 99 in 100, longest.
    """

    asked: int = 0
    once: int = 0
    lost: int = 0
    twice: int = 0
    strange: int = 0
    disorder: int = 0
    turns: int = 0
    seconds: tuple[float, float, float] = (0.0, 0.0, 0.0)
    waits: list[float] = field(default_factory=list, repr=False)
    examples: list[str] = field(default_factory=list, repr=False)
    """Of what arrived and was no answer to anything: our own words."""

    def perfect(self) -> bool:
        """Nothing lost, nothing twice, all in order."""
        return self.asked == self.once == self.turns and not (self.lost or self.twice or self.strange or self.disorder)

    def as_json(self) -> dict[str, Any]:
        """Without the single waits."""
        told = asdict(self)
        del told["waits"]
        return told


def tally(crowd: Crowd, parts: Parts, url: str) -> dict[str, Tally]:
    """Count, by platform.

    Args:
        crowd: who asked.
        parts: see Crowd.
        url: of the conversations.
    """
    found: dict[str, Tally] = {}
    turns = _turns(url)
    for person in crowd.people:
        told = found.setdefault(person.fake.name, Tally())
        _count(person, parts, told)
        told.turns += turns[person.fake.sender + person.id]
    for told in found.values():
        waits = sorted(told.waits) or [0.0]
        nearly = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
        told.seconds = (round(statistics.median(waits), 2), round(nearly, 2), round(waits[-1], 2))
    return found


def _count(person: Person, parts: Parts, told: Tally) -> None:
    name = person.fake.name
    expected = [(number, text) for number, asked in enumerate(person.asked) for text in parts[name, asked.question]]
    got = person.got()
    told.asked += len(person.asked)
    arrived = Counter(text for _, text in got)
    wanted = Counter(text for _, text in expected)
    known = set().union(*(parts[key] for key in parts if key[0] == name))
    missing = wanted - arrived
    beyond = arrived - wanted
    odd = [text for text in beyond if text not in known]
    told.strange += sum(beyond[text] for text in odd)
    told.examples += odd[: 3 - len(told.examples)]
    told.twice += sum(count for text, count in beyond.items() if text in known)
    in_order = [text for _, text in expected] == [text for _, text in got]
    if in_order:
        told.once += len(person.asked)
        ends = {number: at for (number, _), (at, _) in zip(expected, got, strict=True)}
        told.waits += [ends[number] - asked.taken_at for number, asked in enumerate(person.asked) if number in ends]
        return
    lost = sum(missing.values())
    told.lost += lost
    told.once += max(0, len(person.asked) - lost - sum(beyond.values()))
    told.disorder += not missing and not beyond


def _turns(url: str) -> Counter[str]:
    """Messages that each conversation holds."""
    engine = sa.create_engine(url, future=True)
    question = "SELECT sender_id, count(*) FROM events WHERE type_name = 'user' GROUP BY sender_id"
    with engine.connect() as connection:
        found = Counter({row[0]: row[1] for row in connection.execute(sa.text(question))})
    engine.dispose()
    return found


def left_over(url: str) -> dict[str, int]:
    """Rows of the inbox that aren't as they should be at the end."""
    engine = sa.create_engine(url, future=True)
    with engine.connect() as connection:
        rows = [
            *connection.execute(
                sa.text("SELECT 'in ' || status, count(*) FROM inbox_messages WHERE status <> 'done' GROUP BY status")
            ),
            *connection.execute(
                sa.text("SELECT 'out ' || status, count(*) FROM outbox_messages WHERE status <> 'sent' GROUP BY status")
            ),
        ]
    engine.dispose()
    return {row[0]: row[1] for row in rows}
