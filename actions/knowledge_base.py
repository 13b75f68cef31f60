"""The actions' view of the knowledge base: search and records, both following its version."""

from __future__ import annotations

import base64
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Optional

import numpy as np
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge.editing.faqs import faqs_in_force, last_step
from knowledge.editing.texts import events_in_force, guides_in_force, staff_rows
from knowledge.faqs import Faq
from knowledge.following import Standing, standings
from knowledge.guides.model import Guide
from knowledge.life_events import LifeEvent
from knowledge.procedure import Procedure, load_procedures
from knowledge.search.build import IndexKeeper
from knowledge.search.index import Result
from settings import today as today
from vietnamese.embedding import Vectors

logger = logging.getLogger(__name__)

_CACHE = 500
_VECTORS = 64
"""Texts whose vectors are kept."""


class KnowledgeBase:
    """Search and records over one database.

    A turn looks at the version once (``refresh``); records are cached by version.
    """

    def __init__(self, engine: Engine, keeper: Optional[IndexKeeper] = None) -> None:
        self.engine = engine
        self.keeper = keeper or IndexKeeper(engine)
        self._records: OrderedDict[str, Procedure] = OrderedDict()
        self._records_version = -1
        self._read_texts: Optional[tuple[Mapping[str, Guide], Mapping[str, LifeEvent]]] = None
        self._read_faqs: Optional[tuple[Faq, ...]] = None
        self._faq_step = -1
        self._faqs_version = -1
        self._staff_texts: Mapping[tuple[str, str], int] = {}
        self._texts_version = -1
        self._lock = threading.Lock()
        # A question goes on over some turns, and is read with each message that follows.
        self._embed = lru_cache(maxsize=_VECTORS)(self.keeper.encoder.query)

    def refresh(self) -> None:
        """Notice a new version of the knowledge."""
        with self.engine.connect() as connection:
            version = store.read_counter(connection, store.KNOWLEDGE)
        if version != self._records_version:
            with self._lock:
                self._records.clear()
                self._records_version = version
        self.keeper.follow(version)

    def guides(self) -> Mapping[str, Guide]:
        """Guides by name, staff's own before those of the files; as of the version that was seen last."""
        return self._texts()[0]

    def life_events(self) -> Mapping[str, LifeEvent]:
        """Life events by name, in the same way."""
        return self._texts()[1]

    def faqs(self) -> tuple[Faq, ...]:
        """General questions in force, in the same way; the same object as long as none has changed."""
        if self._read_faqs is None or self._faqs_version != self._records_version:
            with self.engine.connect() as connection:
                step = last_step(connection)
                if self._read_faqs is None or step != self._faq_step:
                    self._read_faqs = faqs_in_force(connection)
            self._faq_step, self._faqs_version = step, self._records_version
        return self._read_faqs

    def _texts(self) -> tuple[Mapping[str, Guide], Mapping[str, LifeEvent]]:
        if self._read_texts is None or self._texts_version != self._records_version:
            with self.engine.connect() as connection:
                written = {key: row.revision for key, row in staff_rows(connection).items()}
                # Procedures change more often than guides, which take a while to read.
                if self._read_texts is None or written != self._staff_texts:
                    self._read_texts = (guides_in_force(connection), events_in_force(connection))
            self._staff_texts, self._texts_version = written, self._records_version
        return self._read_texts

    def version(self) -> int:
        """The version of the knowledge in the database; the index may be a moment behind."""
        with self.engine.connect() as connection:
            return store.read_counter(connection, store.KNOWLEDGE)

    def search(
        self,
        text: str,
        packed: Optional[str] = None,
        limit: int = 10,
        boosts: Optional[dict[str, float]] = None,
        talked_of: Optional[str] = None,
    ) -> Result:
        """Search with a vector from the NLU, or one made here; see ``SearchIndex.search``."""
        vector = unpack(packed, self.keeper.encoder.dimensions) if packed else None
        if vector is None:
            vector = self._embed(text)
        return self.keeper.index.search(text, vector, limit, boosts, talked_of)

    def procedures(self, codes: Sequence[str]) -> dict[str, Procedure]:
        """Records by code; unknown and unpublished ones are left out."""
        missing = [code for code in dict.fromkeys(codes) if code not in self._records]
        if missing:
            with self.engine.connect() as connection:
                loaded = load_procedures(connection, missing)
            with self._lock:
                self._records.update(loaded)
                while len(self._records) > _CACHE:
                    self._records.popitem(last=False)
            return {code: record for code in codes if (record := loaded.get(code) or self._records.get(code))}
        return {code: self._records[code] for code in codes}

    def procedure(self, code: str) -> Optional[Procedure]:
        """One record, or None."""
        return self.procedures([code]).get(code)

    def standing(self, code: str) -> Optional[Standing]:
        """Where a procedure stands, for those who begin to follow it; None for one that is unknown."""
        with self.engine.connect() as connection:
            return standings(connection, [code]).get(code)


def unpack(packed: str, dimensions: int) -> Optional[Vectors]:
    """Unpack a sentence vector; None for one that isn't ours."""
    try:
        raw = np.frombuffer(base64.b64decode(packed, validate=True), dtype=np.int8).astype(np.float32)
    except ValueError:
        return None
    norm = float(np.linalg.norm(raw))
    if raw.shape != (dimensions,) or norm == 0:
        return None
    unit: Vectors = raw / norm
    return unit
