"""Which passwords are accepted: long ones that nobody guesses first (OWASP ASVS 2.1). No rules on their composition."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from accounts.errors import PasswordRefused

SHORTEST, LONGEST = 12, 128
"""Characters (ASVS 2.1.1, 2.1.2)."""
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_COMMON = Path(__file__).parent / "common.txt"
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb")


def check_password(password: str, name: str) -> None:
    """See that a password may be used.

    Args:
        password: the new one, as typed.
        name: of its user.

    Raises:
        PasswordRefused: it breaks a rule; the text says which.
    """
    length = len(unicodedata.normalize("NFC", password))
    if length < SHORTEST:
        raise PasswordRefused(f"Mật khẩu cần ít nhất {SHORTEST} ký tự. Một câu ngắn, có dấu cách, vừa dài vừa dễ nhớ.")
    if length > LONGEST:
        raise PasswordRefused(f"Mật khẩu dài nhất {LONGEST} ký tự.")
    folded = fold(password)
    if _is_guessed(folded):
        raise PasswordRefused("Mật khẩu này nhiều người dùng nên dễ bị đoán. Bạn chọn một câu của riêng mình.")
    if fold(name) in folded:
        raise PasswordRefused("Mật khẩu không được chứa tên đăng nhập.")


def fold(text: str) -> str:
    """Small letters without diacritics and spaces: 'Mật Khẩu' is 'matkhau'."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part) and not part.isspace())


def _is_guessed(folded: str) -> bool:
    return bool(
        len(set(folded)) < 4
        or _is_run(folded)
        or _EDGES.sub("", folded) in _words()
        or re.sub(r"[\W\d_]", "", folded) in _words()
        or _is_repeated(folded)
        # Nothing but digits: a date of birth, a telephone or an identity number.
        or folded.isdecimal()
    )


def _is_run(folded: str) -> bool:
    return any(folded in run * 3 or folded in run[::-1] * 3 for run in _RUNS)


def _is_repeated(folded: str) -> bool:
    """A common word, or a short one, several times over: 'matkhaumatkhau'."""
    unit = (folded + folded).find(folded, 1)
    return unit < len(folded) and (unit <= 6 or _EDGES.sub("", folded[:unit]) in _words())


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset({fold(line) for line in lines if line and not line.startswith("#")} | {""})
