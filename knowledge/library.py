"""The knowledge for readers: single records and the list, both following its version, without any vectors."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import Optional

from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.catalogue import Catalogue, read_catalogue
from knowledge.database import open_engine
from knowledge.procedure import Procedure, load_procedures
from knowledge.search.build import make_queries
from knowledge.search.terms import QueryMaker

logger = logging.getLogger(__name__)

_CACHE = 500


class Library:
    """Reads one database; the database is opened when it is first asked.

    Args:
        engine: the database; by default that of the settings.
    """

    def __init__(self, engine: Optional[Engine] = None) -> None:
        self._given = engine
        self._records: OrderedDict[str, Procedure] = OrderedDict()
        self._records_version = -1
        self._catalogue: Optional[Catalogue] = None
        self._lock = threading.RLock()
        self._building = False

    @property
    def _engine(self) -> Engine:
        with self._lock:
            if self._given is None:
                self._given = open_engine()
            return self._given

    @property
    def engine(self) -> Engine:
        """The database, opened where it wasn't yet.

        Raises:
            DatabaseUnreachable: it doesn't answer.
        """
        return self._engine

    def version(self) -> int:
        """The version of the knowledge, which grows with every change."""
        with self._engine.connect() as connection:
            return store.read_counter(connection, store.KNOWLEDGE)

    def procedure(self, code: str, version: int) -> Optional[Procedure]:
        """One published record, or None.

        Args:
            code: its code.
            version: of the knowledge, as ``version`` said; records of older ones are forgotten.
        """
        with self._lock:
            if version != self._records_version:
                self._records.clear()
                self._records_version = version
            if code in self._records:
                return self._records[code]
        with self._engine.connect() as connection:
            record = load_procedures(connection, [code]).get(code)
        if record is not None:
            with self._lock:
                self._records[code] = record
                while len(self._records) > _CACHE:
                    self._records.popitem(last=False)
        return record

    def catalogue(self) -> Catalogue:
        """The list. The first is waited for; a newer one is read in the background while the old one serves."""
        with self._lock:
            if self._catalogue is None:
                self._catalogue = self._read(None)
            current = self._catalogue
        if self.version() != current.version:
            self._renew(current)
        return current

    def _renew(self, current: Catalogue) -> None:
        with self._lock:
            if self._building:
                return
            self._building = True
        threading.Thread(target=self._replace, args=(current,), name="catalogue", daemon=True).start()

    def _replace(self, current: Catalogue) -> None:
        try:
            self._catalogue = self._read(current.queries)
        except Exception:  # the old list goes on serving; the next look tries again
            logger.exception("reading the catalogue failed")
        finally:
            self._building = False

    def _read(self, earlier: Optional[QueryMaker]) -> Catalogue:
        """Read the list; what is common in questions doesn't change with the knowledge, popular names do."""
        with self._engine.connect() as connection:
            if earlier is None:
                queries = make_queries(connection)
            else:
                aliases = {row.alias: row.term for row in connection.execute(select(t.aliases))}
                queries = QueryMaker(earlier.background, aliases)
            return read_catalogue(connection, queries)
