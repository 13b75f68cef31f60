"""Which option do typed words mean? Numbers, labels, and the ways people say it, with or without diacritics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from knowledge.guides.model import Guide, Question
from vietnamese.extract import LAST, ordinal
from vietnamese.understand import accented_words, folded_words

# Words that answer nothing by themselves in a longer sentence; of the second kind, not even together.
_WEAK_WORDS = """
    co khong chua roi da dung phai moi cu toi minh em anh chi con chau ban nguoi khac a oi ha thi la va cua cho o
    tai duoc bi nay do lam xin can muon ra vo vao len di ve viec giay to cai mot hai nua hay voi
"""
_WEAK = frozenset(_WEAK_WORDS.split())
_EMPTY_WORDS = """
    co khong chua roi da dung phai duoc a oi ha thi la mot hai
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_LONGEST_ANSWER = 14
"""Words of a message up to which single words of an option count too."""


def contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Say whether a run of words stands in others."""
    return any(list(words[at : at + len(phrase)]) == list(phrase) for at in range(len(words) - len(phrase) + 1))


def strength(text: str, phrase: str, *, alone: bool = True) -> int:
    """How strongly a text says a phrase: 0 for not at all, more for longer phrases and for matching diacritics.

    Args:
        text: what was typed, as understood.
        phrase: a label or a way to say it.
        alone: it answers the question; in an opening sentence weak words ('có', 'rồi', 'cho') say nothing.
    """
    wanted = folded_words(phrase)
    if not alone and (set(wanted) <= _EMPTY or (len(wanted) == 1 and wanted[0] in _WEAK)):
        return 0
    if not wanted or not contains(folded_words(text), wanted):
        return 0
    return 2 * len(wanted) + int(contains(accented_words(text), accented_words(phrase)))


def by_whole(question: Question, text: str) -> Optional[int]:
    """The one option whose label or way to say it is the whole text."""
    said = folded_words(text)
    found = [at for at, option in enumerate(question.options) if said in map(folded_words, option.phrases)]
    return found[0] if said and len(found) == 1 else None


def by_phrase(question: Question, text: str, *, alone: bool = True) -> Optional[int]:
    """The one option whose longest phrase stands in a text."""
    scores = [max(strength(text, phrase, alone=alone) for phrase in option.phrases) for option in question.options]
    best = max(scores)
    return scores.index(best) if best and scores.count(best) == 1 else None


def option_of(question: Question, text: str) -> Optional[int]:
    """The option that an answer means: by number, by a phrase, or by words that only one option has.

    Returns:
        Its place from 0, or None where the answer fits none or several.
    """
    exact = by_whole(question, text)
    if exact is not None:
        return exact
    number = ordinal(text)
    if number is not None:
        place = len(question.options) - 1 if number == LAST else number - 1
        return place if 0 <= place < len(question.options) else None
    found = by_phrase(question, text)
    if found is not None:
        return found
    said = set(folded_words(text))
    if not said or len(said) > _LONGEST_ANSWER:
        return None
    words = [set().union(*(folded_words(phrase) for phrase in option.phrases)) - _WEAK for option in question.options]
    scores = [
        len((own - set().union(*(other for at, other in enumerate(words) if at != place))) & said)
        for place, own in enumerate(words)
    ]
    best = max(scores)
    # One word in common with a question about something else ('còn lệ phí bao nhiêu') is no answer.
    telling = len(said - _WEAK)
    return scores.index(best) if best and 2 * best >= telling and scores.count(best) == 1 else None


def entered(guides: Sequence[Guide], text: str) -> Optional[Guide]:
    """The guide whose longest entry phrase stands in a text; None where there is none or a tie."""
    scores = [max(strength(text, phrase) for phrase in guide.entry) for guide in guides]
    best = max(scores, default=0)
    return guides[scores.index(best)] if best and scores.count(best) == 1 else None
