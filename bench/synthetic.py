"""Made-up procedures in any number, from the parts of real ones, the same in every run.

A name is the verb of one real name, the object of a second, the rest of a third and a
level; its keys are short ways to say verb and object between words of real ways to ask. A
million sentences would take two hours to embed, so a vector is the mean of the
real vectors that its parts come from, with a seeded disturbance, at unit length: crowded
as real vectors are, but no measure of how well meaning is understood.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import Union, overload

import numpy as np
from numpy.typing import NDArray

from knowledge.search.entry import Entry
from vietnamese.embedding import Vectors

SEED = 20_261_130
_VERBS = re.compile(
    r"(?:cấp lại|cấp đổi|cấp mới|cấp|đăng ký lại|đăng ký|gia hạn|thu hồi|điều chỉnh|thẩm định|phê duyệt|công nhận|"
    r"xác nhận|thông báo|đề nghị|thay đổi|sửa đổi|bổ sung|chấm dứt|giải quyết|xét|thành lập|giải thể|chuyển|hỗ trợ|"
    r"tiếp nhận|kiểm tra|công bố|miễn|tạm ngừng|cho phép)(?=\s)",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s(?=(?:đối với|trong|cho|của|do|tại|bằng|về|từ|theo|khi|để|có|thuộc|giữa)\s)")
_LEVELS = (("", ()), ("cấp tỉnh", ("province",)), ("cấp xã", ("commune",)), ("cấp trung ương", ("ministry",)))
_LONGEST = 14
"""Words of an object or of a rest."""
_OBJECT_IN_KEY = 6
_NOISE = 0.01
_POOLS = (8_191, 4_093)
"""Disturbances that are added in pairs: 33 million different ones."""


class Parts:
    """The real procedures, cut up.

    Args:
        entries: real ones.
        names: their names' vectors, one row for each entry.
        keys: their keys' vectors, entries in order.
    """

    def __init__(self, entries: Sequence[Entry], names: Vectors, keys: Vectors) -> None:
        self.vectors = np.concatenate([names, keys]).astype(np.float32)
        self.verbs: list[tuple[str, int]] = []
        self.objects: list[tuple[str, int]] = []
        self.rests: list[tuple[str, int]] = []
        self.asking: list[tuple[str, int]] = []
        self.bodies = [" ".join(entry.body.split()[:30]) for entry in entries]
        key = len(entries)
        for place, entry in enumerate(entries):
            verb = _VERBS.match(entry.name)
            if verb:
                self.verbs.append((verb[0].capitalize(), place))
            thing, *rest = _JOINTS.split(entry.name[verb.end() :].strip() if verb else entry.name, maxsplit=1)
            self.objects.append((" ".join(thing.split()[:_LONGEST]).lower(), place))
            if rest:
                self.rests.append((" ".join(rest[0].split()[:_LONGEST]), place))
            for at, way in enumerate(entry.keys):
                if at % 4 == 0:
                    self.asking.append((" ".join(way.split()[:2]).lower(), key + at))
            key += len(entry.keys)


class Made(Sequence[Entry]):
    """Made-up procedures; an entry is made when it is looked at.

    Attributes:
        seconds: spent on making them so far, which is no part of what is measured.
    """

    def __init__(self, parts: Parts, size: int) -> None:
        chance = np.random.default_rng(SEED)
        self.parts = parts
        self.seconds = 0.0
        self.key_counts = chance.integers(2, 5, size)
        self.key_ends = np.concatenate([[0], np.cumsum(self.key_counts)])
        kinds = (parts.verbs, parts.objects, parts.rests, _LEVELS)
        self.chosen = np.stack([chance.integers(0, len(kind), size) for kind in kinds], axis=1)
        self.asking = chance.integers(0, len(parts.asking), int(self.key_ends[-1]))
        self.disturbances = tuple(
            chance.standard_normal((pool, parts.vectors.shape[1]), dtype=np.float32) * np.float32(_NOISE)
            for pool in _POOLS
        )

    def __len__(self) -> int:
        return len(self.chosen)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: Union[int, slice]) -> Union[Entry, list[Entry]]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        verb, thing, rest, level = self.chosen[place].tolist()
        verb_text, (object_text, source) = self.parts.verbs[verb][0], self.parts.objects[thing]
        level_text, levels = _LEVELS[level]
        name = f"{verb_text} {object_text} {self.parts.rests[rest][0]}"
        short = f"{verb_text.lower()} {' '.join(object_text.split()[:_OBJECT_IN_KEY])}"
        end_of_rest = " ".join(self.parts.rests[rest][0].split()[-3:])
        keys = [
            f"{self.parts.asking[asking][0]} {short} {end_of_rest if at % 2 else ''}".strip()
            for at, asking in enumerate(self.asking[self.key_ends[place] : self.key_ends[place + 1]].tolist())
        ]
        return Entry(
            f"9.{place:07d}",
            f"{name} ({level_text})" if level_text else name,
            tuple(keys[:1]),
            tuple(keys[1:]),
            self.parts.bodies[source],
            levels,
        )

    def __iter__(self) -> Iterator[Entry]:
        for place in range(len(self)):
            started = time.perf_counter()
            entry = self[place]
            self.seconds += time.perf_counter() - started
            yield entry


class MadeVectors:
    """The vectors of made-up names, or of their keys, made block by block.

    Args:
        made: the procedures.
        of_keys: keys instead of names.
    """

    def __init__(self, made: Made, of_keys: bool) -> None:
        self._made = made
        self._of_keys = of_keys
        parts = made.parts
        self._sources = [
            np.array([place for _, place in kind]) for kind in (parts.verbs, parts.objects, parts.rests, parts.asking)
        ]

    def __len__(self) -> int:
        return int(self._made.key_ends[-1]) if self._of_keys else len(self._made)

    def __getitem__(self, rows: slice) -> Vectors:
        started = time.perf_counter()
        at = np.arange(*rows.indices(len(self)))
        owner = np.searchsorted(self._made.key_ends, at, side="right") - 1 if self._of_keys else at
        verb, thing, rest = self._made.chosen[owner, :3].T
        mixed = [(0.2, self._sources[0][verb]), (0.5, self._sources[1][thing])]
        if self._of_keys:
            mixed.append((0.3, self._sources[3][self._made.asking[at]]))
        else:
            mixed.append((0.3, self._sources[2][rest]))
        out: Vectors = sum_of(self._made.parts.vectors, mixed)
        for pool in self._made.disturbances:
            out += pool[(at + (7 if self._of_keys else 0)) % len(pool)]
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        self._made.seconds += time.perf_counter() - started
        return out


def sum_of(vectors: Vectors, mixed: list[tuple[float, NDArray[np.int64]]]) -> Vectors:
    """Weighted sums of rows, shape (rows, dimensions)."""
    out: Vectors = np.zeros((len(mixed[0][1]), vectors.shape[1]), dtype=np.float32)
    for weight, rows in mixed:
        out += np.float32(weight) * vectors[rows]
    return out
