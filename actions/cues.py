"""What a message's own words say of the conversation: a correction, a return, a subject that goes on."""

from __future__ import annotations

import re

from vietnamese.fold import fold
from vietnamese.understand import folded_words

# What brings an earlier subject back.
_RECALLS = re.compile(
    r"\b(?:quay lai|tro lai|hoi nay|luc nay|khi nay|ban nay|hoi na|luc dau|ban dau|cai truoc|truoc do)\b"
)
# 'không phải X, ý em là Y'; 'Y chứ không phải X': what stands for Y.
_NOT_X_BUT_Y = re.compile(
    r"^.*?\b(?:y (?:em|minh|toi|anh|chi|con|chau|tui|bac|co|chu)?\s*(?:la|muon)|chinh xac la|phai la|ma la)\b"
    r"[:,\s]*(?P<wanted>.+)$"
)
_Y_NOT_X = re.compile(
    r"^(?P<wanted>.+?)[,\s]+(?:chu|co|chu hong|chu dau)?\s*(?:khong phai|hong phai|chu dau phai)\b.*$"
)
_SORRY_WORDS = (
    "a|oi|da|y|ui|xin loi|khong|hong|ko|em|minh|toi|anh|chi|con|tui|noi|bi|hoi|nham|lon|sai|roi|nhe|nha|bot|ad|ban"
    "|hieu|het"
)
_SORRY = re.compile(rf"^(?:(?:{_SORRY_WORDS})[\s,.!]+)+")
_CARRIED = re.compile(
    r"^\s*(?:vậy |thế )?(?:còn|thế)\s+|\s*(?:thì sao|ạ|vậy|nhỉ|hả|ad|nha|nhé)(?=[\s?!.]*$|\s+(?:ạ|vậy|ad|nha|nhé))",
    re.I,
)
# A level at the end of a name.
_LEVEL_REMARK = re.compile(
    r"(?<!trợ)(?<!trợ )\s*[\(\-–,]?\s*(?:thực hiện )?(?:bằng dịch vụ công[^()]*|thực hiện )?(?:tại )?"
    r"\(?cấp (?:xã|tỉnh|huyện|trung ương|bộ)[^)]*\)?\s*$",
    re.I,
)
_LONGEST_OPTION = 90


def recalls(text: str) -> bool:
    """Say whether a message goes back to something before ('quay lại vụ hộ chiếu', 'cái hồi nãy')."""
    return _RECALLS.search(fold(text.lower())) is not None


def carries_over(text: str) -> bool:
    """Say whether the aspect of the question before goes on ('còn tách thửa thì sao')."""
    words = folded_words(text)
    return bool(words) and (words[0] in ("con", "the") or words[:2] == ["vay", "con"] or words[-2:] == ["thi", "sao"])


def subject_of(text: str) -> str:
    """The words between 'còn' and 'thì sao', and without a courtesy: 'còn căn cước thì sao ạ' -> 'căn cước'."""
    return _CARRIED.sub("", text).strip(" ,.!?")


def corrected(text: str) -> str:
    """What a correction asks for: 'không phải X, ý em là Y' -> Y; '' where it only denies."""
    folded = fold(text.lower())
    if len(folded) != len(text):
        return text
    for pattern in (_NOT_X_BUT_Y, _Y_NOT_X):
        match = pattern.match(folded)
        if match:
            start, end = match.span("wanted")
            return _without_apology(text[start:end].strip(" ,.!"))
    return _without_apology(text)


def _without_apology(text: str) -> str:
    folded = fold(text.lower())
    match = _SORRY.match(f"{folded} ") if len(folded) == len(text) else None
    rest = text[min(match.end(), len(text)) :] if match else text
    return rest.strip(" ,.!")


def core_name(name: str) -> str:
    """A procedure's name without its remark on levels: twins at other levels share it."""
    return " ".join(folded_words(_LEVEL_REMARK.sub("", name)))


def option_name(name: str) -> str:
    """A name as an option to choose: without its remark on levels, not too long."""
    bare = _LEVEL_REMARK.sub("", name).strip() or name
    return bare if len(bare) <= _LONGEST_OPTION else bare[: _LONGEST_OPTION - 1].rsplit(" ", 1)[0] + "…"
