"""What is common in questions, learnt from the examples once and kept in a file, since learning takes seconds."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Optional

import yaml

import vietnamese
from knowledge.search import terms
from knowledge.search.terms import Background
from settings import VAR
from vietnamese.understand import Understander

EXAMPLES = Path("data/nlu")
_SUFFIXES = frozenset({".py", ".tsv"})


def read_examples(folder: Path = EXAMPLES) -> dict[str, list[str]]:
    """Example questions by intent, from Rasa's NLU files; none where the folder isn't there."""
    examples: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.glob("*.yml")):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
            lines = (line.strip() for line in block.get("examples", "").splitlines())
            examples[block.get("intent", "")] += [line[2:] for line in lines if line.startswith("- ")]
    return dict(examples)


def learn_background(examples: dict[str, list[str]]) -> Background:
    """Learn it from examples by intent."""
    plain = Understander()
    return Background.of(
        {intent: [plain.understand(text).text for text in texts] for intent, texts in examples.items()}
    )


def shipped_background(folder: Path = EXAMPLES, cache: Optional[Path] = None) -> Background:
    """That of the examples that come with the software; learnt where no earlier process has kept it.

    Args:
        folder: of the examples.
        cache: where it is kept, by default ``var/cache``; a folder that can't be written does no harm.
    """
    return _kept(folder, _fingerprint(folder), cache or VAR / "cache")


@lru_cache(maxsize=2)
def _kept(folder: Path, fingerprint: str, cache: Path) -> Background:
    path = cache / f"background-{fingerprint}.json"
    with contextlib.suppress(OSError, ValueError):
        weights = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(weights, dict):
            return Background(weights)
    made = learn_background(read_examples(folder))
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(dict(made.weights)), encoding="utf-8")
        fresh.replace(path)
    return made


def _fingerprint(folder: Path) -> str:
    """Of the examples and of the code that reads them."""
    code = [*Path(vietnamese.__path__[0]).rglob("*"), Path(terms.__file__)]
    files = [*sorted(folder.glob("*.yml")), *sorted(path for path in code if path.suffix in _SUFFIXES)]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
