"""General questions with short sourced answers, and a small index to find them by words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from pydantic import BaseModel, Field, validator

from knowledge.content import FOLDER, Problem
from knowledge.layer import Source, Strict
from knowledge.review import long_sentences
from knowledge.search.terms import pairs
from knowledge.yaml_models import Known, plain_code, read_model
from vietnamese.understand import folded_words

FAQS = "faqs"
LONGEST_ANSWER = 700


class Faq(Strict):
    """A general question.

    Attributes:
        name: unique, for links and tests.
        question: as a heading.
        answer: short and plain.
        ask: other ways to ask it.
        source: where the answer was read; its own day is known.
        codes: procedures that go on from here.
    """

    name: str = Field(..., regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    question: str = Field(..., max_length=120)
    answer: str = Field(..., max_length=LONGEST_ANSWER)
    ask: list[str] = Field(..., min_items=6)
    source: Source
    codes: list[str] = Field([])

    _codes = validator("codes", each_item=True, pre=True, allow_reuse=True)(plain_code)

    @validator("source")
    def _dated(cls, value: Source) -> Source:
        if value.dated is None:
            raise ValueError("nguồn phải có ngày ban hành hoặc ngày đăng (dated)")
        return value


class _File(BaseModel):
    __root__: list[Faq]


@dataclass(frozen=True)
class Faqs:
    """All FAQs in the order of their files, and what is wrong with these."""

    faqs: tuple[Faq, ...]
    problems: tuple[Problem, ...] = ()


def faults_of(faq: Faq, known: Optional[Known] = None) -> list[str]:
    """What keeps one from being told, beside its shape; with ``known``, codes that nobody knows too."""
    reasons = [f"câu quá dài: {start}" for start in long_sentences([faq.answer])]
    if known:
        reasons += [f"chưa có thủ tục {code} trong nội dung" for code in faq.codes if code not in known.codes]
    return reasons


def read_faqs(known: Optional[Known] = None, folder: Path = FOLDER) -> Faqs:
    """Read every file; with ``known``, check the codes. Faulty ones are left out."""
    faqs: dict[str, Faq] = {}
    asked: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted((folder / FAQS).glob("*.yml")):
        read = read_model(path, _File, problems)
        if read is None:
            continue
        file, lines = read
        for at, faq in enumerate(file.__root__):
            reasons = faults_of(faq, known)
            if faq.name in faqs:
                reasons.append(f"tên '{faq.name}' đã có")
            for way in (faq.question, *faq.ask):
                key = " ".join(folded_words(way))
                if asked.setdefault(key, faq.name) != faq.name:
                    reasons.append(f"'{way}' đã có ở câu '{asked[key]}'")
            problems += [lines.problem((at,), reason) for reason in reasons]
            if not reasons:
                faqs[faq.name] = faq
    return Faqs(tuple(faqs.values()), tuple(problems))


@dataclass(frozen=True)
class Match:
    """A FAQ with how much its best way of asking and the message share, 0 to 1."""

    faq: Faq
    score: float


class FaqIndex:
    """Finds FAQs by the words and pairs of words that their ways to ask share with a message.

    Args:
        faqs: to find.
        others: texts of other things (names of procedures), so that words which
            stand everywhere weigh little.
    """

    def __init__(self, faqs: Sequence[Faq], others: Iterable[str] = ()) -> None:
        self._ways = [(faq, set(pairs(folded_words(way)))) for faq in faqs for way in (faq.question, *faq.ask)]
        counts: Counter[str] = Counter()
        size = 0
        for terms in [*(terms for _, terms in self._ways), *(set(pairs(folded_words(text))) for text in others)]:
            counts.update(terms)
            size += 1
        self._weights = {term: math.log(1 + size / count) for term, count in counts.items()}
        self._unseen = math.log(1 + size) if size else 1.0
        self._totals = [self._weight(terms) for _, terms in self._ways]
        self._with: dict[str, list[int]] = defaultdict(list)
        for place, (_, terms) in enumerate(self._ways):
            for term in terms:
                self._with[term].append(place)

    def likeness(self, text: str, way: str) -> float:
        """How much of two texts is the same, weighted by how rare the words are; 0 to 1."""
        return self._share(set(pairs(folded_words(text))), set(pairs(folded_words(way))))

    def _share(self, first: set[str], second: set[str]) -> float:
        both = self._weight(first & second)
        return 2 * both / ((self._weight(first) + self._weight(second)) or 1.0)

    def _weight(self, terms: set[str]) -> float:
        return math.fsum(self._weights.get(term, self._unseen) for term in terms)

    def best(self, text: str) -> Optional[Match]:
        """The FAQ that is most like a message, or None where no word is shared."""
        terms = set(pairs(folded_words(text)))
        shared: dict[int, float] = defaultdict(float)
        for term in sorted(terms):  # sums of floats depend on their order
            for place in self._with.get(term, ()):
                shared[place] += self._weights[term]
        if not shared:
            return None
        total = self._weight(terms)
        score, place = max((2 * both / (total + self._totals[at]), -at) for at, both in shared.items())
        return Match(self._ways[-place][0], score)
