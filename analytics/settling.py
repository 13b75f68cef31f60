"""Questions to settle: what went wrong, masked, like ones together, the most frequent first."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional
from weakref import WeakKeyDictionary

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from analytics.log import Reason
from vietnamese.understand import folded_words

MOST = 1_500
"""Texts that are looked at, the newest."""
ALIKE = 0.93
"""Cosine from which two questions are taken for one, where the search thought of the same procedure first."""
ALIKE_BY_WORDS = 0.96
"""The same for questions that share ``SHARED`` of their words. Of 3,000 ways to ask of our content, only half of the
pairs from 0.96 on are of one procedure ('lệ phí …', 'thời hạn …'), so cosines alone join nothing."""
SHARED = 0.5
_SHOWN = 5
FRESH = 60.0
"""Seconds for which questions that were put together are shown again, as long as none came or went."""
_kept: WeakKeyDictionary[Engine, dict[Optional[Reason], tuple[Any, float, list[Question]]]] = WeakKeyDictionary()


class Settled(str, Enum):
    """What was made of a question."""

    WAY = "way"
    """A way in which people ask for a procedure."""
    FAQ = "faq"
    """A general question that somebody has to write the answer to."""
    OUTSIDE = "outside"
    """Nothing of ours: an example for the next training."""
    EXAMPLE = "example"
    """An example of something else that people want, for the next training."""
    SET_ASIDE = "set_aside"
    """Nothing to be done."""


@dataclass(frozen=True)
class Question:
    """Questions that are alike.

    Attributes:
        keys: of the texts.
        text: the one that stands for them, masked.
        understood: the same as it was understood.
        others: other wordings, each once.
        reasons: how often for which reason.
        last: when it was asked last, in UTC.
        candidates: procedures that were thought of, the most frequent first.
    """

    keys: tuple[str, ...]
    text: str
    understood: str
    others: tuple[str, ...]
    reasons: Counter[Reason]
    last: dt.datetime
    candidates: tuple[str, ...]

    @property
    def count(self) -> int:
        """How often it was asked."""
        return len(self.keys)

    @property
    def name(self) -> str:
        """What an address calls it: the key of the text that stands for all."""
        return self.keys[0]


def open_questions(engine: Engine, reason: Optional[Reason] = None) -> list[Question]:
    """What waits to be settled, like questions together, the most frequent first.

    Args:
        engine: the turn log's database.
        reason: only for this one.
    """
    text, turn = t.texts.c, t.turns.c
    wanted = (text.reason.isnot(None) if reason is None else text.reason == reason.value, text.settled.is_(None))
    columns = (text.key, text.at, text.text, text.understood, text.vector, text.reason, turn.codes, turn.procedure)
    listed = sa.select(*columns).select_from(t.texts.outerjoin(t.turns, text.key == turn.key))
    with engine.connect() as connection:
        mark = connection.execute(sa.select(sa.func.count(), sa.func.max(text.at)).where(*wanted)).one()
        kept = _kept.setdefault(engine, {}).get(reason)
        if kept is not None and kept[0] == tuple(mark) and time.monotonic() - kept[1] < FRESH:
            return kept[2]
        rows = connection.execute(listed.where(*wanted).order_by(text.at.desc()).limit(MOST)).all()
    questions = [_question([rows[at] for at in members]) for members in clusters(rows)]
    found = sorted(questions, key=lambda question: (-question.count, -question.last.timestamp()))
    _kept[engine][reason] = (tuple(mark), time.monotonic(), found)
    return found


def find(engine: Engine, name: str) -> Optional[Question]:
    """The open questions that one of them stands for; None where it is none, or is settled."""
    return next((question for question in open_questions(engine) if name in question.keys), None)


def clusters(rows: Sequence[Any]) -> list[list[int]]:
    """Put like questions together: the first one that isn't taken yet takes all that are like it.

    Args:
        rows: with ``understood``, ``vector`` and ``codes``.

    Returns:
        Places in ``rows``, each in one cluster; the first of each stands for it.
    """
    words = [frozenset(folded_words(row.understood)) for row in rows]
    firsts = [row.codes[0] if row.codes else None for row in rows]
    numbers: dict[frozenset[str], int] = {}
    same = np.array([numbers.setdefault(said, len(numbers)) for said in words])
    likeness = np.zeros((0, 0), dtype=np.float32)
    if rows:
        vectors = _vectors(rows)
        likeness = vectors @ vectors.T
    # What was written most often in the same words goes first, so that it names its cluster.
    often = Counter(words)
    free = np.ones(len(rows), dtype=bool)
    made: list[list[int]] = []
    for place in sorted(range(len(rows)), key=lambda at: -often[words[at]]):
        if not free[place]:
            continue
        near = likeness[place]
        taken = [
            at
            for at in np.flatnonzero(free & ((near >= ALIKE) | (same == same[place])))
            if same[at] == same[place]
            or (firsts[at] is not None and firsts[at] == firsts[place])
            or (near[at] >= ALIKE_BY_WORDS and _shared(words[at], words[place]))
        ]
        made.append([place, *(int(at) for at in taken if at != place)])
        free[made[-1]] = False
    return made


def _shared(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= SHARED * max(1, len(one | other))


def _vectors(rows: Sequence[Any]) -> NDArray[np.float32]:
    """Unit vectors; zeros where there is none, which are like nothing."""
    sizes = Counter(len(row.vector) for row in rows if row.vector)
    size = sizes.most_common(1)[0][0] if sizes else 1
    made = np.zeros((len(rows), size), dtype=np.float32)
    for at, row in enumerate(rows):
        if row.vector and len(row.vector) == size:
            made[at] = np.frombuffer(row.vector, dtype=np.int8)
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    unit: NDArray[np.float32] = made / np.where(lengths > 0, lengths, 1)
    return unit


def _question(rows: Sequence[Any]) -> Question:
    first = rows[0]
    others = dict.fromkeys(row.text for row in rows if row.text != first.text)
    thought: Counter[str] = Counter()
    for row in rows:
        thought.update(dict.fromkeys(([row.procedure] if row.procedure else []) + list(row.codes or [])[:3], 1))
    return Question(
        keys=tuple(row.key for row in rows),
        text=first.text,
        understood=first.understood,
        others=tuple(others)[:_SHOWN],
        reasons=Counter(Reason(row.reason) for row in rows),
        last=max(row.at for row in rows),
        candidates=tuple(code for code, _ in thought.most_common(_SHOWN)),
    )


def settle(connection: Connection, keys: Sequence[str], settled: Settled, by: str) -> int:
    """Write down what was made of questions; returns how many were still open."""
    text = t.texts.c
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    done = sa.update(t.texts).where(text.key.in_(list(keys)), text.settled.is_(None))
    return connection.execute(done.values(settled=settled.value, settled_at=now, settled_by=by)).rowcount
