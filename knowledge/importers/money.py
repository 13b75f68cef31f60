"""Read the portal's fee and time cells, and refuse what can't be trusted.

Traps, all seen in the records of 2026: 'Miễn phí' beside a note that states a
fee or says that the provincial council sets it; amounts that lost their
thousands ('700 VNĐ') or that the time was glued to; reductions whose time has
passed; times without a unit. What can't be read is left out; the answer then
points to the portal.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Optional

from knowledge.importers.clean import NOTHING, clean
from knowledge.layer import LARGEST_AMOUNT, Fee, ProcessingTime, TimeUnit

LABEL = "Phí, lệ phí"
SMALLEST_AMOUNT = 1_000
"""No fee of the state is below 1,000 đồng; smaller numbers lost their thousands or are dollars."""
LONGEST_NOTE = 420
COUNCIL_SETS = "do Hội đồng nhân dân tỉnh, thành phố quy định, bạn hỏi tại nơi nộp hoặc xem khi nộp trên Cổng"

_UNITS = {
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "ngày": TimeUnit.DAY,
    "giờ": TimeUnit.HOUR,
    "tháng": TimeUnit.MONTH,
}
_TIME = re.compile(r"^(\d{1,3})\s+(ngày làm việc|ngày|giờ|tháng)\.?$", re.I)
_CELL_AMOUNT = re.compile(r"^([\d,.]+)\s*(việt nam đồng|vnđ|đồng|usd)?$", re.I)
_AMOUNT = re.compile(r"(?<![\d.,/])(\d{1,3}(?:[.,]\d{3})+|\d{4,9})\s*(?:đồng|đ\b|vnđ|vnd|/|\()?", re.I)
_MONEY_WORDS = re.compile(r"\d\s*(?:đồng|đ\b|vnđ|vnd|triệu|nghìn|usd|%)|(?:\d{1,3}[.,]\d{3})", re.I)
_COUNCIL = re.compile(r"h(?:ội đồng nhân dân|đnd)|ủy ban nhân dân[^.;]{0,40}quy định", re.I)
_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_UNTIL = re.compile(r"(?:đến|tới)\s+(?:hết\s+)?(?:ngày\s+)?(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})", re.I)
_FROM = re.compile(r"(?:từ|kể từ)\s+(?:ngày\s+)?(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})", re.I)
_REDUCED = re.compile(r"áp dụng mức(?: thu| phí| lệ phí)*(?: là)?[:\s]*(\d{1,3}(?:[.,]\d{3})+)\s*(?:đồng|đ|vnđ)", re.I)
_FREE_NOTE = re.compile(r"^[-+*\s]*miễn\s+(?:lệ\s+)?phí\b(?![^.]*\b(?:từ|đến)\b)", re.I)
# '10.000.0000 đồng', '3000.000 đồng': typed wrong, so nobody can say what was meant.
_MISTYPED = re.compile(r"\d[.,]\d{4,}|\d{4,}[.,]\d{3}(?!\d)")
_SENTENCE = re.compile(r"(?<=[;\n])\s*|(?<=[^\d]\.)\s+|\s+(?=[-+*]\s)")


def read_time(cell: str) -> Optional[ProcessingTime]:
    """Read '8 Ngày làm việc'; a bare number or an unknown unit gives None."""
    match = _TIME.match(clean(cell))
    if not match:
        return None
    amount, unit = int(match.group(1)), match.group(2).lower()
    return ProcessingTime(text=f"{amount} {unit}", amount=amount, unit=_UNITS[unit]) if amount else None


def _date(text: str) -> Optional[dt.date]:
    match = _DATE.search(text)
    if not match:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def split_note(text: str) -> tuple[str, str]:
    """Split the cell's description into the fee's note, in leading parentheses, and the rest.

    Where the parentheses don't close, the two can't be told apart: all is note.
    """
    text = text.strip()
    if not text.startswith("("):
        return "", text
    depth = 0
    for index, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[1:index].strip(), text[index + 1 :].strip()
    return text[1:].strip(), ""


@dataclass(frozen=True)
class FeeReading:
    """Fees that can be told, and whether something had to be left out."""

    fees: list[Fee]
    unclear: bool


def read_fees(cell: str, description: str, asof: dt.date) -> FeeReading:
    """Read one channel's fee cell with its note.

    Args:
        cell: such as 'Miễn phí', '160,000 Việt Nam Đồng', '700 VNĐ'.
        description: the channel's description; a fee note stands in leading parentheses.
        asof: sentences about periods that ended before this day are left out.
    """
    note, rest = split_note(description)
    note = clean(note)
    if note and not rest and description.count("(") != description.count(")"):
        return FeeReading([], unclear=True)
    if note.lower().strip(" .()-+") in NOTHING:
        note = ""
    if _COUNCIL.search(note) and not _MONEY_WORDS.search(note):
        return FeeReading([Fee(label=LABEL, text=COUNCIL_SETS)], unclear=False)
    amount = _cell_amount(cell)
    if says_free(cell):
        free = not note or (_FREE_NOTE.match(note) and not _MONEY_WORDS.search(note))
        return FeeReading([Fee(label=LABEL, amount=0)], False) if free else _from_note(note, None, asof)
    if note:
        return _from_note(note, amount, asof)
    if amount is not None:
        return FeeReading([Fee(label=LABEL, amount=amount)], unclear=False)
    return FeeReading([], unclear=bool(_CELL_AMOUNT.match(clean(cell))))


def says_free(cell: str) -> bool:
    """Say whether the cell claims that nothing is to be paid."""
    return clean(cell).lower() == "miễn phí"


def _cell_amount(cell: str) -> Optional[int]:
    match = _CELL_AMOUNT.match(clean(cell))
    if not match or (match.group(2) or "").lower() == "usd":
        return None
    digits = re.sub(r"[.,]", "", match.group(1))
    amount = int(digits) if digits else 0
    return amount if SMALLEST_AMOUNT <= amount <= LARGEST_AMOUNT else None


def _amounts(text: str) -> set[int]:
    return {int(re.sub(r"[.,]", "", match.group(1))) for match in _AMOUNT.finditer(text)}


def _from_note(note: str, amount: Optional[int], asof: dt.date) -> FeeReading:
    reduced = _reduction(note, amount)
    if reduced:
        return FeeReading(reduced, unclear=False)
    kept, dropped, ends = _still_true(note, asof)
    told = " ".join(kept).strip(" ;,-+*")
    if not told or _MISTYPED.search(told):
        return FeeReading([], unclear=True)
    end = min(ends) if ends else None
    if not _MONEY_WORDS.search(told):
        # A note that names no sum doesn't contradict the cell's sum.
        if amount is not None and not dropped:
            per = told.lstrip("/ ").rstrip(".") if told.startswith("/") and len(told) <= 60 else None
            return FeeReading([Fee(label=LABEL, amount=amount, per=per or None, end=end)], unclear=False)
        return FeeReading([], unclear=True)
    if len(told) > LONGEST_NOTE:
        return FeeReading([], unclear=True)
    sums = _amounts(told)
    if amount is not None and not dropped and sums == {amount} and end is None:
        return FeeReading([Fee(label=LABEL, amount=amount, text=told)], unclear=False)
    return FeeReading([Fee(label=LABEL, text=told, end=end)], unclear=dropped)


def _reduction(note: str, amount: Optional[int]) -> list[Fee]:
    """A full amount with one reduced period: two fees, each with its time."""
    match = _REDUCED.search(note)
    until, since = _UNTIL.findall(note), _FROM.findall(note)
    if not match or amount is None or len(until) != 1 or len(_REDUCED.findall(note)) != 1:
        return []
    end = _date(until[0])
    start = _date(since[0]) if len(since) == 1 else None
    lowered = int(re.sub(r"[.,]", "", match.group(1)))
    if end is None or lowered >= amount or _amounts(note) - {lowered, amount}:
        return []
    return [
        Fee(label=LABEL, amount=lowered, start=start, end=end),
        Fee(label=LABEL, amount=amount, start=end + dt.timedelta(days=1)),
    ]


def _still_true(note: str, asof: dt.date) -> tuple[list[str], bool, list[dt.date]]:
    """Sentences that don't speak of a period already over, and the ends of those to come."""
    kept, dropped, ends = [], False, []
    for sentence in (part.strip() for part in _SENTENCE.split(note)):
        if not sentence:
            continue
        until = [date for date in map(_date, _UNTIL.findall(sentence)) if date]
        if any(date < asof for date in until):
            dropped = True
            continue
        ends += until
        kept.append(sentence)
    return kept, dropped, ends
