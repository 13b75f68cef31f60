"""Mask what tells who a person is, before anything is stored or logged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from privacy import numbers
from privacy.addresses import houses
from privacy.folding import Folded, fold


class Kind(str, Enum):
    """What was masked; the value is what stands in its place, between brackets."""

    EMAIL = "email"
    DOSSIER = "mã hồ sơ"
    INSURANCE = "số bảo hiểm"
    BANK = "số tài khoản"
    IDENTITY = "số định danh"
    PASSPORT = "số hộ chiếu"
    PHONE = "số điện thoại"
    PLATE = "biển số xe"
    ADDRESS = "địa chỉ"
    NUMBER = "dãy số"

    @property
    def token(self) -> str:
        """What stands in the text instead: '[số điện thoại]'."""
        return f"[{self.value}]"


@dataclass(frozen=True)
class Masked:
    """A text that may be kept.

    Attributes:
        text: with a token in the place of each personal number.
        kinds: what was masked, each once, in the order of Kind.
    """

    text: str
    kinds: tuple[Kind, ...]


LONGEST_GROWTH = 4
"""A masked text has at most this many times the characters of the text."""
_LEAST = re.compile(r"[\d@]")
# The order decides where two could match: the more particular come first.
_PATTERNS: tuple[tuple[Kind, tuple[re.Pattern[str], ...]], ...] = (
    (Kind.EMAIL, (numbers.EMAIL,)),
    (Kind.DOSSIER, numbers.DOSSIER),
    (Kind.INSURANCE, numbers.INSURANCE),
    (Kind.IDENTITY, numbers.IDENTITY[:1]),
    (Kind.PASSPORT, numbers.PASSPORT),
    (Kind.BANK, numbers.BANK),
    (Kind.IDENTITY, numbers.IDENTITY[1:2]),
    (Kind.PHONE, numbers.PHONE),
    (Kind.IDENTITY, numbers.IDENTITY[2:]),
    (Kind.PLATE, numbers.PLATE),
    (Kind.ADDRESS, ()),
    (Kind.NUMBER, (numbers.NUMBER,)),
)
_TOKEN = re.compile("|".join(re.escape(kind.token) for kind in Kind if kind is not Kind.DOSSIER))


def mask(text: str) -> Masked:
    """Put tokens in the place of personal numbers and addresses.

    Masking what is masked changes nothing. Total on any string.

    Args:
        text: as typed.
    """
    found: set[Kind] = set()
    folded = fold(text)
    while _LEAST.search(folded.text):
        before = text
        for kind, patterns in _PATTERNS:
            spans = _spans(kind, patterns, text, folded)
            if spans:
                found.add(kind)
                text = _replaced(text, spans, kind.token)
                folded = fold(text)
        # A token may stand where a number's neighbour was, so that another one shows now.
        if text == before:
            break
    return Masked(text, tuple(kind for kind in Kind if kind in found))


def without_tokens(text: str) -> str:
    """A masked text for understanding: its tokens' words would be taken for what the person wants.

    The token of a dossier's code stays; it tells that somebody asks about a dossier.
    """
    return re.sub(r" {2,}", " ", _TOKEN.sub(" ", text)).strip() if "[" in text else text


def _spans(kind: Kind, patterns: tuple[re.Pattern[str], ...], text: str, folded: Folded) -> list[tuple[int, int]]:
    """Where in the original something of a kind stands; in order, without overlaps."""
    found = sorted(houses(text, folded) if kind is Kind.ADDRESS else _matches(patterns, folded.text))
    spans: list[tuple[int, int]] = []
    for start, end in found:
        span = folded.span(start, end)
        if not spans or span[0] >= spans[-1][1]:
            spans.append(span)
    return spans


def _matches(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield match.span("it" if "it" in pattern.groupindex else 0)


def _replaced(text: str, spans: list[tuple[int, int]], token: str) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], token]
        last = end
    return "".join([*pieces, text[last:]])
