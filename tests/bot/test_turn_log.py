"""Turns reach the log from Rasa's own events, and no conversation waits for it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.engine import Engine

from analytics.database import open_analytics
from analytics.writer import Writer
from bot.channels.arrival import received
from bot.tracker_store import ConversationStore
from bot.turn_log import TurnLog
from tests.analytics.support import BIRTH, rows

RECORD = {"outcome": "answered", "aspect": "fee", "answer": BIRTH, "codes": [BIRTH], "options": [], "confidence": 0.9}


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path / 'conversations.db'}")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'motcua.db'}")


def turn(number: int) -> list[Event]:
    said = UserUttered(
        f"câu {number}", {"name": "ask_fee"}, input_channel="telegram", message_id=f"m{number}", metadata=received(),
        parse_data={"intent": {"name": "ask_fee"}, "understood": f"câu {number}", "sentence_vector": "A" * 512},
    )  # fmt: skip
    answered = BotUttered("lời", metadata={"turn": RECORD, "reply": {"blocks": [{"type": "text", "text": "lời"}] * 5}})
    return [said, ActionExecuted("action_answer"), answered, SlotSet("turns", number), ActionExecuted("action_listen")]


async def talk(store: ConversationStore, sender: str, turns: int) -> list[float]:
    """Seconds that each save took."""
    spent = []
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(SessionStarted())
    for number in range(turns):
        for event in turn(number):
            tracker.update(event)
        started = time.perf_counter()
        await store.save(tracker)
        spent.append(time.perf_counter() - started)
    return spent


@pytest.fixture
def database() -> Iterator[Engine]:
    opened = open_analytics()
    yield opened
    opened.dispose()


async def test_rasa_makes_the_broker_from_the_endpoints_file(database: Engine) -> None:
    config = EndpointConfig.from_dict({"type": "bot.turn_log.TurnLog"})
    broker = await EventBroker.create(config)
    assert isinstance(broker, TurnLog)
    store = ConversationStore(Domain.empty(), event_broker=broker)
    await talk(store, "tg:1", 3)
    await broker.close()
    store.engine.dispose()
    found = rows(database)
    assert [(row.outcome, row.aspect, row.procedure, row.intent) for row in found] == [
        ("answered", "fee", BIRTH, "ask_fee")
    ] * 3
    assert len({row.conversation for row in found}) == 1
    assert all(0 <= row.ms < 60_000 for row in found)


class Remembering(EventBroker):
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def publish(self, event: dict[str, Any]) -> None:
        self.events.append(event)


async def test_each_event_is_told_once_and_in_order() -> None:
    broker = Remembering()
    store = ConversationStore(Domain.empty(), event_broker=broker)
    await talk(store, "a", 2)
    await talk(store, "b", 1)
    store.engine.dispose()
    told = [(event["sender_id"], event["event"]) for event in broker.events]
    one = ["user", "action", "bot", "slot", "action"]
    assert told == [("a", kind) for kind in ["session_started", *one, *one]] + [
        ("b", kind) for kind in ["session_started", *one]
    ]


async def test_a_conversation_goes_on_where_the_log_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", "sqlite:////proc/nowhere/motcua.db")
    broker = await TurnLog.from_endpoint_config(None)
    store = ConversationStore(Domain.empty(), event_broker=broker)
    await talk(store, "tg:1", 2)
    tracker = await store.retrieve("tg:1")
    store.engine.dispose()
    assert tracker is not None
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "câu 1"


@pytest.mark.measured
def test_telling_costs_a_turn_next_to_nothing(database: Engine) -> None:
    broker = TurnLog(Writer(lambda: database))
    told = [{"sender_id": "tg:1", **event.as_dict()} for number in range(200) for event in turn(number)]
    spent = []
    for at in range(0, len(told), 5):
        started = time.perf_counter()
        for event in told[at : at + 5]:
            broker.publish(event)
        spent.append(time.perf_counter() - started)
    broker._writer.close(30)
    # Some ten microseconds; a turn takes seventy milliseconds.
    assert statistics.median(spent) < 0.001
    assert len(rows(database)) == 200
