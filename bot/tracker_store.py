"""Rasa's SQL tracker store on the project's own address, quick and safe on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from bot import turn_results
from bot.turn_results import IN_HAND, NotKept
from settings import tracker_url


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
        """The latest session of a conversation; a turn in hand is told where it couldn't be read."""
        try:
            return await super().retrieve(sender_id)
        except Exception:
            # Rasa goes on with an empty conversation, which must not be written over the real one.
            if turn := IN_HAND.get():
                turn.unread = True
            raise

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what is new in a conversation, with the replies of the turn in hand, then tell the event broker of it.

        Rasa reads the whole conversation once more before each save, to find what is new for the broker. What was
        just stored is exactly that.
        """
        turn = IN_HAND.get()
        if turn and not turn.result["replies"]:
            return  # an action failed: the message is tried again on the conversation as it was
        await super().save(tracker)
        if turn:
            turn.kept = True
        added, self._added = self._added, []
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, added, tracker.sender_id)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Nothing: ``save`` tells the broker itself."""

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        # Nothing is awaited between here and the end of the parent's 'save', so no other conversation comes between.
        self._added = list(super()._additional_events(session, tracker))
        if turn := IN_HAND.get():
            if turn.unread or not self._added:
                raise NotKept
            turn_results.write(session.connection(), turn)
        return iter(self._added)


def _see_that_it_lives(connection: Any, _record: Any, _proxy: Any) -> None:
    """Ask a connection before it is used; the pool replaces one that the server has closed."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        raise DisconnectionError from error


def _prepare(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        # A write-ahead log: readers don't wait, and a turn costs no full sync of the disk.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
