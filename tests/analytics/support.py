"""Turns as Rasa's events tell them, and as the log keeps them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from analytics import tables as t
from analytics.log import record
from analytics.turns import Assembler, Turn, person_of, turn_of
from answers.outcome import Aspect, Outcome
from privacy.pseudonyms import pseudonym

NOON = dt.datetime(2026, 11, 24, 5)
"""12:00 in Vietnam, in UTC."""
BIRTH, WEDDING, LAND = "1.001193", "1.000894", "1.013978"


def seconds(at: dt.datetime) -> float:
    """Seconds since 1970 of a time in UTC."""
    return at.replace(tzinfo=dt.timezone.utc).timestamp()


def events(
    sender: str,
    text: str,
    at: dt.datetime = NOON,
    *,
    ms: int = 80,
    channel: str = "telegram",
    message: Optional[str] = None,
    parsed: Optional[dict[str, Any]] = None,
    **turn: Any,
) -> list[dict[str, Any]]:
    """The events of a turn, as Rasa tells them to a broker; without ``outcome`` no action has answered."""  # fmt: skip
    said = {
        "sender_id": sender, "event": "user", "timestamp": seconds(at) + 0.02, "text": text, "input_channel": channel,
        "message_id": message or f"{sender}-{at.isoformat()}-{text}", "parse_data": parsed or {"understood": text},
        "metadata": {"received": seconds(at)},
    }  # fmt: skip
    acted = {"sender_id": sender, "event": "action", "name": "action_answer", "timestamp": seconds(at) + 0.05}
    answered = {
        "sender_id": sender, "event": "bot", "timestamp": seconds(at) + ms / 1000, "text": "…",
        "metadata": {"reply": {"blocks": []}, "turn": turn},
    }  # fmt: skip
    listens = {"sender_id": sender, "event": "action", "name": "action_listen", "timestamp": seconds(at) + 1}
    return [said, acted, *([answered] if turn else []), listens]


def turns_of(*told: dict[str, Any]) -> list[Turn]:
    """The turns that events tell of."""
    assembler = Assembler()
    raw = [ended for event in told if (ended := assembler.feed(event)) is not None]
    return [turn for ended in raw if (turn := turn_of(ended)) is not None]


class Talk:
    """Writes the turns of one person, a minute apart."""

    def __init__(self, engine: Engine, sender: str = "tg:1", at: dt.datetime = NOON, channel: str = "telegram") -> None:
        self.engine, self.sender, self.at, self.channel = engine, sender, at, channel
        self.person = person_of(sender)
        self._count = 0

    def __call__(
        self,
        outcome: Outcome,
        answer: Optional[str] = None,
        aspect: Optional[Aspect] = None,
        *,
        text: str = "hỏi",
        minutes: float = 1,
        **more: Any,
    ) -> Turn:
        """Write the next turn."""  # fmt: skip
        self._count += 1
        turn = Turn(
            key=pseudonym("turn", f"{self.sender}-{seconds(self.at)}-{self._count}"), at=self.at, person=self.person,
            channel=self.channel, outcome=outcome, answer=answer, aspect=aspect, text=text, understood=text, **more,
        )  # fmt: skip
        record(self.engine, [turn])
        self.at += dt.timedelta(minutes=minutes)
        return turn

    def found(self, code: str, aspect: Aspect = Aspect.WHICH, **more: Any) -> Turn:
        """A question that was answered for a procedure."""
        return self(Outcome.ANSWERED, code, aspect, **more)


def rows(engine: Engine, table: sa.Table = t.turns) -> list[Any]:
    """All rows of a table, turns in their order."""
    with engine.connect() as connection:
        return list(connection.execute(sa.select(table).order_by(*(table.c.id,) if "id" in table.c else ())))


def reasons(engine: Engine) -> dict[str, Optional[str]]:
    """Why each kept text has to be looked at."""
    return {row.text: row.reason for row in rows(engine, t.texts)}
