"""Write out chat spelling and the domain's abbreviations ('gpxd', 'hkd', 'ntn').

The table is reviewed by hand; context decides the ambiguous ones, and what no
line fits is left as typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vietnamese.fold import fold

TABLE = Path(__file__).parent / "tables" / "abbreviations.tsv"
_AGE = re.compile(r"(\d{1,2})t")
"""'con em 10t': years of age."""
_LOADS = frozenset({"xe", "tai", "cau", "hang", "nang", "cho"})
"""After these 't' stands for tons."""
_CALLED = frozenset({"chao", "on", "cua", "cho", "nho", "thua"})
"""After these the last 'a' of a sentence is a brother ('cảm ơn a'); elsewhere it is politeness ('làm sao a')."""
WINDOW = 3
"""How many words away a context word may stand."""


@dataclass(frozen=True)
class Expansion:
    """One line of the table."""

    full: str
    near: frozenset[str]
    unless: frozenset[str]

    def fits(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Say whether the folded words around allow this reading."""
        if self.unless and self.unless & {*before[-1:], *after[:1]}:
            return False
        return not self.near or bool(self.near & {*before[-WINDOW:], *after[:WINDOW]})


def parse_table(lines: Iterable[str]) -> dict[str, tuple[Expansion, ...]]:
    """Read the table: short, full, near, unless, tab separated.

    Raises:
        ValueError: a line has no full form or more than four columns.
    """
    table: dict[str, list[Expansion]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [*line.rstrip("\n").split("\t"), "", "", ""]
        if not cells[1] or any(cells[4:-1]):
            raise ValueError(f"abbreviations, line {number}: wants short, full, near, unless")
        short, full, near, unless = cells[:4]
        expansion = Expansion(full, frozenset(fold(near).split()), frozenset(fold(unless).split()))
        table.setdefault(short, []).append(expansion)
    return {short: tuple(readings) for short, readings in table.items()}


@lru_cache(maxsize=1)
def load_table() -> dict[str, tuple[Expansion, ...]]:
    """Load the project's own table once."""
    with TABLE.open(encoding="utf-8") as lines:
        return parse_table(lines)


def expand(words: Sequence[str]) -> list[str]:
    """Write out the abbreviations among lower-case words, one entry for each input word.

    An entry may hold several words ('ntn' -> 'như thế nào'); words that are no
    abbreviation come back unchanged.
    """
    table = load_table()
    if not any(word in table or _AGE.fullmatch(word) for word in words):
        return list(words)
    folded = [fold(word) for word in words]
    out: list[str] = []
    for index, word in enumerate(words):
        # '50 k' is fifty thousand, not a question.
        if word == "k" and index and words[index - 1].isdigit():
            out.append("nghìn")
            continue
        age = _AGE.fullmatch(word)
        if age and not _LOADS & {*folded[max(index - WINDOW, 0) : index]}:
            out.append(f"{age[1]} tuổi")
            continue
        last = not any(later.isalnum() for later in words[index + 1 :])
        if word == "a" and index and last and folded[index - 1] not in _CALLED:
            out.append("ạ")
            continue
        for reading in table.get(word, ()):
            if reading.fits(folded[:index], folded[index + 1 :]):
                out.append(reading.full)
                break
        else:
            out.append(word)
    return out
