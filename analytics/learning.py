"""Trainings that staff begin: one at a time, with progress and a comparison, kept in the database.

Whoever asks (the console) and whoever trains (a process of its own) meet here only, so that either may be restarted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from analytics.examples import Example
from storage.database import begin_exclusive
from storage.errors import MotCuaError
from storage.transactions import utcnow

BEAT_SECONDS = 5
"""Seconds between signs of life of a training."""
CUT_OFF = dt.timedelta(seconds=90)
"""Time without one after which a training counts as cut off."""
CUT_OFF_TOLD = "Việc học bị ngắt giữa chừng, có thể vì máy tắt hay thiếu bộ nhớ. Bạn bấm học lại nhé."
_SHOWN = 20


class State(str, Enum):
    """How far a training is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TrainingRefused(MotCuaError):
    """A training can't begin now; the text says why."""


@dataclass(frozen=True)
class Change:
    """A message that is read otherwise than before.

    Attributes:
        text: the message.
        right: what is right: an intent, or codes of procedures.
        before: what the earlier model made of it.
        after: what the new one makes of it.
        better: it became right; False: it was right and no longer is.
    """

    text: str
    right: str
    before: str
    after: str
    better: bool


@dataclass(frozen=True)
class Measure:
    """One figure of both models, 0 to 1.

    Attributes:
        name: macro_f1, accuracy, collected; first, resolved, aspect of the evaluation file.
        before: of the earlier model.
        after: of the new one.
        of: how many messages it was measured on.
    """

    name: str
    before: float
    after: float
    of: int


@dataclass
class Comparison:
    """What two models make of messages that neither has learnt.

    Attributes:
        examples: figures of examples that were held out.
        questions: figures of the evaluation file; empty without one.
        changes: messages that are read otherwise, those that got worse first.
        note: why something is missing, for people; '' where nothing is.
    """

    examples: list[Measure] = field(default_factory=list)
    questions: list[Measure] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    note: str = ""

    @property
    def worse(self) -> int:
        """How many messages got worse."""
        return sum(not change.better for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """As the table keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Training:
    """A training.

    Attributes:
        id: its number.
        state: how far it is; one that was cut off has failed.
        asked_at: when it was begun, UTC.
        asked_by: by whom.
        ended_at: when it ended, UTC.
        step: what it does, for people.
        percent: how far it is.
        model: name of the model it made.
        earlier: name of the model that was served then.
        examples: pairs of text and intent that it learns.
        comparison: of both models, once it is done.
        fault: why it failed, for people.
    """

    id: int
    state: State
    asked_at: dt.datetime
    asked_by: str
    ended_at: Optional[dt.datetime]
    step: str
    percent: int
    model: Optional[str]
    earlier: Optional[str]
    examples: tuple[tuple[str, str], ...]
    comparison: Optional[Comparison]
    fault: str


def begin(connection: Connection, examples: Sequence[Example], earlier: Optional[str], by: str) -> int:
    """Write a new training down; returns its number.

    Args:
        connection: in a transaction.
        examples: what it learns beside what comes with the software.
        earlier: name of the model that is served.
        by: the account's name.

    Raises:
        TrainingRefused: another one is at work.
    """
    begin_exclusive(connection)
    now, c = utcnow(), t.trainings.c
    alive = sa.select(c.id).where(c.state == State.RUNNING.value, c.beat > now - CUT_OFF)
    if connection.execute(alive).first() is not None:
        raise TrainingRefused("Trợ lý đang học rồi. Bạn chờ lần này xong nhé.")
    _cut_off(connection, now)
    made = connection.execute(
        sa.insert(t.trainings).values(
            state=State.RUNNING.value, asked_at=now, asked_by=by, beat=now, step="Chuẩn bị", percent=0, earlier=earlier,
            examples=[[example.text, example.intent] for example in examples],
        )
    )  # fmt: skip
    return int(made.inserted_primary_key[0])


def _cut_off(connection: Connection, now: dt.datetime) -> None:
    """Write down of trainings that died that they did."""
    c = t.trainings.c
    dead = sa.update(t.trainings).where(c.state == State.RUNNING.value, c.beat <= now - CUT_OFF)
    connection.execute(dead.values(state=State.FAILED.value, ended_at=now, fault=CUT_OFF_TOLD))


def beat(engine: Engine, number: int, step: Optional[str] = None, percent: Optional[int] = None) -> bool:
    """Say that a training lives, and how far it is; False where it has been given up meanwhile."""
    told = {
        "beat": utcnow(),
        **({"step": step[:200]} if step else {}),
        **({} if percent is None else {"percent": percent}),
    }
    with engine.begin() as connection:
        return bool(connection.execute(_running(number).values(**told)).rowcount)


def _running(number: int) -> Any:
    c = t.trainings.c
    return sa.update(t.trainings).where(c.id == number, c.state == State.RUNNING.value)


def finish(engine: Engine, number: int, model: str, comparison: Comparison) -> None:
    """A training is done."""
    values = {"model": model, "result": comparison.as_json(), "percent": 100, "step": "Xong"}
    with engine.begin() as connection:
        connection.execute(_running(number).values(state=State.DONE.value, ended_at=utcnow(), **values))


def fail(engine: Engine, number: int, fault: str) -> bool:
    """A training failed; False where it had ended already."""
    values = {"state": State.FAILED.value, "ended_at": utcnow(), "fault": fault[:500]}
    with engine.begin() as connection:
        return bool(connection.execute(_running(number).values(**values)).rowcount)


def latest(engine: Engine, most: int = _SHOWN) -> list[Training]:
    """The last trainings, the newest first."""
    query = sa.select(t.trainings).order_by(t.trainings.c.id.desc()).limit(most)
    with engine.connect() as connection:
        return [_training(row) for row in connection.execute(query)]


def find(engine: Engine, number: int) -> Optional[Training]:
    """One of them; None for an unknown number."""
    with engine.connect() as connection:
        row = connection.execute(sa.select(t.trainings).where(t.trainings.c.id == number)).first()
    return None if row is None else _training(row)


def _training(row: Any) -> Training:
    state, fault = State(row.state), row.fault or ""
    if state is State.RUNNING and row.beat <= utcnow() - CUT_OFF:
        state, fault = State.FAILED, CUT_OFF_TOLD
    examples = tuple((text, intent) for text, intent in row.examples)
    return Training(
        row.id, state, row.asked_at, row.asked_by, row.ended_at, row.step, row.percent, row.model, row.earlier,
        examples, _comparison(row.result) if row.result else None, fault,
    )  # fmt: skip


def _comparison(told: dict[str, Any]) -> Comparison:
    return Comparison(
        [Measure(**one) for one in told["examples"]],
        [Measure(**one) for one in told["questions"]],
        [Change(**one) for one in told["changes"]],
        told["note"],
    )
