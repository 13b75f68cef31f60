"""Build the index from the database, and keep it in step with the knowledge."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Optional

import numpy as np
from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from knowledge import store
from knowledge import tables as t
from knowledge.importers.clean import short_name
from knowledge.search.background import learn_background, shipped_background
from knowledge.search.entry import Entry
from knowledge.search.index import EXACT_TEXTS, SearchIndex
from knowledge.search.terms import Background, QueryMaker
from knowledge.search.weights import Weights
from knowledge.vectors import Progress, StoredVectors, embed_missing, missing_texts, stored_vectors
from vietnamese.embedding import SentenceEncoder, Vectors, default_encoder

_LOOK_EVERY = 1.0
"""Seconds between looks at the version; a look is one small query."""

logger = logging.getLogger(__name__)

_BODY_DOCUMENTS = 25
_EMBED_ON_THE_SPOT = 300
"""New texts embedded while an index is built; more than that is done in the background first."""


def read_entries(connection: Connection) -> list[Entry]:
    """Every published procedure as the search sees it, by code."""
    published = {
        row.code: row for row in connection.execute(select(t.procedures).where(t.procedures.c.state == "published"))
    }
    names: dict[str, str] = {}
    levels: dict[str, tuple[str, ...]] = {}
    bodies: dict[str, list[str]] = defaultdict(list)
    editorial: set[str] = set()
    popular: dict[str, list[str]] = defaultdict(list)
    ways: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(t.layers).order_by(t.layers.c.code, t.layers.c.layer)):
        # 'editorial' sorts before 'official', whose name is the one to search by.
        official = short_name(row.official_name or row.name or row.code)
        if row.layer == store.EDITORIAL:
            editorial.add(row.code)
            if row.name:  # a correction of a portal record need not say it anew
                popular[row.code].append(row.name)
            bodies[row.code].append(row.summary or "")
        names[row.code] = official
        levels[row.code] = tuple((row.levels or "").split(",")) if row.levels else ()
        bodies[row.code] += [row.field or "", row.applicants or ""]
    for table, column in ((t.results, "name"), (t.documents, "name"), (t.notes, "text"), (t.forms, "name")):
        for row in connection.execute(select(table.c.code, table.c[column].label("text"))):
            if len(bodies[row.code]) < _BODY_DOCUMENTS + 10:
                bodies[row.code].append(row.text[:400])
    for row in connection.execute(select(t.popular_names).order_by(t.popular_names.c.code, t.popular_names.c.position)):
        popular[row.code].append(row.text)
    for row in connection.execute(select(t.ways_to_ask).order_by(t.ways_to_ask.c.code, t.ways_to_ask.c.position)):
        ways[row.code].append(row.text)
    for row in connection.execute(select(t.search_keys).order_by(t.search_keys.c.code, t.search_keys.c.position)):
        (popular if row.kind == "popular_name" else ways)[row.code].append(row.text)
    return [
        Entry(
            code,
            names[code],
            tuple(dict.fromkeys(popular[code])),
            tuple(dict.fromkeys(ways[code])),
            " . ".join(filter(None, bodies[code])),
            levels[code],
            code in editorial,
            published[code].area,
        )
        for code in sorted(published)
        if code in names
    ]


def texts_to_embed(entries: list[Entry]) -> Iterator[str]:
    """Names and keys of procedures."""
    for entry in entries:
        yield entry.name
        yield from entry.keys


def make_queries(
    connection: Connection,
    examples: Optional[dict[str, list[str]]] = None,
    background: Optional[Background] = None,
) -> QueryMaker:
    """The query maker with popular names from the database and the background of all questions.

    Args:
        connection: to the database.
        examples: questions by intent; by default those that the model learns from.
        background: learnt from them before; it doesn't change with the knowledge.
    """
    aliases = {row.alias: row.term for row in connection.execute(select(t.aliases))}
    if background is not None:
        return QueryMaker(background, aliases)
    return QueryMaker(shipped_background() if examples is None else learn_background(examples), aliases)


def build_index(
    connection: Connection,
    encoder: SentenceEncoder,
    queries: QueryMaker,
    weights: Optional[Weights] = None,
    earlier: Optional[SearchIndex] = None,
) -> SearchIndex:
    """Build the index of what is published, with the vectors that are stored.

    Args:
        connection: to the database.
        encoder: whose vectors are wanted.
        queries: makes terms of questions.
        weights: of the ranker; by default those that were learnt.
        earlier: the index before, with the same encoder; what hasn't changed is taken over.
    """
    entries = read_entries(connection)
    weights = weights or Weights.load()
    names = [entry.name for entry in entries]
    keys = [key for entry in entries for key in entry.keys]
    if len(names) + len(keys) > EXACT_TEXTS:
        # As 32-bit numbers all at once, the vectors of a million procedures would fill six gigabytes.
        fetched = StoredVectors(connection, encoder, names), StoredVectors(connection, encoder, keys)
        return SearchIndex(entries, *fetched, queries, weights, exact_texts=EXACT_TEXTS)
    held = _vectors(connection, encoder, names, earlier), _vectors(connection, encoder, keys, earlier)
    return SearchIndex(entries, *held, queries, weights, earlier)


def _vectors(
    connection: Connection, encoder: SentenceEncoder, texts: list[str], earlier: Optional[SearchIndex]
) -> Vectors:
    out = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    wanted = []
    for row, text in enumerate(texts):
        known = earlier.vector_of(text) if earlier else None
        if known is None:
            wanted.append(row)
        else:
            out[row] = known
    if wanted:
        out[wanted] = stored_vectors(connection, encoder, [texts[row] for row in wanted])
    return out


def embed_all(engine: Engine, encoder: Optional[SentenceEncoder] = None, progress: Optional[Progress] = None) -> int:
    """Make every vector that the index of today needs; returns how many were new."""
    encoder = encoder or default_encoder()
    with engine.connect() as connection:
        texts = list(texts_to_embed(read_entries(connection)))
    return embed_missing(engine, encoder, texts, progress)


class IndexKeeper:
    """Holds the index of the newest knowledge and replaces it when the version grows.

    Looking at the version costs one small query; a new index is built in the
    background while the old one goes on answering.
    """

    def __init__(self, engine: Engine, encoder: Optional[SentenceEncoder] = None) -> None:
        self._engine = engine
        self._encoder = encoder or default_encoder()
        self._lock = threading.Lock()
        self._building = False
        self._closed = threading.Event()
        self._background: Optional[Background] = None
        self.version = -1
        self.index = self._build(None)

    @property
    def encoder(self) -> SentenceEncoder:
        """The encoder whose vectors the index holds."""
        return self._encoder

    def _build(self, earlier: Optional[SearchIndex]) -> SearchIndex:
        with self._engine.connect() as connection:
            texts = texts_to_embed(read_entries(connection))
            new = [text for text in texts if earlier is None or earlier.vector_of(text) is None]
            missing = missing_texts(connection, self._encoder, new)
        if len(missing) <= _EMBED_ON_THE_SPOT:
            embed_missing(self._engine, self._encoder, missing)
        with self._engine.connect() as connection:
            version = store.read_counter(connection, store.KNOWLEDGE)
            queries = make_queries(connection, background=self._background)
            index = build_index(connection, self._encoder, queries, earlier=earlier)
        self._background = queries.background
        self.version = version
        logger.info("index of %d procedures, version %d", len(index), version)
        return index

    def follow(self, version: int) -> None:
        """Start building a new index when ``version`` is newer than the one held."""
        with self._lock:
            if version == self.version or self._building:
                return
            self._building = True
        threading.Thread(target=self._rebuild, name="index", daemon=True).start()

    def watch(self) -> None:
        """Look for new knowledge every second from now on, so that the first question after a change finds it."""
        threading.Thread(target=self._watch, name="index-watch", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            try:
                with self._engine.connect() as connection:
                    version = store.read_counter(connection, store.KNOWLEDGE)
            except SQLAlchemyError as error:  # the database is away for a while; the next look tries again
                logger.warning("the knowledge's version can't be read: %s", type(error).__name__)
            else:
                self.follow(version)

    def _rebuild(self) -> None:
        try:
            self.index = self._build(self.index)
        except Exception:  # the old index goes on answering; the next turn tries again
            logger.exception("building the index failed")
        finally:
            self._building = False
