"""Tell followers what changed: once each, when the changing has come to rest."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from sqlalchemy.engine import Engine

from answers.changes import changed_on, changes, notice
from desk import followers
from desk.database import Desk
from desk.followers import Follower, Known, News
from knowledge import store
from knowledge.following import Standing, as_it_was, standings
from knowledge.procedure import Procedure, load_procedures
from settings import today

PUBLISHED = "published"
RETIRED = "retired"
PROCEDURES = 4
"""Procedures of one notice; a large import that changes more of what somebody follows sends the rest in another."""


@dataclass(frozen=True)
class _Change:
    """What a follower is to be told of one procedure.

    Attributes:
        news: what they know from now on.
        record: as it is now; None for one that is gone.
        lines: what changed; none where nothing is worth telling.
        name: by which they knew it.
        at: when, UTC.
    """

    news: News
    record: Optional[Procedure]
    lines: tuple[str, ...]
    name: str
    at: Optional[dt.datetime]


class Notices:
    """Looks for followed procedures that changed.

    Two databases are involved. What a follower knows moves on, and the notice is kept for sending, in one transaction
    of the desk's: a crash before it repeats the look, a crash after it repeats nothing.

    Args:
        desk: where followers are kept.
        engine: the knowledge base.
        quiet: minutes without a further change, so that a burst of changes is one notice.
    """

    def __init__(self, desk: Desk, engine: Engine, quiet: int) -> None:
        self._desk = desk
        self._engine = engine
        self._quiet = dt.timedelta(minutes=quiet)

    def tell(self) -> int:
        """One round; returns how many notices were kept for sending."""
        codes = followers.followed(self._desk)
        if not codes:
            return 0
        rested = store.now() - self._quiet
        with self._engine.connect() as connection:
            found = standings(connection, codes)
        settled = {
            code: standing
            for code in codes
            if (standing := found.get(code, _gone(code))).changed_at is None or standing.changed_at <= rested
        }
        behind: dict[str, list[Follower]] = defaultdict(list)
        for batch in store.batches(sorted(settled)):
            for follower in followers.of(self._desk, batch):
                if _is_behind(follower, settled[follower.code]):
                    behind[follower.sender].append(follower)
        return sum(self._tell(theirs, settled) for theirs in behind.values())

    def _tell(self, theirs: Sequence[Follower], settled: dict[str, Standing]) -> int:
        """Tell one person."""
        told = [change for follower in theirs if (change := self._change(follower, settled[follower.code]))]
        silent = [change.news for change in told if not change.lines and change.record is not None]
        if silent:
            followers.tell(self._desk, silent, None)
        loud = [change for change in told if change.lines or change.record is None]
        sent = 0
        for part in store.batches(loud, PROCEDURES):
            changed = [(change.record, change.lines) for change in part if change.record is not None]
            gone = [change.name for change in part if change.record is None]
            when = max(changed_on(change.at, today()) for change in part)
            reply = notice(changed, gone, when)
            sent += followers.tell(self._desk, [change.news for change in part], reply.as_json())
        return sent

    def _change(self, follower: Follower, standing: Standing) -> Optional[_Change]:
        with self._engine.connect() as connection:
            record = load_procedures(connection, [follower.code]).get(follower.code)
            doubtful = record.doubtful if record else frozenset[str]()
            known = follower.known
            before = as_it_was(connection, follower.code, known.official, known.editorial, doubtful)
        name = before.name if before else follower.code
        if standing.state == RETIRED:
            return _Change(News(follower, None), None, (), name, standing.changed_at)
        if record is None:
            return None  # published again in a moment, or being written
        lines = tuple(changes(before, record, today())) if before else ()
        news = News(follower, Known(standing.official, standing.editorial))
        return _Change(news, record, lines, name, standing.changed_at)


def _gone(code: str) -> Standing:
    """Where a procedure stands of which nothing is left."""
    return Standing(code, 0, 0, RETIRED, None)


def _is_behind(follower: Follower, standing: Standing) -> bool:
    if standing.state == RETIRED:
        return True
    return standing.state == PUBLISHED and follower.known != Known(standing.official, standing.editorial)
