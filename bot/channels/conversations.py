"""Delete a person's conversation from Rasa's tracker store, when everything about them is to go."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from settings import tracker_url
from storage.database import open_engine

_events = sa.table("events", sa.column("sender_id"))
_engines: dict[str, Engine] = {}


def forget_conversation(sender: str) -> None:
    """Delete every event of a sender's conversation. Deleting what isn't there is no error.

    Raises:
        DatabaseUnreachable: the tracker store doesn't answer.
    """
    url = tracker_url()
    engine = _engines.get(url) or _engines.setdefault(url, open_engine(url, variable="MOTCUA_TRACKER_URL"))
    if not sa.inspect(engine).has_table("events"):
        return  # nobody has talked yet
    with engine.begin() as connection:
        connection.execute(sa.delete(_events).where(_events.c.sender_id == sender))
