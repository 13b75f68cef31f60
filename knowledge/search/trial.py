"""What a new way to ask would change: the question itself, before and after, and whether others get worse by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Optional

import numpy as np

from knowledge.search.index import SearchIndex
from vietnamese.embedding import Vectors

ASKED = 120
"""Ways to ask that are tried: those most like the new one, where it could do harm."""
_SHOWN = 8


@dataclass(frozen=True)
class Found:
    """What a question finds.

    Attributes:
        known: probability that anything that was found is what was asked for.
        hits: codes with their shares, best first.
    """

    known: float
    hits: tuple[tuple[str, float], ...]

    def place(self, code: str) -> Optional[int]:
        """The place of a procedure, from 1; None where it isn't among them."""
        return next((at for at, (found, _) in enumerate(self.hits, 1) if found == code), None)


@dataclass(frozen=True)
class Case:
    """A question of a regression check that finds another procedure first than before."""

    text: str
    right: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True)
class Check:
    """A regression check.

    Attributes:
        asked: how many questions.
        right_before: of these, how many found a right procedure first.
        right_after: the same with the new way.
        worse: questions that were right and no longer are.
    """

    asked: int
    right_before: int
    right_after: int
    worse: tuple[Case, ...]


@dataclass(frozen=True)
class Effect:
    """What a new way to ask would do.

    Attributes:
        before: what the way finds now, as a question.
        after: what it would find.
        ways: the check on the ways to ask that are most like it.
        questions: the check on questions whose right procedures are known for sure; None where there are none.
    """

    before: Found
    after: Found
    ways: Check
    questions: Optional[Check]

    @property
    def worse(self) -> tuple[Case, ...]:
        """Questions that were right and no longer would be."""
        return self.ways.worse + (self.questions.worse if self.questions else ())

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Effect:
        """Out of what ``as_json`` told.

        Raises:
            KeyError, TypeError: it is something else.
        """
        found = [Found(one["known"], tuple((code, share) for code, share in one["hits"]))
                 for one in (told["before"], told["after"])]  # fmt: skip
        questions = told["questions"]
        return cls(found[0], found[1], _check_of(told["ways"]), _check_of(questions) if questions else None)


def _check_of(told: dict[str, Any]) -> Check:
    worse = tuple(Case(**{**case, "right": tuple(case["right"])}) for case in told["worse"])
    return Check(told["asked"], told["right_before"], told["right_after"], worse)


@dataclass(frozen=True)
class Asked:
    """A question of a check.

    Attributes:
        text: as understood.
        vector: its sentence vector.
        right: codes that are right.
        key: it is one of the index's own ways to ask, which is hidden while it is asked: (code, text).
    """

    text: str
    vector: Vectors
    right: tuple[str, ...]
    key: Optional[tuple[str, str]] = None


def with_way(index: SearchIndex, code: str, way: str, vector: Vectors) -> SearchIndex:
    """The index as it would be with one more way to ask.

    Args:
        index: as it is.
        code: the procedure's.
        way: the way to ask.
        vector: the way's sentence vector.
    """
    entries = [
        replace(entry, ways_to_ask=(*entry.ways_to_ask, way)) if entry.code == code else entry
        for entry in index.entries
    ]
    none = np.zeros(vector.shape, dtype=np.float32)

    def rows(texts: Sequence[str]) -> Vectors:
        known = {way: vector}
        found = [known[text] if text in known else index.vector_of(text) for text in texts]
        made: Vectors = np.array([none if row is None else row for row in found], dtype=np.float32)
        return made

    names = rows([entry.name for entry in entries])
    keys = rows([key for entry in entries for key in entry.keys])
    return SearchIndex(entries, names, keys, index.queries, index.weights, index)


def look(index: SearchIndex, text: str, vector: Vectors) -> Found:
    """What a question finds."""
    result = index.search(text, vector, limit=_SHOWN)
    return Found(result.known, tuple((hit.code, hit.share) for hit in result.hits))


def near(index: SearchIndex, vector: Vectors, most: int = ASKED) -> list[Asked]:
    """The ways to ask of an index that are most like a sentence, each to be hidden while it is asked."""
    ways = [(entry.code, way) for entry in index.entries for way in entry.ways_to_ask]
    known = [(code, way, row) for code, way in ways if (row := index.vector_of(way)) is not None]
    if not known:
        return []
    cosines = np.array([row for _, _, row in known]) @ vector
    best = np.argsort(-cosines, kind="stable")[:most]
    return [Asked(known[at][1], known[at][2], (known[at][0],), known[at][:2]) for at in best]


def nearest(questions: Sequence[Asked], vector: Vectors, code: str, most: int = ASKED) -> list[Asked]:
    """Questions that a new way of a procedure may do good or harm: its own, and those most like the way."""
    if not questions:
        return []
    own = [question for question in questions if code in question.right][:most]
    others = [question for question in questions if code not in question.right]
    cosines = np.array([question.vector for question in others]).reshape(len(others), len(vector)) @ vector
    best = np.argsort(-cosines, kind="stable")[: max(0, most - len(own))]
    return [*own, *(others[at] for at in best)]


def effect(index: SearchIndex, code: str, way: str, vector: Vectors, questions: Sequence[Asked] = ()) -> Effect:
    """Try a new way to ask; nothing is changed.

    Args:
        index: as it is.
        code: the procedure's, which must be in the index.
        way: the way to ask.
        vector: its sentence vector.
        questions: whose right procedures are known for sure.
    """
    after = with_way(index, code, way, vector)
    asked = nearest(questions, vector, code)
    return Effect(
        look(index, way, vector), look(after, way, vector), check(index, after, near(index, vector)),
        check(index, after, asked) if asked else None,
    )  # fmt: skip


def check(before: SearchIndex, after: SearchIndex, questions: Sequence[Asked]) -> Check:
    """Ask questions of both; a way to ask of the index is hidden while it is asked, or it would find itself."""
    places = {id(index): _places(index) for index in (before, after)}
    worse, right_before, right_after = [], 0, 0
    for question in questions:
        first = {id(index): _first(index, question, places[id(index)]) for index in (before, after)}
        was, now = first[id(before)], first[id(after)]
        right_before += was in question.right
        right_after += now in question.right
        if was in question.right and now not in question.right:
            worse.append(Case(question.text, question.right, was, now))
    return Check(len(questions), right_before, right_after, tuple(worse))


def _places(index: SearchIndex) -> dict[tuple[str, str], int]:
    """The place of each key among the keys of an index."""
    keys = ((entry.code, key) for entry in index.entries for key in entry.keys)
    return {key: at for at, key in enumerate(keys)}


def _first(index: SearchIndex, question: Asked, places: dict[tuple[str, str], int]) -> str:
    hidden = places.get(question.key) if question.key else None
    rows, features = index.candidates(index.queries(question.text), question.text, question.vector, hidden)
    return index.codes[rows[int(np.argmax(features @ index.weights.rank))]] if len(rows) else ""
