"""Find dossier codes, procedure codes and ordinals in an understood text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from vietnamese.fold import fold

# The receipt's code: agency, date, number ('H29.12-250610-0034', '000.00.18.G22-240105-0001').
DOSSIER_CODE = re.compile(r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,4}){0,3}-\d{6}-\d{3,6}(?!\w)", re.I)
MASKED_CODE = "[mã hồ sơ]"
_MASKED_CODE = re.compile(r"\[\s*mã hồ sơ\s*\]", re.IGNORECASE)
PROCEDURE_CODE = re.compile(r"(?<![\w.])\d\.\d{6}(?:\.(?:\d{3}\.\d{2}\.\d{2}\.)?H\d{2})?(?![\w.]\d|\w)")

LAST = -1
"""The ordinal of 'cái cuối'."""

_NUMBERS = {
    "mot": 1, "nhat": 1, "dau": 1, "dau tien": 1, "hai": 2, "nhi": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5,
    "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
_NUMBER = r"(?P<number>\d{1,2}|dau tien|dau|nhat|mot|hai|nhi|ba|bon|tu|nam|sau|bay|tam|chin|muoi)"
_CLASSIFIER = r"(?:cai|so|muc|cau|dong|y|lua chon|phuong an|truong hop|th|thu tuc|loai|o|nut|option|chon)"
_TAIL = r"(?:\s+(?:do|a|nhe|nha|di|ban|em|ad|oi|nay|ay|kia|vay|luon|giup|cho|minh|toi|anh|chi))*[\s.!)]*"
_HEAD = r"(?:(?:da|vang|u|ok|oke|thi|la|chac|cho|em|minh|toi|anh|chi|lay|chon|bam|muon|xin|hoi|a|o)\s+)*"
_PATTERNS = (
    re.compile(rf"^[\s(]*{_HEAD}(?:{_CLASSIFIER}\s+)*(?:thu\s+){_NUMBER}{_TAIL}$"),
    re.compile(rf"^[\s(]*{_HEAD}(?:{_CLASSIFIER}\s+)+{_NUMBER}{_TAIL}$"),
    re.compile(r"^[\s(]*(?:da |vang |u |ok |chon )*(?P<number>\d{1,2})(?:\s+(?:a|nhe|nha|di|ban|em|ad))*[\s.!)]*$"),
)
_LAST = re.compile(rf"^[\s(]*{_HEAD}(?:{_CLASSIFIER}\s+)+(?:sau\s+)?(?:cuoi(?:\s+cung)?|sau cung|chot){_TAIL}$")


@dataclass(frozen=True)
class Found:
    """A piece of a text with its place and its plain value."""

    value: str
    start: int
    end: int


def dossier_codes(text: str) -> list[Found]:
    """Codes printed on receipts, in capitals, and the mask that stands for one ('[mã hồ sơ]')."""
    if masked := _MASKED_CODE.search(text):
        return [Found(MASKED_CODE, *masked.span())]
    return [Found(match.group().upper(), *match.span()) for match in DOSSIER_CODE.finditer(text)]


def procedure_codes(text: str) -> list[Found]:
    """Codes of procedures ('1.001193'), without a province's suffix."""
    return [Found(match.group()[:8], *match.span()) for match in PROCEDURE_CODE.finditer(text)]


def ordinal(text: str) -> Optional[int]:
    """The place in a list that a short answer points at, from 1; ``LAST`` for the last.

    Only whole messages count ('cái thứ hai', 'số 3', '2'): a number inside a
    sentence is not a choice.
    """
    folded = fold(text.lower()).strip()
    if len(folded) > 60:
        return None
    if _LAST.match(folded):
        return LAST
    for pattern in _PATTERNS:
        match = pattern.match(folded)
        if match:
            number = match.group("number")
            return int(number) if number.isdigit() else _NUMBERS[number]
    return None
