"""Sentence vectors kept in the database by a hash of their text, so each text is embedded once.

Vectors of our own content travel with it (``content/vectors.npz``, eight bits
a number), those of the official names beside the importers: a fresh machine
answers without embedding ten thousand sentences first, and an import of the
portal's records is done in seconds. What the files lack is made on the spot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Optional

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from knowledge import tables as t
from knowledge.database import begin_exclusive
from knowledge.store import batches
from vietnamese import shipped
from vietnamese.embedding import SentenceEncoder, Vectors
from vietnamese.shipped import LONGEST_TEXT, text_hash

CONTENT_FILE = Path(__file__).parent / "content" / "vectors.npz"
OFFICIAL_FILE = Path(__file__).parent / "importers" / "vectors.npz"
"""Vectors of names as the portal's records have them."""
_CHUNK = 128
_FETCHED = 2_000
"""Texts up to which their vectors are asked for by hash; for more, the table is read through."""

Progress = Callable[[int, int], None]


def stored_vectors(connection: Connection, encoder: SentenceEncoder, texts: Sequence[str]) -> Vectors:
    """Vectors of texts, shape (len(texts), dimensions); a row of zeros where none is stored."""
    hashes = [text_hash(text) for text in texts]
    rows: dict[str, bytes] = {}
    query = select(t.vectors.c.text_hash, t.vectors.c.vector).where(t.vectors.c.model == encoder.name)
    if len(set(hashes)) > _FETCHED:
        rows = {row.text_hash: row.vector for row in connection.execute(query)}
    else:
        for batch in batches(dict.fromkeys(hashes)):
            rows.update(
                {row.text_hash: row.vector for row in connection.execute(query.where(t.vectors.c.text_hash.in_(batch)))}
            )
    out = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    for place, key in enumerate(hashes):
        if key in rows:
            out[place] = np.frombuffer(rows[key], dtype="<f2")
    return out


class StoredVectors:
    """Stored vectors of very many texts, fetched block by block while an index is built.

    Args:
        connection: kept open by the caller as long as rows are read.
        encoder: whose vectors.
        texts: one for each row.
    """

    def __init__(self, connection: Connection, encoder: SentenceEncoder, texts: Sequence[str]) -> None:
        self._connection = connection
        self._encoder = encoder
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, rows: slice) -> Vectors:
        parts = [stored_vectors(self._connection, self._encoder, part) for part in batches(self._texts[rows], _FETCHED)]
        return np.concatenate(parts) if parts else np.zeros((0, self._encoder.dimensions), dtype=np.float32)


def known_hashes(connection: Connection, model: str, hashes: Iterable[str]) -> set[str]:
    """Those of the hashes that have a stored vector."""
    known: set[str] = set()
    for batch in batches(hashes):
        query = select(t.vectors.c.text_hash).where(t.vectors.c.model == model, t.vectors.c.text_hash.in_(batch))
        known |= set(connection.execute(query).scalars())
    return known


def missing_texts(connection: Connection, encoder: SentenceEncoder, texts: Iterable[str]) -> list[str]:
    """Texts without a stored vector, each once, the shortest first."""
    wanted = {text_hash(text): text[:LONGEST_TEXT] for text in texts}
    known = known_hashes(connection, encoder.name, wanted)
    return sorted((text for key, text in wanted.items() if key not in known), key=len)


def embed_missing(
    engine: Engine, encoder: SentenceEncoder, texts: Iterable[str], progress: Optional[Progress] = None
) -> int:
    """Embed and store what is missing; returns how many were made.

    Each chunk is a short transaction of its own: embedding takes minutes, and
    meanwhile others can write. What was made is kept if the rest isn't.
    """
    with engine.connect() as connection:
        missing = missing_texts(connection, encoder, texts)
    done = 0
    for chunk in batches(missing, _CHUNK):
        vectors = encoder.passages(chunk)
        with engine.begin() as connection:
            begin_exclusive(connection)
            store_vectors(connection, encoder.name, [text_hash(text) for text in chunk], vectors)
        done += len(chunk)
        if progress:
            progress(done, len(missing))
    return done


def store_vectors(connection: Connection, model: str, hashes: Sequence[str], vectors: Vectors) -> None:
    """Store vectors that are not stored yet."""
    known = known_hashes(connection, model, hashes)
    rows = [
        {"model": model, "text_hash": key, "vector": vector.astype("<f2").tobytes()}
        for key, vector in zip(hashes, vectors, strict=True)
        if key not in known
    ]
    if rows:
        connection.execute(insert(t.vectors), rows)


def load_shipped(
    connection: Connection, encoder: SentenceEncoder, paths: Sequence[Path] = (CONTENT_FILE, OFFICIAL_FILE)
) -> int:
    """Store the vectors that travel with us, where they are of this encoder and new; returns how many were stored."""
    stored = 0
    for path in paths:
        hashes, vectors = shipped.read(path, encoder.name)
        if not hashes:
            continue
        begin_exclusive(connection)
        known = known_hashes(connection, encoder.name, hashes)
        fresh = [place for place, key in enumerate(hashes) if key not in known]
        for batch in batches(fresh, 2_000):
            store_vectors(connection, encoder.name, [hashes[place] for place in batch], vectors[batch])
        stored += len(fresh)
    return stored


def write_shipped(connection: Connection, encoder: SentenceEncoder, texts: Iterable[str], path: Path) -> int:
    """Write the file of vectors for texts that have one stored; returns how many it holds."""
    wanted = {text_hash(text): text for text in texts}
    vectors = stored_vectors(connection, encoder, list(wanted.values()))
    present = np.flatnonzero(np.any(vectors, axis=1))
    hashes = list(wanted)
    shipped.write(path, encoder.name, [hashes[place] for place in present], vectors[present])
    return len(present)
