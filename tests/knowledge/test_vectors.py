from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import tables as t
from knowledge.database import open_engine
from knowledge.search.build import embed_all, read_entries, texts_to_embed
from knowledge.vectors import (
    embed_missing,
    load_shipped,
    missing_texts,
    stored_vectors,
    write_shipped,
)
from tests.knowledge.made_up import LetterEncoder, count
from vietnamese.embedding import SentenceEncoder, Vectors
from vietnamese.shipped import LONGEST_TEXT, text_hash

TEXTS = ["giấy khai sinh", "đăng ký kết hôn", "sổ đỏ"]


def closeness(first: Vectors, second: Vectors) -> float:
    return float(np.min(np.sum(first * second, axis=1)))


def test_each_text_is_embedded_once(engine: Engine) -> None:
    encoder = LetterEncoder()
    steps: list[tuple[int, int]] = []
    assert embed_missing(engine, encoder, [*TEXTS, *TEXTS], lambda *step: steps.append(step)) == 3
    assert steps == [(3, 3)]
    assert embed_missing(engine, encoder, TEXTS) == 0
    assert sorted(encoder.embedded) == sorted(TEXTS)
    with engine.connect() as connection:
        assert closeness(stored_vectors(connection, encoder, TEXTS), encoder.passages(TEXTS)) > 0.999


def test_a_text_without_a_vector_is_a_row_of_zeros(engine: Engine) -> None:
    encoder = LetterEncoder()
    embed_missing(engine, encoder, TEXTS[:1])
    with engine.connect() as connection:
        rows = stored_vectors(connection, encoder, ["lạ", TEXTS[0], "lạ"])
        assert stored_vectors(connection, encoder, []).shape == (0, encoder.dimensions)
    assert [bool(row.any()) for row in rows] == [False, True, False]


def test_many_texts_are_read_as_few_are(engine: Engine) -> None:
    encoder = LetterEncoder()
    texts = [f"thẻ số {number}" for number in range(2_100)]
    assert embed_missing(engine, encoder, texts) == 2_100
    with engine.connect() as connection:
        many, few = stored_vectors(connection, encoder, texts), stored_vectors(connection, encoder, texts[:5])
    assert np.array_equal(many[:5], few)
    assert many.any(axis=1).all()


def test_vectors_of_two_models_are_kept_apart(engine: Engine) -> None:
    first, second = LetterEncoder(), LetterEncoder("khác")
    embed_missing(engine, first, TEXTS)
    with engine.connect() as connection:
        assert missing_texts(connection, first, TEXTS) == []
        assert sorted(missing_texts(connection, second, TEXTS)) == sorted(TEXTS)
        assert not stored_vectors(connection, second, TEXTS).any()


def test_only_the_beginning_of_a_long_text_counts(engine: Engine) -> None:
    long = "a" * LONGEST_TEXT
    assert text_hash(long) == text_hash(long + "b") != text_hash("a" * (LONGEST_TEXT - 1))
    assert embed_missing(engine, LetterEncoder(), [long, long + "b"]) == 1


def test_an_embedding_that_breaks_off_keeps_what_is_made(engine: Engine) -> None:
    class Breaking(LetterEncoder):
        def passages(self, texts: Sequence[str]) -> Vectors:
            if len(self.embedded) >= 128:
                raise RuntimeError("no more memory")
            return super().passages(texts)

    texts = [f"thẻ số {number}" for number in range(300)]
    with pytest.raises(RuntimeError, match="no more memory"):
        embed_missing(engine, Breaking(), texts)
    assert embed_missing(engine, LetterEncoder(), texts) == 300 - 128


def test_processes_that_embed_at_once_do_not_stumble_over_each_other(engine: Engine) -> None:
    texts = [f"thẻ số {number}" for number in range(300)]
    failures: list[BaseException] = []

    def work() -> None:
        mine = open_engine(str(engine.url))
        try:
            embed_missing(mine, LetterEncoder(), texts)
        except BaseException as error:
            failures.append(error)
        finally:
            mine.dispose()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with engine.connect() as connection:
        assert count(connection, t.vectors) == 300


def test_shipped_vectors_come_back_nearly_as_they_were_and_once(engine: Engine, tmp_path: Path) -> None:
    encoder, path = LetterEncoder(), tmp_path / "vectors.npz"
    embed_missing(engine, encoder, TEXTS)
    with engine.connect() as connection:
        before = stored_vectors(connection, encoder, TEXTS)
        assert write_shipped(connection, encoder, [*TEXTS, "không có véc-tơ"], path) == 3
    with engine.begin() as connection:
        connection.execute(t.vectors.delete())
        assert load_shipped(connection, LetterEncoder("khác"), [path]) == 0
        assert load_shipped(connection, encoder, [tmp_path / "nowhere.npz"]) == 0
        assert load_shipped(connection, encoder, [path]) == 3
        assert load_shipped(connection, encoder, [path]) == 0
        after = stored_vectors(connection, encoder, TEXTS)
    assert closeness(before, after) > 0.999
    assert np.allclose(np.linalg.norm(after, axis=1), 1, atol=1e-3)


def test_what_travels_with_our_content_is_right_and_nearly_complete(engine: Engine, encoder: SentenceEncoder) -> None:
    with engine.begin() as connection:
        assert load_shipped(connection, encoder) > 5_000
        vector = connection.execute(select(t.vectors.c.vector).limit(1)).scalar_one()
    assert len(vector) == 2 * encoder.dimensions


def test_the_shipped_vectors_are_those_of_the_encoder(content_engine: Engine, encoder: SentenceEncoder) -> None:
    with content_engine.connect() as connection:
        texts = sorted(set(texts_to_embed(read_entries(connection))))[::400]
        assert missing_texts(connection, encoder, texts) == []
        assert closeness(stored_vectors(connection, encoder, texts), encoder.passages(texts)) > 0.995


def test_a_fresh_machine_has_nothing_to_embed(engine: Engine, content_engine: Engine, encoder: SentenceEncoder) -> None:
    with content_engine.connect() as connection:
        texts = list(texts_to_embed(read_entries(connection)))
    with engine.begin() as connection:
        load_shipped(connection, encoder)
        assert missing_texts(connection, encoder, texts) == [], "run 'motcua search ship-vectors'"
    assert embed_all(content_engine, encoder) == 0
