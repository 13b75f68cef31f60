"""What sets a procedure's variants apart: new or re-issued, at home or abroad, which authority.

Sister procedures share most of their words. The flags below are read from a
record's name at build time and from a message at search time, by the same
patterns over folded text; the ranker learns what a match and a mismatch are worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vietnamese.understand import folded_words

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("reissue", r"cap lai|lam lai|xin lai|\bmat\b(?! (?:bao|may|tien|bn|nhieu|phi|gi))|that lac|hu hong|\brach\b|"
                r"\brot\b|"
                r"bi hong|\bchay\b|danh roi|\broi mat\b|\bmo\b so"),
    ("change", r"cap doi|\bdoi\b|thay doi|dieu chinh|sua doi|cai chinh|cap nhat|\bsua\b|chuyen doi|dinh chinh|bo sung"),
    ("extend", r"gia han|het han|sap het|\bqua han\b|keo dai|het hieu luc"),
    ("end", r"thu hoi|cham dut|giai the|\bxoa\b|\bhuy\b|dong cua|nghi ban|dep tiem|tra lai|ngung hoat dong"),
    ("pause", r"tam ngung|tam dung|tam nghi|dinh chi"),
    ("again", r"dang ky lai|phuc hoi|khoi phuc|mo lai|hoat dong tro lai"),
    ("first", r"lan dau|cap moi|thanh lap|\bmo\b|\blap\b|dang ky moi|khoi nghiep"),
    ("foreign", r"nuoc ngoai|quoc tich|viet kieu|\bmy\b|\bnhat\b|han quoc|trung quoc|dai loan|\buc\b|\bphap\b|\bduc\b|"
                r"canada|singapore|campuchia|\blao\b|thai lan|nguoi tay"),
    ("border", r"bien gioi|khu vuc bien"),
    ("abroad", r"co quan dai dien|lanh su|dai su quan|o nuoc ngoai"),
    ("merge", r"lien thong|ket hop|cung luc|mot lan luon|luon mot"),
    ("transfer", r"chuyen nhuong|sang ten|tang cho|thua ke|\bban lai\b|mua lai"),
    ("company", r"doanh nghiep|cong ty|to chuc|tnhh|co phan|chi nhanh"),
    ("household", r"ho kinh doanh|ca the|\btiem\b|\bquan\b|tap hoa"),
    ("cooperative", r"hop tac xa|to hop tac|lien hiep hop tac"),
    ("child", r"duoi 14|tre em|\bbe\b|con nho|duoi 6|chau be|\b(?:[1-9]|1[0-3]) tuoi\b"),
    ("online", r"toan trinh|qua mang|truc tuyen|online|tren mang|vneid|thong tin dien tu|moi truong dien tu"),
    ("commune", r"cap xa|phuong|\bxa\b"),
    ("province", r"cap tinh|\btinh\b|\bso\b tu phap|len so"),
    ("ministry", r"cap trung uong|trung uong|cap bo\b|\bcuc\b"),
)  # fmt: skip
FLAGS = tuple(name for name, _ in _PATTERNS)
APPLICANTS = np.array([name in ("company", "household", "cooperative", "foreign") for name in FLAGS])
"""Which flags tell who applies; somebody who has said it once doesn't say it again."""
_COMPILED = tuple(re.compile(pattern) for _, pattern in _PATTERNS)


def flags_of(text: str) -> NDArray[np.bool_]:
    """Which flags a text shows; shape (len(FLAGS),)."""
    return flags_of_words(folded_words(text))


def flags_of_words(words: Iterable[str]) -> NDArray[np.bool_]:
    """The same of a text given as folded words."""
    folded = " ".join(words)
    return np.array([pattern.search(folded) is not None for pattern in _COMPILED])
