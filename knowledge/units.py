"""The units of Ho Chi Minh City: those of today, and what they were before 1 July 2025.

They are those of Resolution 1685/NQ-UBTVQH15 of 16 June 2025 and Resolution 202/2025/QH15 (Bình Dương and Bà Rịa -
Vũng Tàu joined the city), with the codes of Decision 19/2025/QĐ-TTg. ``content/units.tsv`` holds them: one line for
each unit of today and old district, with the old wards that went into it.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.layer import Source
from vietnamese.fold import fold

FILE = Path(__file__).parent / "content" / "units.tsv"
SOURCE = Source(
    name="Nghị quyết 1685/NQ-UBTVQH15 về phường, xã của TP.HCM",
    dated=dt.date(2025, 6, 16),
    checked=dt.date(2026, 11, 24),
)
LEVELS = ("phường", "xã", "thị trấn", "đặc khu", "quận", "huyện", "thị xã", "thành phố", "tỉnh")
WARD_LEVELS = frozenset(LEVELS[:4])
MERGED = {"bình dương": "Bình Dương", "bà rịa vũng tàu": "Bà Rịa - Vũng Tàu"}
"""Provinces that are the city's now."""
EARLIER = {
    "quận 2": "Thành phố Thủ Đức", "quận 9": "Thành phố Thủ Đức", "long điền": "Huyện Long Đất",
    "đất đỏ": "Huyện Long Đất", "tân thành": "Thành phố Phú Mỹ",
}  # fmt: skip
"""Districts that had ended before 2025, with those of 2025 that they had gone into."""


@dataclass(frozen=True)
class Line:
    """A unit of today with the old wards of one district that went into it, whole or in part.

    Attributes:
        code: five digits.
        unit: 'Phường Sài Gòn'.
        province: of before: 'TP.HCM', 'Bình Dương' or 'Bà Rịa - Vũng Tàu'.
        district: of before: 'Quận 1'.
        parts: old wards: 'Phường Bến Nghé'.
    """

    code: str
    unit: str
    province: str
    district: str
    parts: tuple[str, ...]


@lru_cache(maxsize=1)
def table() -> tuple[Line, ...]:
    """The table, in the order of codes."""
    with FILE.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Line(
                row["code"],
                row["unit"],
                row["province"],
                row["district"],
                tuple(part.removesuffix(" (một phần)") for part in row["parts"].split("; ") if part),
            )
            for row in csv.DictReader(rows, delimiter="\t")
        )


def units() -> dict[str, str]:
    """Today's units by code."""
    return {line.code: line.unit for line in table()}


def split(name: str) -> tuple[str, str]:
    """Level and bare name in small letters: 'Thành phố Thủ Đức' -> ('thành phố', 'thủ đức')."""
    small = " ".join(re.findall(r"\w+", name.lower()))
    level = next(level for level in LEVELS if small.startswith(f"{level} "))
    return level, small[len(level) + 1 :]


def is_district(district: str, named: str) -> bool:
    """Say whether a bare name ('thủ đức', 'quận 7', 'quận 2') means a district of the table."""
    if named in EARLIER:
        return district == EARLIER[named]
    level, bare = split(district)
    return named in (bare, f"{level} {bare}")


@lru_cache(maxsize=1)
def names() -> tuple[dict[str, str], dict[str, str]]:
    """Kinds of bare names, with their diacritics; and names by their plain letters, where no two share them."""
    kinds: dict[str, str] = dict.fromkeys(MERGED, "province")
    for line in table():
        for name in (line.unit, *line.parts):
            kinds.setdefault(split(name)[1], "ward")
    for district in {line.district for line in table()}:
        level, bare = split(district)
        kinds[f"{level} {bare}" if bare.isdecimal() else bare] = "district"
    kinds.update(dict.fromkeys(EARLIER, "district"))
    plain = Counter(fold(name) for name in kinds)
    return kinds, {fold(name): name for name in kinds if plain[fold(name)] == 1}
