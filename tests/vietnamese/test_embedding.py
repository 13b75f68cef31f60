from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from vietnamese.embedding import E5, EmbeddingsServer, SentenceEncoder, default_encoder, tune_threads

Answer = Callable[[list[str]], list[list[float]]]


def test_vectors_have_length_one_and_rank_by_meaning(encoder: SentenceEncoder) -> None:
    question = encoder.query("làm giấy khai sinh cho bé mới sinh")
    rows = encoder.passages(["Đăng ký khai sinh", "Cấp giấy phép xây dựng nhà ở riêng lẻ"])
    assert question.shape == (encoder.dimensions,)
    assert rows.shape == (2, encoder.dimensions)
    assert np.allclose(np.linalg.norm([question, *rows], axis=1), 1, atol=1e-3)
    birth, building = rows @ question
    assert birth > building


def test_a_text_is_embedded_alike_whatever_stands_beside_it(encoder: SentenceEncoder) -> None:
    alone = encoder.passages(["lệ phí"])[0]
    beside = encoder.passages(["một câu dài hơn hẳn về hồ sơ và giấy tờ", "lệ phí"])[1]
    assert float(alone @ beside) > 0.999


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.passages([]).shape == (0, encoder.dimensions)
    assert EmbeddingsServer("http://127.0.0.1:9/v1/embeddings", "m", dimensions=3).passages([]).shape == (0, 3)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, int], tuple[EmbeddingsServer, list[Any]]]:
    """A server that answers with given rows; the list tells what it was asked."""

    def start(data: Any, status: int = 200) -> tuple[EmbeddingsServer, list[Any]]:
        asked: list[Any] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(json.loads(request.content))
            return httpx.Response(status, json={"data": data})

        real = httpx.Client
        monkeypatch.setattr(
            httpx, "Client", lambda timeout: real(transport=httpx.MockTransport(answer), timeout=timeout)
        )
        return EmbeddingsServer("http://127.0.0.1/v1/embeddings", "e5", dimensions=2), asked

    return start


def test_a_server_is_asked_with_e5s_prefixes(server: Any) -> None:
    encoder, asked = server([{"index": 0, "embedding": [3.0, 4.0]}])
    assert np.allclose(encoder.query("lệ phí"), [0.6, 0.8])
    encoder.passages(["hồ sơ"])
    assert [body["input"] for body in asked] == [["query: lệ phí"], ["passage: hồ sơ"]]
    assert {body["model"] for body in asked} == {"e5"}


def test_a_servers_rows_are_put_in_order_and_zero_stays_zero(server: Any) -> None:
    encoder, _ = server([{"index": 1, "embedding": [0, 0]}, {"index": 0, "embedding": [2, 0]}])
    assert encoder.passages(["a", "b"]).tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize("rows", [[], [{"index": 0, "embedding": [1.0, 2.0, 3.0]}]])
def test_vectors_of_another_size_are_refused(server: Any, rows: list[Any]) -> None:
    encoder, _ = server(rows)
    with pytest.raises(ValueError, match="embeddings server"):
        encoder.query("x")


def test_a_servers_error_is_raised(server: Any) -> None:
    encoder, _ = server([], 500)
    with pytest.raises(httpx.HTTPStatusError):
        encoder.query("x")


def test_the_environment_chooses_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTCUA_EMBEDDINGS_URL", raising=False)
    assert isinstance(default_encoder.__wrapped__(), E5)
    monkeypatch.setenv("MOTCUA_EMBEDDINGS_URL", "http://127.0.0.1:9/v1/embeddings")
    monkeypatch.setenv("MOTCUA_EMBEDDINGS_MODEL", "other")
    chosen = default_encoder.__wrapped__()
    assert isinstance(chosen, EmbeddingsServer)
    assert chosen.name == "other"


def test_threads_set_by_the_operator_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    tune_threads()
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert os.environ["OMP_WAIT_POLICY"] == "active"
