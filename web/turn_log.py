"""The turn log's tables in the database that the pages show, brought up to date when they are first asked for."""

from __future__ import annotations

import threading
from weakref import WeakSet

from sqlalchemy.engine import Engine

from analytics.database import migrate

_ready: WeakSet[Engine] = WeakSet()
_lock = threading.Lock()


def turn_log(engine: Engine) -> Engine:
    """The same engine, with the turn log's tables there."""
    with _lock:
        if engine not in _ready:
            migrate(engine)
            _ready.add(engine)
    return engine
