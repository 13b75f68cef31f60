from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot

from bot.tracker_store import TURNS_READ, ConversationStore

TURNS = 75


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "not" / "yet" / "conversations.db"
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def store(file: Path) -> Iterator[ConversationStore]:
    store = _store()
    yield store
    store.engine.dispose()


def _store(**kwargs: Any) -> ConversationStore:
    return ConversationStore(Domain.empty(), **kwargs)


def _turn(number: int) -> list[Event]:
    return [UserUttered(f"câu {number}"), BotUttered(f"lời {number}")]


async def _add(store: ConversationStore, sender: str, *events: Event) -> None:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    for event in events:
        tracker.update(event)
    await store.save(tracker)


async def _said(store: ConversationStore, sender: str) -> list[str]:
    tracker = await store.retrieve(sender)
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def test_a_long_conversation_is_kept_whole(store: ConversationStore) -> None:
    await _add(store, "s", SessionStarted())
    for number in range(TURNS):
        await _add(store, "s", *_turn(number))
    whole = await store.retrieve_full_tracker("s")
    assert whole is not None
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == [
        f"câu {n}" for n in range(TURNS)
    ]
    assert [event.text for event in whole.events if isinstance(event, BotUttered)] == [f"lời {n}" for n in range(TURNS)]


async def test_only_the_latest_turns_are_read_for_the_next_one(store: ConversationStore) -> None:
    await _add(store, "s", SessionStarted())
    sizes = []
    for number in range(TURNS):
        await _add(store, "s", ActionExecuted("action_listen"), *_turn(number))
        tracker = await store.retrieve("s")
        assert tracker is not None
        sizes.append(len(tracker.events))
    assert await _said(store, "s") == [f"câu {number}" for number in range(TURNS - TURNS_READ, TURNS)]
    # Every later turn reads as much as the sixth.
    assert len(set(sizes[TURNS_READ:])) == 1


async def test_what_was_set_long_ago_is_still_known(file: Path) -> None:
    slots = [AnySlot(name, mappings=[{"type": "custom"}], influence_conversation=False) for name in "abc"]
    domain = Domain([], [], slots, {}, [], {}, {})
    store = ConversationStore(domain)
    await _add(store, "s", SessionStarted(timestamp=1.0), SlotSet("a", "of the session before", timestamp=1.5))
    await _add(store, "s", SessionStarted(timestamp=2.0), SlotSet("a", 1), SlotSet("b", [2]))
    await _add(store, "s", ActionExecuted("action_listen"), UserUttered("x"), SlotSet("a", 3), SlotSet("c", "gone"))
    await _add(store, "s", SlotSet("c", None))
    for number in range(TURNS):
        await _add(store, "s", ActionExecuted("action_listen"), *_turn(number))
    tracker = await store.retrieve("s")
    assert tracker is not None
    assert {name: tracker.get_slot(name) for name in "abc"} == {"a": 3, "b": [2], "c": None}
    whole = await store.retrieve_full_tracker("s")
    assert whole is not None
    assert whole.current_slot_values() == tracker.current_slot_values()
    store.engine.dispose()


async def test_a_conversation_saved_twice_is_kept_once(store: ConversationStore) -> None:
    tracker = await store.get_or_create_tracker("s")
    for event in (SessionStarted(), *_turn(0)):
        tracker.update(event)
    await store.save(tracker)
    await store.save(tracker)
    tracker.update(UserUttered("câu 1"))
    await store.save(tracker)
    whole = await store.retrieve_full_tracker("s")
    assert whole is not None
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["câu 0", "câu 1"]


async def test_only_the_latest_session_is_read_again(store: ConversationStore) -> None:
    await _add(store, "s", SessionStarted(timestamp=1.0), UserUttered("hôm qua", timestamp=2.0))
    await _add(store, "s", SessionStarted(timestamp=3.0), UserUttered("hôm nay", timestamp=4.0))
    assert await _said(store, "s") == ["hôm nay"]
    whole = await store.retrieve_full_tracker("s")
    assert whole is not None
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["hôm qua", "hôm nay"]


async def test_conversations_of_two_senders_stay_apart(store: ConversationStore) -> None:
    await _add(store, "a", SessionStarted(), UserUttered("của a"))
    await _add(store, "b", SessionStarted(), UserUttered("của b"))
    assert await _said(store, "a") == ["của a"]
    assert await store.retrieve("c") is None


async def test_a_conversation_outlives_the_server(store: ConversationStore) -> None:
    await _add(store, "s", SessionStarted(), UserUttered("xin chào"))
    again = _store(host="http://of-the-endpoints-file")  # Rasa passes it; the environment decides
    assert await _said(again, "s") == ["xin chào"]
    again.engine.dispose()


def test_every_connection_to_sqlite_is_quick_and_patient(store: ConversationStore, file: Path) -> None:
    assert file.exists()
    with store.engine.connect() as one, store.engine.connect() as other:
        for connection in (one, other):
            wanted = {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 30_000}
            got = {name: connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in wanted}
            assert got == wanted


def test_other_databases_of_the_process_are_left_alone(store: ConversationStore, tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "delete"
    engine.dispose()


def test_an_address_keeps_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def remember(self: SQLTrackerStore, domain: Any, **kwargs: Any) -> None:
        given.update(kwargs)
        self.engine = sa.create_engine("sqlite://")

    monkeypatch.setattr(SQLTrackerStore, "__init__", remember)
    monkeypatch.setenv("MOTCUA_TRACKER_URL", "postgresql://user:pass@127.0.0.1/talks")
    ConversationStore()
    assert given["host"] == "postgresql://user:pass@127.0.0.1/talks"
