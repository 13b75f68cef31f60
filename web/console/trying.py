"""The search as the chat has it, for trying a change before it is published."""

from __future__ import annotations

import logging
import threading
from typing import Optional, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from knowledge import store
from knowledge.search.build import IndexKeeper
from knowledge.search.index import SearchIndex
from vietnamese.embedding import SentenceEncoder

logger = logging.getLogger(__name__)


class Held(Protocol):
    """What is needed of an ``IndexKeeper``."""

    @property
    def index(self) -> SearchIndex:
        """The index."""

    @property
    def encoder(self) -> SentenceEncoder:
        """The encoder whose vectors it holds."""

    def follow(self, version: int) -> None:
        """Notice a newer version of the knowledge."""


_keepers: WeakKeyDictionary[Engine, Held] = WeakKeyDictionary()
_being_made: set[int] = set()
_lock = threading.Lock()


def keeper(engine: Engine) -> Optional[Held]:
    """The index of a database, following its version.

    The first one takes a while and is made beside the pages; until it is there, None.
    """
    with _lock:
        found = _keepers.get(engine)
        if found is None and id(engine) not in _being_made:
            _being_made.add(id(engine))
            threading.Thread(target=_make, args=(engine,), name="trial-index", daemon=True).start()
    if found is not None:
        with engine.connect() as connection:
            version = store.read_counter(connection, store.KNOWLEDGE)
        found.follow(version)
    return found


def use_keeper(engine: Engine, held: Held) -> None:
    """Put an index in place that is there already."""
    with _lock:
        _keepers[engine] = held


def _make(engine: Engine) -> None:
    try:
        use_keeper(engine, IndexKeeper(engine))
    except Exception:  # the next visit tries again
        logger.exception("the index for trying could not be made")
    finally:
        with _lock:
            _being_made.discard(id(engine))
