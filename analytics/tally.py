"""What is counted of any set of turns, so that the counts of days can be added up to those of months and years."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

from analytics import tables as t
from analytics.log import ABOUT_PROCEDURES
from answers.outcome import Aspect, Outcome

People = NDArray[np.int64]
_ANSWERED = Outcome.ANSWERED.value
_ASKED = frozenset(outcome.value for outcome in ABOUT_PROCEDURES)
_FILING = (Aspect.HOW_TO_FILE.value, Aspect.PORTAL_LINK.value)
"""Aspects whose answers show how to file."""


@dataclass
class Tally:
    """Counts of a set of turns.

    Attributes:
        turns: messages that were answered, or should have been.
        conversations: with at least one of these turns.
        asked: conversations that asked something of procedures.
        found: of these, conversations in which a procedure was found and answered for.
        shown: of these, conversations that were shown how to file.
        good: answers rated up.
        bad: answers rated down.
        outcomes: turns by how they ended.
        aspects: turns by what was asked of a procedure.
        procedures: conversations by the procedures answered for.
        times: turns by response time in milliseconds, as ``rounded`` keeps it.
        people: their numbers, sorted, each once.
    """

    turns: int = 0
    conversations: int = 0
    asked: int = 0
    found: int = 0
    shown: int = 0
    good: int = 0
    bad: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    aspects: Counter[str] = field(default_factory=Counter)
    procedures: Counter[str] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)
    people: People = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def as_json(self) -> str:
        """All but the people, as text."""
        return json.dumps({name: getattr(self, name) for name in _COUNTS}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, people: bytes = b"") -> Tally:
        """Read what ``as_json`` and ``people.tobytes`` wrote."""
        told: dict[str, Any] = json.loads(text)
        counters = {name: Counter(value) for name, value in told.items() if isinstance(value, dict)}
        counters["times"] = Counter({int(ms): count for ms, count in told["times"].items()})
        return cls(**{**told, **counters}, people=np.frombuffer(people, dtype="<i8").astype(np.int64))

    def share(self, outcome: Outcome) -> Optional[float]:
        """The share of turns that ended so, 0 to 1; None without any turn."""
        return self.outcomes[outcome.value] / self.turns if self.turns else None

    @property
    def unanswered(self) -> int:
        """Turns about procedures that got no answer: nothing was found, or something broke."""
        return self.outcomes[Outcome.NOT_FOUND.value] + self.outcomes[Outcome.FAILED.value]

    @property
    def satisfaction(self) -> Optional[float]:
        """The share of ratings that are good, 0 to 1; None without any rating."""
        return self.good / (self.good + self.bad) if self.good + self.bad else None

    def response_time(self, share: float) -> Optional[int]:
        """Milliseconds within which this share of turns was answered (nearest rank); None without any."""
        count = sum(self.times.values())
        rank = max(1, math.ceil(share * count))
        seen = 0
        for ms in sorted(self.times):
            seen += self.times[ms]
            if seen >= rank:
                return ms
        return None


_COUNTS = tuple(item.name for item in fields(Tally) if item.name != "people")


def rounded(ms: int) -> int:
    """A response time as it is kept: to the millisecond below a second, to 10 below ten seconds, else to 100."""
    step = 1 if ms < 1_000 else 10 if ms < 10_000 else 100
    return round(ms / step) * step


def total(tallies: list[Tally]) -> Tally:
    """Tallies of turns that have no conversation in common, added up; a person of several counts once."""
    whole = Tally()
    for tally in tallies:
        for name in _COUNTS:
            value = getattr(tally, name)
            if isinstance(value, Counter):
                counts = getattr(whole, name)
                for key, amount in value.items():
                    counts[key] += amount
            else:
                setattr(whole, name, getattr(whole, name) + value)
    whole.people = people_of(tallies)
    return whole


def people_of(tallies: list[Tally]) -> People:
    """The people of several tallies, sorted, each once."""
    return np.unique(np.concatenate([tally.people for tally in tallies] or [np.zeros(0, dtype=np.int64)]))


class Counting:
    """Counts turns one after the other."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._people: set[int] = set()
        self._conversations: set[int] = set()
        self._steps: tuple[set[int], set[int], set[int]] = (set(), set(), set())
        self._pairs: set[tuple[int, str]] = set()

    def add(self, turn: Any) -> None:
        """Count a turn; see COLUMNS for what it has."""
        tally, conversation = self._tally, turn.conversation
        tally.turns += 1
        self._people.add(turn.person)
        self._conversations.add(conversation)
        tally.outcomes[turn.outcome] += 1
        if turn.aspect:
            tally.aspects[turn.aspect] += 1
        if turn.ms is not None:
            tally.times[rounded(turn.ms)] += 1
        if turn.rated:
            tally.good += turn.rated > 0
            tally.bad += turn.rated < 0
        if turn.outcome in _ASKED:
            self._steps[0].add(conversation)
        if turn.outcome == _ANSWERED and turn.procedure:
            self._steps[1].add(conversation)
            self._pairs.add((conversation, turn.procedure))
            if turn.aspect in _FILING:
                self._steps[2].add(conversation)

    def done(self) -> Tally:
        """The counts."""
        tally = self._tally
        tally.conversations = len(self._conversations)
        tally.asked, tally.found, tally.shown = map(len, self._steps)
        tally.procedures = Counter(code for _, code in self._pairs)
        tally.people = np.array(sorted(self._people), dtype=np.int64)
        return tally


_turn = t.turns.c
COLUMNS = (
    *(_turn.day, _turn.channel, _turn.conversation, _turn.person),
    *(_turn.outcome, _turn.aspect, _turn.procedure, _turn.rated, _turn.ms),
)
"""Columns of ``analytics.tables.turns`` that counting needs."""
