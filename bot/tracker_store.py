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
from sqlalchemy.orm import Session

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
        self._added: list[Event] = []

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what is new in a conversation, then tell the event broker of it.

        Rasa reads the whole conversation once more before each save, to find what is new for the broker. What was
        just stored is exactly that.
        """
        await super().save(tracker)
        added, self._added = self._added, []
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, added, tracker.sender_id)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Nothing: ``save`` tells the broker itself."""

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        # Nothing is awaited between here and the end of the parent's 'save', so no other conversation comes between.
        self._added = list(super()._additional_events(session, tracker))
        return iter(self._added)


def _prepare(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        # A write-ahead log: readers don't wait, and a turn costs no full sync of the disk.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
