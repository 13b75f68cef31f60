"""Find administrative units in a text: today's 34 provinces and their wards, and the old names.

The names come from underthesea's mapping of old units to those of 1 July
2025. A ward is only taken for one where the text says so ('phường An Đông'):
many wards are called like ordinary words.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

from vietnamese.fold import fold, has_diacritics

HO_CHI_MINH_CITY = "Thành phố Hồ Chí Minh"

_POPULAR = {
    "sai gon": HO_CHI_MINH_CITY, "tphcm": HO_CHI_MINH_CITY, "tp hcm": HO_CHI_MINH_CITY, "tp.hcm": HO_CHI_MINH_CITY,
    "hcm": HO_CHI_MINH_CITY, "vung tau": HO_CHI_MINH_CITY, "thu duc": HO_CHI_MINH_CITY, "ha noi": "Thành phố Hà Nội",
    "hue": "Thành phố Huế", "buon ma thuot": "Tỉnh Đắk Lắk", "da lat": "Tỉnh Lâm Đồng", "nha trang": "Tỉnh Khánh Hòa",
    "bien hoa": "Tỉnh Đồng Nai", "quy nhon": "Tỉnh Gia Lai",
}  # fmt: skip
_LEVELS = r"(?P<level>phuong|xa|dac khu|thi tran|quan|huyen|thi xa|thanh pho|tp\.?|tinh)"
_UNIT = re.compile(rf"\b{_LEVELS}\s+(?P<name>[\w']+(?:[ \-][\w']+){{0,3}})")


@dataclass(frozen=True)
class Place:
    """A unit named in a text.

    Attributes:
        kind: 'province', 'district' (abolished) or 'ward'.
        name: its official name today where there is one, else its old name.
        province: today's province, or None where several have such a ward.
        current: False for a name that ended on 1 July 2025.
    """

    kind: str
    name: str
    province: Optional[str]
    current: bool
    start: int
    end: int


@dataclass(frozen=True)
class _Unit:
    kind: str
    name: str
    province: Optional[str]
    current: bool


@lru_cache(maxsize=1)
def _mapping() -> dict[str, Any]:
    import underthesea

    path = Path(underthesea.__file__).parent / "address" / "data" / "mapping.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def _gazetteer() -> tuple[dict[str, _Unit], dict[str, _Unit]]:
    """Bare names of provinces, and names with their level word; folded keys."""
    data = _mapping()
    new_names = {key: entry["name"] for key, entry in data["province_names"].items()}
    bare: dict[str, _Unit] = {}
    full: dict[str, _Unit] = {}
    for key, entry in data["old_province_names"].items():
        today = new_names[data["province_mapping"][key]]
        unit = _Unit("province", today, today, key in new_names)
        bare[_key(entry["short"])] = unit
        full[_key(entry["name"])] = unit
    for popular, today in _POPULAR.items():
        bare.setdefault(popular, _Unit("province", today, today, popular.endswith("hcm")))
    for row in data["ward_mapping"]:
        _add(full, row["new_ward"], "ward", row["new_province"], current=True)
    for row in data["ward_mapping"]:
        _add(full, row["old_ward"], "ward", row["new_province"], current=False)
        _add(full, row["old_district"], "district", row["new_province"], current=False)
    return bare, full


@lru_cache(maxsize=1)
def province_names() -> tuple[str, ...]:
    """How the provinces are called, without their level: those of before July 2025, whose names live on in speech."""
    return tuple(sorted(entry["short"] for entry in _mapping()["old_province_names"].values()))


def _key(name: str) -> str:
    return fold(name.lower()).replace(" - ", "-").replace("-", " ")


def _add(units: dict[str, _Unit], name: str, kind: str, province: str, *, current: bool) -> None:
    key = _key(name)
    known = units.get(key)
    if known is None:
        units[key] = _Unit(kind, name, province, current)
    elif known.province != province and known.current == current:
        units[key] = _Unit(known.kind, known.name, None, known.current)


def find_places(text: str) -> list[Place]:
    """Every unit named in a text, longest names first where they overlap, in order."""
    bare, full = _gazetteer()
    folded = fold(text.lower()).replace("-", " ")
    if len(folded) != len(text):
        return []  # a text that folding shortens has offsets we could not report
    found: list[Place] = []
    at = 0
    while match := _UNIT.search(folded, at):
        level = {"tp": "thanh pho", "tp.": "thanh pho"}.get(match.group("level"), match.group("level"))
        names = match.group("name").split(" ")
        at = match.start("name")
        for count in range(len(names), 0, -1):
            name = " ".join(names[:count])
            unit = full.get(f"{level} {name}") or (bare.get(name) if level in ("thanh pho", "tinh") else None)
            if unit:
                at = match.start("name") + len(name)
                found.append(_place(unit, match.start(), at))
                break
    for name, unit in bare.items():
        # Several spaces, since 'Bà Rịa - Vũng Tàu' has lost a dash between two of them.
        spaced = re.escape(name).replace(r"\ ", " +")
        for match in re.finditer(rf"(?<!\w){spaced}(?!\w)", folded):
            start, end = match.span()
            overlaps = any(place.start < end and start < place.end for place in found)
            # 'hue' alone may be any of five words; 'Huế' is the city.
            vague = " " not in name and not has_diacritics(text[start:end]) and name not in ("tphcm", "hcm", "tp.hcm")
            if not overlaps and not vague:
                found.append(_place(unit, start, end))
    return sorted(found, key=lambda place: place.start)


def _place(unit: _Unit, start: int, end: int) -> Place:
    return Place(unit.kind, unit.name, unit.province, unit.current, start, end)
