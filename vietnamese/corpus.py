"""Texts to learn spelling from: example questions and the YAML files of our own content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from vietnamese.normalise import normalise
from vietnamese.places import province_names
from vietnamese.restore import Restorer

EXAMPLE_WEIGHT = 3
"""Example questions speak like people; each counts this much against one line of content."""

BEFORE_PLACES = ("ở", "dân", "người", "quê", "về", "từ", "ra", "vào", "lên", "xuống")
"""What people say before the name of a place, which no text of ours says of every place."""

WAYS = ("popular_names", "ways_to_ask")
"""Names of the fields that hold what people say."""


def texts_of(folder: Path) -> Iterator[str]:
    """Every string of the YAML files below a folder, in file order."""
    for path in sorted(folder.rglob("*.yml")):
        yield from _strings(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def ways_of(folder: Path) -> Iterator[str]:
    """The names and ways to ask of the YAML files below a folder, in file order."""
    for path in sorted(folder.rglob("*.yml")):
        yield from _ways(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def _ways(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _strings(item) if name in WAYS else _ways(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ways(item)


def train_restorer(examples: Iterable[str], folders: Iterable[Path]) -> Restorer:
    """Learn spellings from example questions, the texts below folders and the names of places."""
    texts = [(normalise(text).lower(), EXAMPLE_WEIGHT) for text in examples]
    texts += [(normalise(text).lower(), 1) for folder in folders for text in texts_of(folder)]
    texts += [(f"{before} {name}".lower(), 1) for name in province_names() for before in BEFORE_PLACES]
    return Restorer.train(texts)
