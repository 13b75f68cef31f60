"""Whatever is kept of a person is found, handed out and deleted; whatever is old goes; nobody else's rows do."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from analytics.database import open_analytics
from analytics.turns import person_of
from bot import people
from bot.channels import conversations
from bot.channels.inbox import contacts, messages
from bot.channels.inbox.database import Inbox, open_inbox, utcnow
from bot.channels.inbox.tables import channel_contacts, inbox_messages, outbox_messages
from bot.tracker_store import ConversationStore
from bot.upkeep import purge_now, purge_today
from knowledge.database import migrate
from knowledge.database import open_engine as open_knowledge
from privacy.keepers import Keeper, erase, export
from settings.channels import InboxSettings
from settings.privacy import PrivacySettings
from storage.database import open_engine
from tests.bot.channels.inbox.support import message
from tests.test_house import PACKAGES

ANN, BOB = "tg:700000001", "tg:700000002"
OF_NOBODY = {
    "analytics_examples": "the staff's, looked at, without anybody's numbers (analytics/examples.py)",
    "analytics_trainings": "the staff's, with the same examples",
    "analytics_rollups": "counts; analytics.housekeeping.erase takes a person's number out, which has its own test",
    "analytics_link_days": "counts",
    "analytics_link_marks": "tokens of one day, of nobody in particular",
    "channel_state": "values and leases of the processes",
    "desk_canned_answers": "the staff's",
    "desk_presence": "the staff's",
    "zalo_tokens": "the account's own keys",
}
OF_THE_STAFF = {"knowledge": "records; authors are staff", "accounts": "staff"}
"""Packages whose tables hold no citizens."""


def all_tables() -> dict[str, str]:
    """Every table that a module named 'tables' describes, with its package; and Rasa's own."""
    found = {conversations.TABLE: "bot", conversations.RESULTS.name: "bot"}
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if module.name.rpartition(".")[2] == "tables":
                metadata: sa.MetaData = importlib.import_module(module.name).metadata
                found |= dict.fromkeys(metadata.tables, package)
    return found


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    monkeypatch.setenv("MOTCUA_BUTTON_SECRET", "only-for-tests-only-for-tests")
    opened = open_inbox()
    yield opened
    opened.engine.dispose()


@pytest.fixture
def records(inbox: Inbox) -> None:
    """The knowledge base, whose groups the figures of days are counted by."""
    migrate(open_knowledge())


@pytest.fixture
def store(inbox: Inbox) -> Iterator[sa.engine.Engine]:
    """Rasa's tables."""
    made = ConversationStore()
    yield made.engine
    made.engine.dispose()


def fill(inbox: Inbox, store: sa.engine.Engine, sender: str, at: dt.datetime) -> None:
    """A row of a person in every table that holds people, all columns filled."""
    made: dict[str, int] = {}
    for keeper in people.keepers(inbox):
        for name in sorted(keeper.tables):
            engine = store if name in (conversations.TABLE, conversations.RESULTS.name) else inbox.engine
            engine = open_analytics() if name.startswith("analytics_") else engine
            table = sa.Table(name, sa.MetaData(), autoload_with=engine)
            row = {column.name: _value(column, sender, at) for column in table.columns if column.name != "id"}
            with engine.begin() as connection:
                if "handover_id" in row:
                    row["handover_id"] = made["desk_handovers"]
                made[name] = connection.execute(sa.insert(table).values(row)).lastrowid


def _value(column: Any, sender: str, at: dt.datetime) -> Any:
    if column.name in ("sender", "sender_id"):
        return sender
    if column.name == "person":
        return person_of(sender)
    if column.name == "open_sender":
        return None
    if column.name == "state":
        return "closed" if column.table.name == "desk_handovers" else "sent"
    if column.name in ("address", "key", "token"):
        return f"{column.name} of {sender}"
    if column.name == "status":
        return "sent" if column.table.name == "outbox_messages" else "poison"
    kind = column.type.python_type
    if kind is dt.date:
        return at.date()
    if kind is dt.datetime:
        return at + dt.timedelta(days=30) if column.name == "expires_at" else at
    return at.replace(tzinfo=dt.timezone.utc).timestamp() if kind is float else kind()


def rows(keepers: tuple[Keeper, ...], sender: str) -> dict[str, int]:
    return {table: len(found) for part in export(keepers, sender).values() for table, found in part.items()}


def test_parts_of_a_process_may_open_the_inbox_at_once(tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path}/new.db", queue=True).dispose()
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: open_inbox(f"sqlite:///{tmp_path}/new.db"), range(8)))
    assert all(messages.accept(inbox, [message(number)]) for number, inbox in enumerate(opened))


def test_every_table_of_the_house_is_known_to_hold_people_or_not() -> None:
    kept = people.TABLES_OF_INBOX | people.TABLES_OF_DESK
    kept |= frozenset[str]().union(*(keeper.tables for keeper in people.elsewhere()))
    tables = all_tables()
    assert len(tables) > 15
    assert kept <= tables.keys()
    unknown = {
        name for name, package in tables.items() if name not in kept | OF_NOBODY.keys() and package not in OF_THE_STAFF
    }
    assert not unknown, "does it hold something of people? Then bot/people.py has to know it"


