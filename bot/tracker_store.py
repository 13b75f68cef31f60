"""Rasa's SQL tracker store on the project's own address, quick and safe on SQLite."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from bot import turn_results
from bot.turn_results import IN_HAND, NotKept
from settings import tracker_url

TURNS_READ = 5
"""Latest turns of a conversation that are read for the next one, beside all slots. The policies look at three, the
actions at slots alone; with whole conversations the 200th turn would read, replay and hand on a megabyte."""
_STORED = "motcua_stored"
"""Attribute of a tracker: how many of its events are in the database."""


class ConversationStore(SQLTrackerStore):
    """Keeps conversations in the database of ``MOTCUA_TRACKER_URL``."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
        host: Optional[str] = None,  # Rasa passes the endpoint's url; ours comes from the environment
        **kwargs: Any,
    ) -> None:
        url = make_url(tracker_url())
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # Listen on the class, since the parent opens its first connection itself.
        sa.event.listen(sa.pool.Pool, "connect", _prepare)
        try:
            super().__init__(
                domain, host=url.render_as_string(hide_password=False), event_broker=event_broker, **kwargs
            )
        finally:
            sa.event.remove(sa.pool.Pool, "connect", _prepare)
        sa.event.listen(self.engine, "connect", _prepare)
        if url.get_backend_name() != "sqlite":
            sa.event.listen(self.engine, "checkout", _see_that_it_lives)
        turn_results.prepare(self.engine)
        self._added: list[Event] = []

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The latest session's tracker: its slots and its latest turns; ``retrieve_full_tracker`` gives everything.

        A turn in hand is told where it couldn't be read: Rasa goes on with an empty conversation then, which must not
        be written over the real one.
        """
        try:
            with self.session_scope() as session:
                events = [_event(row) for row in self._rows(session, sender_id)]
        except Exception:
            if turn := IN_HAND.get():
                turn.unread = True
            raise
        if not events or not self.domain:
            return None
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        setattr(tracker, _STORED, len(tracker.events))
        return tracker

    def _rows(self, session: Session, sender_id: str) -> list[str]:
        """What is read of a session, in order: its start, each slot's last value, the latest turns."""
        stored = self.SQLEvent
        of_sender = session.query(stored.id, stored.data).filter(stored.sender_id == sender_id)
        start = of_sender.filter(stored.type_name == SessionStarted.type_name).order_by(stored.id.desc()).first()
        since = of_sender.filter(stored.id >= start.id) if start else of_sender
        said = since.filter(stored.type_name == UserUttered.type_name).order_by(stored.id.desc())
        first = said.offset(TURNS_READ - 1).first()
        if first is None:
            return [row.data for row in since.order_by(stored.id)]
        before = since.filter(stored.id < first.id)
        last_values = (
            session.query(sa.func.max(stored.id))
            .filter(stored.sender_id == sender_id, stored.type_name == SlotSet.type_name, stored.id < first.id)
            .group_by(stored.action_name)
        )
        slots = before.filter(stored.id.in_(last_values.scalar_subquery())).order_by(stored.id)
        # A turn begins where the assistant has begun to listen.
        listens = before.filter(stored.type_name == ActionExecuted.type_name).order_by(stored.id.desc()).first()
        turns = since.filter(stored.id >= first.id).order_by(stored.id)
        rows = [*([start] if start else []), *slots, *([listens] if listens else []), *turns]
        return [row.data for row in rows]

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what is new in a conversation, with the replies of the turn in hand, then tell the event broker of it.

        Rasa reads the whole conversation once more before each save, to find what is new for the broker. What was
        just stored is exactly that.
        """
        turn = IN_HAND.get()
        if turn and not turn.result["replies"]:
            return  # an action failed: the message is tried again on the conversation as it was
        await super().save(tracker)
        setattr(tracker, _STORED, len(tracker.events))
        if turn:
            turn.kept = True
        added, self._added = self._added, []
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, added, tracker.sender_id)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Nothing: ``save`` tells the broker itself."""

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        # Nothing is awaited between here and the end of the parent's 'save', so no other conversation comes between.
        known: Optional[int] = getattr(tracker, _STORED, None)
        if known is None:  # it wasn't read from here: a new conversation, or a whole one
            self._added = list(super()._additional_events(session, tracker))
        else:
            self._added = list(itertools.islice(tracker.events, known, None))
        if turn := IN_HAND.get():
            if turn.unread or not self._added:
                raise NotKept
            turn_results.write(session.connection(), turn)
        return iter(self._added)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, type[Event]]:
    """Rasa's events by name; Rasa itself walks through all classes for every event that it reads."""
    return {kind.type_name: kind for kind in all_subclasses(Event)}


def _event(data: str) -> Event:
    parameters = json.loads(data)
    # An event of the database was written by this Rasa, so there is a class for it.
    return _kinds()[parameters["event"]]._from_parameters(parameters)


def _see_that_it_lives(connection: Any, _record: Any, _proxy: Any) -> None:
    """Ask a connection before it is used; the pool replaces one that the server has closed."""
    try:
        with contextlib.closing(connection.cursor()) as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        raise DisconnectionError from error


def _prepare(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        # A write-ahead log: readers don't wait, and a turn costs no full sync of the disk.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
