"""Sentence vectors in a file that travels with the texts they are of: eight bits a number, found by a hash.

A fresh machine needs tens of thousands of vectors and would spend minutes on making them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vietnamese.embedding import Vectors

EXAMPLE_VECTORS = Path(__file__).parent.parent / "data" / "vectors.npz"
"""Vectors of the NLU examples, as they are understood; 'motcua search ship-vectors' writes them."""
LONGEST_TEXT = 300
"""Characters of a text that are embedded; official names run to 1,000 and say nothing new there."""


def text_hash(text: str) -> str:
    """The key of a text's vector."""
    return hashlib.sha256(text[:LONGEST_TEXT].encode()).hexdigest()[:32]


def write(path: Path, model: str, hashes: Sequence[str], vectors: Vectors) -> None:
    """Write vectors of one encoder, in the order of their hashes so that a file changes only where its texts did.

    Args:
        path: an ``.npz`` file.
        model: the encoder's name.
        hashes: keys from ``text_hash``.
        vectors: shape (len(hashes), dimensions), none of them zero.
    """
    order = sorted(range(len(hashes)), key=lambda place: hashes[place])
    ordered = vectors[order]
    codes = np.rint(ordered * (127 / np.abs(ordered).max(axis=1, keepdims=True))).astype(np.int8)
    keys = bytes.fromhex("".join(hashes[place] for place in order))
    with path.open("wb") as file:
        np.savez_compressed(
            file, model=np.array(model), hashes=np.frombuffer(keys, dtype=np.uint8).reshape(-1, 16), codes=codes
        )


def read(path: Path, model: str) -> tuple[list[str], Vectors]:
    """Read hashes and unit vectors; both empty where there is no file, or one of another encoder."""
    if path.exists():
        with np.load(path, allow_pickle=False) as data:
            if str(data["model"]) == model:
                hashes = [key.hex() for key in data["hashes"].view("V16").reshape(-1).tolist()]
                vectors = data["codes"].astype(np.float32)
                vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                return hashes, vectors
    return [], np.zeros((0, 0), dtype=np.float32)