def test_a_person_is_handed_out_and_erased_everywhere_and_nobody_else(inbox: Inbox, store: sa.engine.Engine) -> None:
    for sender in (ANN, BOB):
        fill(inbox, store, sender, utcnow())
    keepers = people.keepers(inbox)
    tables = frozenset[str]().union(*(keeper.tables for keeper in keepers))
    assert rows(keepers, ANN) == dict.fromkeys(tables, 1)
    assert sum(erase(keepers, ANN).values()) == len(tables)
    assert rows(keepers, ANN) == dict.fromkeys(tables, 0)
    assert rows(keepers, BOB) == dict.fromkeys(tables, 1)
    assert sum(erase(keepers, ANN).values()) == 0


@pytest.mark.usefixtures("records", "store")
def test_what_is_old_goes_and_what_is_new_stays(inbox: Inbox, store: sa.engine.Engine) -> None:
    now = utcnow()
    fill(inbox, store, ANN, now - dt.timedelta(days=31))
    fill(inbox, store, BOB, now - dt.timedelta(days=29))
    fill(inbox, store, "tg:3", now - dt.timedelta(days=366))
    purge_now(inbox, PrivacySettings())
    keepers = people.keepers(inbox)
    nothing = dict.fromkeys(rows(keepers, BOB), 0)
    # A month later the way to a person is still known, a year later not.
    assert rows(keepers, ANN) == {**nothing, "channel_contacts": 1, "desk_followers": 1, "analytics_turns": 1}
    # What was sent is only kept for the days in which it may come again.
    assert rows(keepers, BOB) == {**dict.fromkeys(nothing, 1), "outbox_messages": 0}
    assert rows(keepers, "tg:3") == nothing


@pytest.mark.usefixtures("records", "store")
def test_one_process_purges_once_a_day(inbox: Inbox, store: sa.engine.Engine) -> None:
    settings = PrivacySettings()
    fill(inbox, store, ANN, utcnow() - dt.timedelta(days=31))
    gone = purge_today(inbox, "one", settings)
    assert gone is not None
    assert sum(gone.values()) >= 2
    assert purge_today(inbox, "two", settings) is None
    assert purge_today(inbox, "one", settings) is None


def test_conversations_that_never_were_are_no_error(inbox: Inbox) -> None:
    assert sum(erase(people.keepers(inbox), ANN).values()) == 0
    assert rows(people.keepers(inbox), ANN)["events"] == 0


def test_who_asked_in_the_chat_still_gets_the_answer_and_then_is_gone(
    inbox: Inbox, store: sa.engine.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "_forgetters", [people.forget_elsewhere])  # as the channels' process has it
    fill(inbox, store, ANN, utcnow() - dt.timedelta(days=1))
    messages.accept(inbox, [message(1, sender="tg:9"), message(2, sender=ANN)])
    (_, claimed) = messages.claim(inbox, "w", ["test"], 5, 30.0)
    assert claimed.incoming.sender == ANN
    assert people.erase_in_turn(inbox, ANN) == "erased_soon"
    left = rows(people.keepers(inbox), ANN)
    assert left == {**dict.fromkeys(left, 0), "inbox_messages": 1, "channel_contacts": 1, "turn_results": 1}
    assert messages.finish(inbox, "w", claimed, messages.Answer([{"text": "xong"}]))
    assert contacts.finish_forgetting(inbox) == 0  # the answer waits to be sent
    with inbox.begin() as connection:
        connection.execute(sa.update(outbox_messages).values(status="sent"))
    assert contacts.finish_forgetting(inbox) == 3
    assert sum(rows(people.keepers(inbox), ANN).values()) == 0
    assert rows(people.keepers(inbox), "tg:9")["inbox_messages"] == 1


def test_who_writes_again_is_no_longer_forgotten(inbox: Inbox) -> None:
    messages.accept(inbox, [message(1, sender=ANN)])
    people.erase_in_turn(inbox, ANN)
    messages.accept(inbox, [message(2, sender=ANN)])
    with inbox.begin() as connection:
        connection.execute(sa.update(inbox_messages).values(status="done"))
        assert connection.execute(sa.select(channel_contacts.c.forget)).scalar_one() is False
    assert contacts.finish_forgetting(inbox) == 0


def test_a_database_that_is_away_is_told_and_nothing_claimed(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MOTCUA_TRACKER_URL", "postgresql://nobody:nothing@127.0.0.1:1/none")
    assert people.erase_in_turn(inbox, ANN) == "erase_failed"
    assert people.erase_after_turn(ANN) == "erase_failed"
    assert ANN not in caplog.text


def test_the_first_message_of_a_conversation_begins_with_who_we_are(inbox: Inbox) -> None:
    def remarks() -> list[Any]:
        with inbox.begin() as connection:
            found = connection.execute(sa.select(inbox_messages.c.content).order_by(inbox_messages.c.id)).scalars()
            return [(content or {}).get("remark") for content in found]

    messages.accept(inbox, [message(1, sender=ANN), message(2, sender=ANN)], introduce=True)
    messages.accept(inbox, [message(3, sender=ANN), message(4, sender=BOB, remark="masked")], introduce=True)
    assert remarks() == ["introduction", None, None, "introduction masked"]
    with inbox.begin() as connection:
        connection.execute(sa.update(channel_contacts).values(last_seen=utcnow() - dt.timedelta(days=31)))
    messages.accept(inbox, [message(5, sender=ANN)], introduce=True)
    assert remarks()[-1] == "introduction"
    assert InboxSettings().introduce
