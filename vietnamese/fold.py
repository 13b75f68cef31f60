"""Fold Vietnamese to plain letters, so that missing diacritics cost little."""

from __future__ import annotations

import unicodedata

_COMBINING = dict.fromkeys(range(768, 880))
_TABLE = str.maketrans({"đ": "d", "Đ": "D"})


def fold(text: str) -> str:
    """Take away tone marks and letter marks: ``'Đăng ký'`` -> ``'Dang ky'``.

    Letters outside Vietnamese lose their combining marks too. Idempotent; for
    composed (NFC) Vietnamese the result is as long as the input, so offsets
    into one are offsets into the other.
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text).translate(_COMBINING)
    return unicodedata.normalize("NFC", decomposed).translate(_TABLE)


def has_diacritics(text: str) -> bool:
    """Say whether any letter carries a Vietnamese mark."""
    return not text.isascii() and fold(text) != text
