"""Search alone (read, embed, look up, rank) over ever more procedures: time, memory, and what the bounded look misses.

    python -m bench.search_scale 10000 100000

The real procedures of the database come first; the made-up ones are built from them
(bench/synthetic.py). Each size runs in a process of its own. Recall@10 compares the ten
best with those of a search that reads every posting and every vector in full.
"""

from __future__ import annotations

import argparse
import copy
import gc
import json
import multiprocessing
import os
import random
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Optional

import numpy as np
import psutil

from bench.synthetic import Made, MadeVectors, Parts
from knowledge.content import FOLDER
from knowledge.database import open_engine
from knowledge.search.background import read_examples
from knowledge.search.bounded import Bounded
from knowledge.search.build import make_queries, read_entries
from knowledge.search.entry import Entry
from knowledge.search.index import SearchIndex
from knowledge.search.lookup import COSINE_FLOOR, Floats, Places, Pool, Rows, relative
from knowledge.search.terms import Query, QueryMaker
from knowledge.search.weights import Weights
from knowledge.vectors import stored_vectors
from settings import database_url
from vietnamese.corpus import train_restorer
from vietnamese.embedding import Vectors, default_encoder
from vietnamese.fold import fold
from vietnamese.understand import Understander

_HEADS = ("", "", "cho em hỏi", "mình muốn hỏi")
_TAILS = ("", "", "cần giấy tờ gì ạ", "hết bao nhiêu tiền vậy", "nộp ở đâu vậy")
_WITHOUT_DIACRITICS = 0.3
_WARM_UP = 20
_RUNS = 3
"""Each question is asked so often; the quickest of each part counts, so that other processes weigh less."""
_COMPARED = 40
"""Questions compared with the search that reads everything."""
_BLOCK = 16_384
_SEED = 20_261_130


class Everything:
    """A lookup that reads every posting and every vector of some questions: what the bounded one is held against."""

    def __init__(self, bounded: Bounded, cosines: dict[bytes, Floats]) -> None:
        self.entries = bounded.entries
        self._bounded = bounded
        self._all_cosines = cosines

    def pool(self, query: Query, vector: Vectors, left_out: Optional[int] = None) -> Pool:
        """All procedures."""
        size = len(self.entries)
        cosines = self._all_cosines[vector.tobytes()]
        return Pool(
            np.arange(size),
            self._bounded.names.scores(query.weights),
            self._bounded.best_of_keys(self._bounded.keys.scores(query.weights), 0.0),
            cosines[:size],
            self._bounded.best_of_keys(cosines[size:], COSINE_FLOOR),
        )

    def details(self, query: Query, pool: Pool, rows: Places) -> tuple[Floats, Floats]:
        """Body relative to the best of all; letters, which have no postings, to the best of the rows."""
        _, letters = self._bounded.details(query, Pool(rows, *[np.zeros(0, np.float32)] * 4), np.arange(len(rows)))
        return relative(self._bounded.bodies.scores(query.single))[rows], letters

    def vector_of(self, text: str) -> Optional[Vectors]:
        """As the bounded one."""
        return self._bounded.vector_of(text)

    def cover(self, words: dict[str, float], place: int, left_out: Optional[int] = None) -> float:
        """As the bounded one."""
        return self._bounded.cover(words, place, left_out)

    def cosines(self, vector: Vectors, place: int, left_out: Optional[int] = None) -> tuple[float, float]:
        """As the bounded one."""
        return self._bounded.cosines(vector, place, left_out)


def all_cosines(sources: Sequence[Rows], vectors: Sequence[Vectors]) -> dict[bytes, Floats]:
    """Cosines of every row with each of some vectors, in 32 bits, by the vector's bytes."""
    asked = np.stack(vectors)
    out = np.empty((len(vectors), sum(len(source) for source in sources)), dtype=np.float32)
    before = 0
    for source in sources:
        for start in range(0, len(source), _BLOCK):
            block = np.asarray(source[start : start + _BLOCK], dtype=np.float32)
            out[:, before + start : before + start + len(block)] = asked @ block.T
        before += len(source)
    out[out == 0] = COSINE_FLOOR
    return {vector.tobytes(): row for vector, row in zip(vectors, out, strict=True)}


def questions_of(entries: Sequence[Entry], count: int) -> list[str]:
    """Messages as people type them, each about a key of some entry."""
    chance = random.Random(_SEED)
    asked: list[str] = []
    while len(asked) < count:
        entry = entries[chance.randrange(len(entries))]
        message = " ".join(
            filter(None, (chance.choice(_HEADS), chance.choice(entry.keys or (entry.name,)), chance.choice(_TAILS)))
        )
        asked.append(fold(message) if chance.random() < _WITHOUT_DIACRITICS else message)
    return asked


