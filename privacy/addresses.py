"""Find a house in a text: its number with its street. Wards, communes, districts and provinces stay.

A street's name has no mark at its end, so capitals tell where it ends, or else
the words by which people go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.folding import Folded


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Not a month or a year ('8/2026'), nor a legal text's number.
_NO_DATE = r"(?!(?:\d{1,2}/)?\d{1,4}/(?:19|20)\d\d(?![\d/]))"
_NOT_AFTER = "".join(
    f"(?<!{word} )"
    for word in (
        "ngay",
        "thang",
        "dieu",
        "khoan",
        "dinh",
        "luat",
        "thong tu",
        "quyet",
        "mau",
        "den",
        "muc",
        "quy",
        "lop",
    )
)
_NUMBER = r"\d{1,4}[a-z]?(?: ?/ ?\d{1,4}[a-z]?){0,4}"
_LANE = r"(?:hem|ngo|ngach|kiet|hxh)"
_STREET = r"(?:duong|pho|dai lo|quoc lo|tinh lo|ql|tl|d\.)"
_PLACE = r"(?:nha so|so nha|so|dia chi(?: la)?|nha|o|tai|cu ngu|thuong tru|tam tru)"
# What a house number may be followed by before its street: ', hẻm 5/2', ' ngõ 12'.
_LANES = rf"(?:[ ,]{{1,3}}{_LANE} {_NUMBER}){{0,3}}"
_HOUSE = re.compile(
    rf"(?<![\w./]){_NOT_AFTER}(?P<before>{_PLACE}[ :]{{1,3}}){{0,3}}{_NO_DATE}"
    rf"(?:(?P<number>{_NUMBER}){_LANES}|(?P<lane>{_LANE} {_NUMBER}){_LANES})"
    rf"(?:[ ,]{{1,3}}(?P<street>{_STREET}))? {{1,2}}(?=[^\W_])"
)
_GROUPS = re.compile(
    r"(?<![a-z])(?:to(?: dan pho)?|khu pho|kp|ap|thon|xom|doi|khom|buon) ?\d{1,3}[a-z]?"
    r"(?:[ ,\-]{1,3}(?:to(?: dan pho)?|khu pho|kp|ap|thon|xom|doi|khom|buon) ?\d{1,3}[a-z]?)+(?!\w)"
)
_WORD = re.compile(r"[^\W_]+")
# Where a place that the dialogue needs begins.
_UNIT = re.compile(
    r"[ ,.\-]{0,3}(?:phuong|p|xa|x|quan|q|huyen|h|tp|tphcm|thanh pho|thi xa|thi tran|tx|tt|tinh|dac khu|khu pho|"
    r"ha noi|sai gon|hcm|hn|da nang)(?![a-z])"
)
_NO_STREET = _words("bo sat thuy sa ong day bien han hang truyen cao cong huyet")
_GOING_ON = _words(
    """
    a ah ai anh ay ban bao bi biet cach cai can cap cau chi chinh cho chua chung co con cua cung da dang dau de
    den di dieu dinh do duoc em gi gia giay gio ha hay ho hoi hong k khi khoan khong kinh ko la lam luat may minh
    mo muc muon nam nay ne nen ngay nguoi nha nhe nhung nhu noi nop o phai phuong quan ra roi sang sao sau sua tai
    tang thang thi thuoc thu to toi tren trong trieu tu tuoi tuan tieng va vay ve vi voi xa xay xin xong ban buoi
    cuon diem do dong gan hoac huyen it keo lan loai m m2 met nghi nghin phan phut quyen so thanh tinh tp thong
    thue tram trang ty
    """
)
_LONGEST_NAME = 5
_LONGEST_LOWER = 3
"""Words of a street's name written in small letters."""


def houses(text: str, folded: Folded) -> Iterator[tuple[int, int]]:
    """Places of houses in the folded text.

    Args:
        text: the original.
        folded: the same, folded.
    """
    for match in _HOUSE.finditer(folded.text):
        end = _street_end(text, folded, match)
        if end:
            yield match.start(), end
    for match in _GROUPS.finditer(folded.text):
        yield match.span()


def _street_end(text: str, folded: Folded, match: re.Match[str]) -> int:
    """Where the street's name ends; 0 where this is no house."""
    words = list(_name(folded.text, match.end()))
    if not words:
        return 0
    names = [folded.text[start:end] for start, end in words]
    capital = [text[folded.span(start, end)[0]].isupper() for start, end in words]
    before, street = match.group("before") or "", match.group("street")
    sure = bool(street or match.group("lane") or "/" in (match.group("number") or ""))
    if street and names[0] in _NO_STREET:
        return 0
    if capital[0]:
        # 'Lê Lợi muốn' ends with the capitals; a name all in capitals is cut by the words that go on.
        count = next((at for at, big in enumerate(capital) if not big), len(words))
        shouted = text.isupper()
        count = min(count, _before_going_on(names)) if shouted else count
        known = sure or before.strip(" :") not in ("", "so") or _UNIT.match(folded.text, words[count - 1][1])
        return words[count - 1][1] if count and known and (count > 1 or sure) else 0
    count = min(_before_going_on(names), _LONGEST_LOWER)
    if not count:
        return 0
    end = words[count - 1][1]
    if street:
        return end if before or (sure and "/" in match.group()) or _UNIT.match(folded.text, end) else 0
    return end if count > 1 and (before or sure) and _UNIT.match(folded.text, end) else 0


def _before_going_on(names: list[str]) -> int:
    return next((at for at, name in enumerate(names) if name in _GOING_ON), len(names))


def _name(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Words that may belong to a street's name: separated by single spaces, before any unit."""
    for count in range(_LONGEST_NAME):
        word = _WORD.match(text, start)
        if word is None or (count and _UNIT.match(text, start)):
            return
        if not count and _UNIT.match(text, start):
            return
        yield word.span()
        if text[word.end() : word.end() + 1] != " ":
            return
        start = word.end() + 1
