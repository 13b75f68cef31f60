"""Where somebody is, in today's units of Ho Chi Minh City, whichever name is used: old or new, ward or district."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Optional

from knowledge.units import LEVELS, MERGED, WARD_LEVELS, Line, is_district, names, split, table
from vietnamese.fold import fold, has_diacritics
from vietnamese.places import HO_CHI_MINH_CITY

_SHORT = {"p": "phường", "q": "quận", "h": "huyện", "tp": "thành phố", "tx": "thị xã", "tt": "thị trấn"}
_BEFORE_A_PLACE = frozenset(
    ("ở", "tại", "bên", "khu", "dưới", "trên", "về", "quê", "ra", "đến", "tới", "qua", "thuộc", "sống")
)
_BESIDE_A_PLACE = _BEFORE_A_PLACE | frozenset(
    ("em", "mình", "tôi", "con", "anh", "chị", "dạ", "ạ", "là", "thì", "còn", "nha", "nhé", "cũ", "mới", "đang", "nhà")
)
_SHORT_TEXT = 4
"""Words of a text that may be a bare name of a ward and little else."""
# Without a level word these are the whole city, an airport, another province, or no place at all.
_NEVER_BARE = frozenset({"sài gòn", "tân sơn nhất", "bình thuận", "hòa bình", "tây nam"})
# 'mở bến cát', 'chấp thuận an toàn', 'nhà bè neo': these need a word for a place before them.
_SELDOM_BARE = frozenset({"bến cát", "thuận an", "nhà bè", "đất đỏ"})
_CITIES = frozenset(f"Thành phố {name}" for name in ("Hà Nội", "Huế", "Đà Nẵng", "Hải Phòng", "Cần Thơ"))
_PIECE = re.compile(r"\w+")


@dataclass(frozen=True)
class OneStop:
    """Where somebody's commune-level one-stop centre is today.

    Attributes:
        named: the place as it is officially written: 'Quận 7', 'Phường Bến Nghé'.
        units: today's wards, communes or special zone that it is or may be, in the order of their codes.
        current: ``named`` is a unit of today.
    """

    named: str
    units: tuple[str, ...]
    current: bool

    @property
    def unit(self) -> Optional[str]:
        """The one unit of today; None where it has to be asked for."""
        return self.units[0] if len(self.units) == 1 else None


@dataclass(frozen=True)
class _Named:
    """A name in a text: 'ward' (with its level, if said), 'district' or 'province'."""

    kind: str
    name: str
    level: Optional[str]
    at: int
    end: int


def one_stop(text: str, places: Iterable[str] = ()) -> Optional[OneStop]:
    """Where somebody is who writes this, as far as the city goes.

    Args:
        text: the message as understood.
        places: official names of provinces, districts and wards that the NLU found in it.

    Returns:
        None where no place of the city is named, or one elsewhere is.
    """
    if any((place in _CITIES or place.startswith("Tỉnh ")) and place != HO_CHI_MINH_CITY for place in places):
        return None
    named = _find(text)
    ward = next((name for name in named if name.kind == "ward"), None)
    districts = {name.name: name for name in named if name.kind == "district"}
    if len(districts) > 1 and ward is None:
        return _ward_named_like_a_district(list(districts.values()))
    district = next(iter(districts.values()), None)
    province = next((MERGED[name.name] for name in named if name.kind == "province"), None)
    lines = [line for line in table() if province is None or line.province == province]
    in_district = [line for line in lines if district is None or is_district(line.district, district.name)]
    if ward is not None:
        found = _ward(ward, in_district, old=_says_old(text))
        if found is not None:
            return found
    if district is not None and in_district:
        return _many(in_district[0].district, in_district, current=False)
    if province is not None and district is None:
        return _many(f"Tỉnh {province}", lines, current=False)
    return None


def only_a_place(text: str) -> bool:
    """Say whether a text names a place of the city and nothing else: 'dạ em ở phường Tân Hưng'."""
    words = _words(text)
    named = {at for name in _find(text) for at in range(name.at, name.end)}
    return bool(named) and all(at in named or word in _BESIDE_A_PLACE for at, word in enumerate(words))


def _ward_named_like_a_district(districts: Sequence[_Named]) -> Optional[OneStop]:
    """'Phú Mỹ quận 7' is a ward; of 'từ quận 3 qua Thủ Đức' nobody knows which end is asked about."""
    for name in districts:
        for other in districts:
            lines = [line for line in table() if other is not name and is_district(line.district, other.name)]
            found = _ward(name, lines, old=False)
            if found is not None:
                return found
    return None


def _says_old(text: str) -> bool:
    words = _PIECE.findall(text.lower())
    return "cũ" in words or "trước" in words or (not has_diacritics(text) and "cu" in words)


def _ward(ward: _Named, lines: Sequence[Line], *, old: bool) -> Optional[OneStop]:
    """Today's name wins, unless the text says 'cũ' and there was such an old one."""

    def fits(name: str) -> bool:
        level, bare = split(name)
        return bare == ward.name and ward.level in (None, level)

    today = [line for line in lines if fits(line.unit)]
    before = [line for line in lines if any(fits(part) for part in line.parts)]
    if today and not (old and before):
        return _many(today[0].unit, today, current=True)
    if before:
        name = next(part for line in before for part in line.parts if fits(part))
        return _many(name, before, current=False)
    return None