def measure(size: int, asked: int, bounded: bool) -> dict[str, Any]:
    """Build and ask one index.

    Args:
        size: made-up procedures; 0 for the real ones.
        asked: questions to time.
        bounded: take the bounded look whatever the size.

    Returns:
        Seconds, megabytes, milliseconds, and recall@10 where there is something to compare.
    """
    engine = open_engine(database_url())
    examples = read_examples()
    encoder = default_encoder()
    understander = Understander(train_restorer((text for texts in examples.values() for text in texts), [FOLDER]))
    with engine.connect() as connection:
        queries = make_queries(connection, examples)
        real = read_entries(connection)
        names = stored_vectors(connection, encoder, [entry.name for entry in real])
        keys = stored_vectors(connection, encoder, [key for entry in real for key in entry.keys])
    entries: Sequence[Entry] = real
    sources: tuple[Rows, Rows] = (names, keys)
    made = Made(Parts(real, names, keys), size) if size else None
    if made is not None:
        entries, sources = made, (MadeVectors(made, of_keys=False), MadeVectors(made, of_keys=True))
    encoder.query("làm nóng")
    gc.collect()
    before, started, worked = psutil.Process().memory_info().rss, time.perf_counter(), time.process_time()
    index = build(entries, sources, queries, bounded)
    wall, work = time.perf_counter() - started, time.process_time() - worked
    spent = made.seconds if made else 0.0
    gc.collect()
    held = psutil.Process().memory_info().rss
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    times, texts = [], []
    for number, typed in enumerate(questions_of(entries, asked + _WARM_UP)):
        runs = []
        for _ in range(_RUNS):
            begun = time.perf_counter()
            text = understander.understand(typed).text
            read = time.perf_counter()
            vector = encoder.query(text)
            embedded, idle = time.perf_counter(), time.process_time()
            index.search(text, vector)
            ended, busy = time.perf_counter(), time.process_time() - idle
            runs.append((ended - begun, read - begun, embedded - read, ended - embedded, busy))
        if number >= _WARM_UP:
            times.append([min(column) for column in zip(*runs, strict=True)])
            texts.append((text, vector))
    parts = np.array(times) * 1000
    figures: dict[str, Any] = {
        "records": len(index),
        "texts": len(sources[0]) + len(sources[1]),
        "look": "exact" if index.exact else "bounded",
        "build_s": round(wall - spent, 1),
        "build_cpu_s": round(work - spent, 1),
        "index_mb": round((held - before) / 2**20),
        "resident_mb": round(held / 2**20),
        "peak_mb": round(peak / 2**20),
        "load": round(os.getloadavg()[0], 1),
    }
    for column, part in enumerate(("all", "read", "embed", "lookup", "lookup_cpu")):
        figures[f"{part}_ms"] = round(float(np.median(parts[:, column])), 1)
        figures[f"{part}_p95_ms"] = round(float(np.percentile(parts[:, column], 95)), 1)
    if not index.exact:
        figures["recall_at_10"], figures["same_first"] = recall(index, sources, texts[:_COMPARED])
    return figures


def measure_apart(size: int, asked: int, bounded: bool = False) -> dict[str, Any]:
    """``measure`` in a process of its own, whose memory is nobody else's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        return alone.submit(measure, size, asked, bounded).result()


def build(entries: Sequence[Entry], sources: tuple[Rows, Rows], queries: QueryMaker, bounded: bool) -> SearchIndex:
    """The index as the assistant builds it, or with the bounded look in any case."""
    weights = Weights.load()
    if bounded:
        return SearchIndex(entries, *sources, queries, weights, exact_texts=0)
    return SearchIndex(entries, *sources, queries, weights)


def recall(index: SearchIndex, sources: Sequence[Rows], texts: Sequence[tuple[str, Vectors]]) -> tuple[float, float]:
    """Share of the ten best that the bounded look finds too, and of questions with the same first."""
    assert isinstance(index.lookup, Bounded)
    whole = copy.copy(index)
    whole.lookup = Everything(index.lookup, all_cosines(sources, [vector for _, vector in texts]))
    shares, firsts = [], 0
    for text, vector in texts:
        right = [hit.code for hit in whole.search(text, vector).hits]
        found = [hit.code for hit in index.search(text, vector).hits]
        shares.append(len(set(right) & set(found)) / len(right))
        firsts += right[0] == found[0]
    return round(float(np.mean(shares)), 3), round(firsts / len(texts), 3)


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Measure each size in a fresh process; print a line of JSON for each."""
    parser = argparse.ArgumentParser(description="Đo riêng phần tìm kiếm khi kho lớn dần.")
    parser.add_argument("sizes", type=int, nargs="*", default=[0, 10_000, 100_000], help="số thủ tục; 0: kho đang có")
    parser.add_argument("--questions", type=int, default=200, help="số câu hỏi đo giờ cho mỗi cỡ")
    parser.add_argument("--bounded", action="store_true", help="luôn tìm có giới hạn, dù kho nhỏ")
    parser.add_argument("--json", type=Path, help="tệp để ghi kết quả")
    given = parser.parse_args(arguments)
    found = []
    for size in given.sizes:
        found.append(measure_apart(size, given.questions, given.bounded))
        print(json.dumps(found[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
