"""Normalise what was typed, without guessing at what was meant.

One composed form, no control characters, one kind of space and quotation
mark, tone marks in their places, no letter drawn out ('ơiiii'). Idempotent,
total on any string, and never longer than twice its input.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from vietnamese.abbreviations import load_table
from vietnamese.syllables import respell_text

MAX_CHARACTERS = 2_000
"""Longest text that is looked at, in characters; the rest is cut (a chat message is far shorter)."""

_QUOTES = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "`": "'", "´": "'",
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": ".", "\u00a0": " ", "\u3000": " ",
        "Ð": "Đ", "ð": "đ",  # Icelandic eth, typed by old Vietnamese fonts
        "Ɖ": "Đ", "ɖ": "đ",
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width ASCII
        "｀": "'",  # whose plain form is a quotation mark itself
    }
)  # fmt: skip
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_MANY_SIGNS = re.compile(r"([^\w\s])\1{3,}")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def normalise(text: str) -> str:
    """Return the text in its one normal form, letter case kept.

    Args:
        text: any string, as typed.

    Returns:
        At most ``MAX_CHARACTERS`` characters in NFC, white space single and
        stripped, control and invisible characters gone.
    """
    text = text[:MAX_CHARACTERS]
    text = "".join(map(_keep, text))
    text = unicodedata.normalize("NFC", text)
    if _DRAWN_OUT.search(text):
        text = _WORD.sub(_shorten_word, text)
    text = _MANY_SIGNS.sub(r"\1\1\1", text)
    text = respell_text(text)
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=4_096)
def _keep(letter: str) -> str:
    if letter in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029":
        return " "
    if letter.isascii():
        return "" if letter < " " or letter == "\x7f" else letter.translate(_QUOTES)
    if unicodedata.category(letter) in _DROPPED:
        return ""
    # Some signs are another spelling of one in the table (U+1FEF of '`'), so NFC comes first.
    composed = unicodedata.normalize("NFC", letter)
    # Rare letters that NFC takes apart; none is Vietnamese, and they would grow.
    return "" if len(composed) > 1 else composed.translate(_QUOTES)


def _shorten_word(match: re.Match[str]) -> str:
    word = match.group()
    if len(word) > 2 and len(set(word.lower())) == 1 and set(word) != {"I"} and word.lower() not in load_table():
        return word[:2]  # 'kkk' is laughter and 'hhhhh' nothing; a single letter would be an abbreviation
    # 'cccd' and 'pccc' are abbreviations, not moods.
    return word if word.lower() in load_table() else _DRAWN_OUT.sub(_shorten, word)


def _shorten(match: re.Match[str]) -> str:
    run = match.group()
    # 'cấp III' is a numeral, 'đẹppppp' is a mood.
    return run if set(run) == {"I"} and len(run) == 3 else run[0]
