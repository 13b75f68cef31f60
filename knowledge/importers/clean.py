"""Clean the portal's texts: one Unicode form, no glued file names, no bullet signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from vietnamese.normalise import normalise

_FILE_NAME = re.compile(r"\.(?:docx?|pdf|xlsx?|jpe?g|png|rar|zip|odt)\s*\.?\s*$", re.I)
# In Unicode's order small and capital Vietnamese letters alternate: ranges would mix them.
_CAPITALS = "".join(filter(str.isupper, map(chr, range(ord("A"), ord("ỹ")))))
_SMALL = _CAPITALS.lower()
_GLUE = re.compile(
    # '16.NT' is a form's number, 'NĐ-CPMẫu' a decree's with a file behind it.
    rf"(?<=[{_SMALL}.,;:)\]\d])(?<!\D\d\.)(?<!\D\d\d\.)(?=[{_CAPITALS}])"
    r"|(?<=[.;:)])(?=\d)|(?<=[A-Z]{2})(?=M[aẫ]u|Phụ lục)"
)
_BULLET = re.compile(r"^\s*(?:[-+*•○●▪–—]+|\(?[ivx]{1,4}\)|\(?\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ]\))\s*", re.I)
_LEADING_WORD = re.compile(r"^(?:thủ tục(?: hành chính)?(?: về)?)\s+", re.I)
_OLD_UNITS = re.compile(
    r"(?<!\w)(?:cấp huyện|quận|(?<!cán bộ )huyện|thị xã|thị trấn|chi cục thuế|phòng lao động|bhxh huyện)(?!\w)", re.I
)
_PIECE = 1_900
NOTHING = frozenset(
    {"", "không", "không có", "khong", "không có thông tin", "-", "--", ".", "không quy định", "chưa có"}
)


def clean(text: str | None, limit: int = 4_000) -> str:
    """One line of clean text in NFC, at most ``limit`` characters (cut at a word)."""
    # normalise() cuts long texts; go through it piece by piece.
    joined = "".join(normalise(piece) if piece.strip() else " " for piece in _pieces(text or ""))
    joined = unicodedata.normalize("NFC", " ".join(joined.split()))
    if joined.lower().strip("() .") in NOTHING:
        return ""
    return joined if len(joined) <= limit else joined[: limit - 1].rsplit(" ", 1)[0] + "…"


def _pieces(text: str) -> Iterator[str]:
    """Cut a text at white space into pieces short enough to normalise, with a space between two.

    Composed first: a cut between a letter and its mark would part them for good.
    """
    text = unicodedata.normalize("NFC", text)
    while len(text) > _PIECE:
        cut = max(text.rfind(" ", 0, _PIECE), text.rfind("\n", 0, _PIECE))
        if cut > 0:
            yield text[:cut]
            yield " "
        else:  # one endless word
            cut = _PIECE
            yield text[:cut]
        text = text[cut:]
    yield text


def without_file_name(text: str) -> str:
    """Take off the name of a form's file that the portal glues to a document's name.

    ``'…ký thay.Mau TK01a MỚI.doc'`` -> ``'…ký thay.'``. Where nothing shows where
    the file name begins, only its ending goes.
    """
    while ending := _FILE_NAME.search(text):  # several files can hang on one document
        text = _without_one_file(text[: ending.start()])
    return text


def _without_one_file(body: str) -> str:
    glue = [match.start() for match in _GLUE.finditer(body) if match.start() > 0]
    # The last glue that leaves a name worth reading.
    for at in reversed(glue):
        if at >= 12 and len(body) - at <= 120:
            return body[:at].strip()
    return body.strip()


def without_bullet(text: str) -> str:
    """Take off bullets and numbering at the start of a line."""
    return _BULLET.sub("", text, count=1).strip()


def lines(text: str | None, limit: int = 60) -> list[str]:
    """Non-empty clean lines of a text, bullets off, at most ``limit``."""
    out = []
    for line in (text or "").replace("\r", "\n").split("\n"):
        plain = without_bullet(clean(line))
        if plain:
            out.append(plain)
        if len(out) == limit:
            break
    return out


def short_name(official: str) -> str:
    """The official name without 'Thủ tục' and the final stop."""
    name = _LEADING_WORD.sub("", official.strip()).rstrip(" .;")
    return name[:1].upper() + name[1:]


def names_old_units(text: str) -> bool:
    """Say whether a text names bodies that ended with the districts on 1 July 2025."""
    return _OLD_UNITS.search(text) is not None