def _many(named: str, lines: Sequence[Line], *, current: bool) -> OneStop:
    by_code = {line.code: line.unit for line in lines}
    return OneStop(named, tuple(by_code[code] for code in sorted(by_code)), current)


def _find(text: str) -> list[_Named]:
    """Names in a text, the longest first where they overlap."""
    words = _words(text)
    exact, folded = names()
    found: list[_Named] = []
    at = 0
    while at < len(words):
        level, start = _level_at(words, at)
        for count in range(min(4, len(words) - start), 0, -1):
            run = " ".join(words[start : start + count])
            unmarked = not has_diacritics(run) and (level is not None or not has_diacritics(text))
            clear = run in exact and (has_diacritics(text) or run in folded)  # 'thanh an' may be Thạnh An
            name = run if clear else folded.get(run) if unmarked else None
            if level in ("quận", "phường") and run.isdecimal():
                name = str(int(run)) if level == "phường" else f"quận {int(run)}"
            kind = _kind(name, level, exact) if name else None
            if name and kind:
                found.append(_Named(kind, name, level, at, start + count))
                at = start + count
                break
        else:
            at += 1
    has_district = any(name.kind == "district" for name in found)
    return [name for name in found if name.level or _likely(name, words, has_district)]


def _words(text: str) -> list[str]:
    """Words of a text; 'p9' and 'Q.7' are two."""
    return _PIECE.findall(re.sub(r"(?<!\w)([pq])\.?(?=\d)", r"\1 ", text.lower()))


def _level_at(words: Sequence[str], at: int) -> tuple[Optional[str], int]:
    """The level word at a place, and where the name after it begins."""
    for count in (2, 1):
        run = " ".join(words[at : at + count])
        for level in LEVELS:
            if run in (level, fold(level)) and at + count < len(words):
                return level, at + count
    if words[at] in _SHORT and at + 1 < len(words):
        return _SHORT[words[at]], at + 1
    return None, at


def _kind(name: str, level: Optional[str], kinds: dict[str, str]) -> Optional[str]:
    """What a name stands for after its level word; None where they don't go together."""
    if level in WARD_LEVELS:
        return "ward"
    if level == "tỉnh":
        return "province" if name in MERGED else None
    if level is not None:
        return "district" if kinds.get(name) == "district" else None
    return None if " " not in name else kinds.get(name)


def _likely(name: _Named, words: Sequence[str], has_district: bool) -> bool:
    """Say whether a bare name is meant as a place of the city."""
    if name.name in _NEVER_BARE:
        return False
    after_a_word = name.at > 0 and words[name.at - 1] in _BEFORE_A_PLACE
    if name.name in _SELDOM_BARE:
        return after_a_word or len(words) <= 2 or "bình dương" in " ".join(words)
    return name.kind != "ward" or has_district or after_a_word or len(words) <= _SHORT_TEXT
