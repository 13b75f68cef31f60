"""Turn texts into weighted terms.

A term is a folded syllable or a pair of neighbours, so that missing
diacritics cost little. Words that stand in every question ('cho em hỏi',
'bao nhiêu', 'ở đâu') weigh little: their weight falls with the share of
example questions that use them, whatever the procedure.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vietnamese.understand import folded_words

PAIR_WEIGHT = 0.7
ALIAS_WEIGHT = 0.5
"""Weight of the official words that stand behind a popular name."""
_COMMON = 40.0
"""How hard common question words are held back: a word in 1 of 40 examples counts half."""
_SMOOTHING = 12.0
"""Examples' worth of doubt before a term counts as belonging to one kind of question."""
_ASPECT = 1.0
"""How hard words of one kind of question are held back."""


@lru_cache(maxsize=256)
def words_once(text: str) -> tuple[str, ...]:
    """Folded words of a text; while an index is built the same few texts are asked for by several parts of it."""
    return tuple(folded_words(text))


def pairs(words: Sequence[str]) -> list[str]:
    """Words and neighbouring pairs."""
    return [*words, *(f"{first}_{second}" for first, second in itertools.pairwise(words))]


def characters(words: Sequence[str]) -> list[str]:
    """Overlapping runs of four characters; they forgive typing errors."""
    text = f" {' '.join(words)} "
    return [text[at : at + 4] for at in range(len(text) - 3)]


@dataclass(frozen=True)
class Background:
    """How telling a term is of a procedure, learnt from example questions by intent.

    A term tells little when it stands in many questions ('cho', 'em'), or when it
    belongs to one kind of question ('tiền' to fees, 'lâu' to times): then it says
    what is asked, not about what.
    """

    weights: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, questions: Mapping[str, Iterable[str]]) -> Background:
        """Count terms over example questions.

        Args:
            questions: by intent, as understood.
        """
        by_intent: dict[str, Counter[str]] = defaultdict(Counter)
        sizes: Counter[str] = Counter()
        for intent, texts in questions.items():
            for text in texts:
                sizes[intent] += 1
                by_intent[intent].update(set(pairs(folded_words(text))))
        total = sum(sizes.values())
        if not total:
            return cls()
        counts: Counter[str] = Counter()
        for counter in by_intent.values():
            counts.update(counter)
        weights = {}
        for term, count in counts.items():
            common = 1 / (1 + _COMMON * count / total)
            gain = 0.0  # Kullback-Leibler divergence of the term's intents from all intents
            for intent, size in sizes.items():
                usual = size / total
                here = (by_intent[intent][term] + _SMOOTHING * usual) / (count + _SMOOTHING)
                gain += here * math.log(here / usual)
            weights[term] = common * math.exp(-_ASPECT * gain)
        return cls(weights)

    def weight(self, term: str) -> float:
        """From 1 for a telling term towards 0 for one that tells nothing of the procedure."""
        return self.weights.get(term, 1.0)


@dataclass(frozen=True)
class Query:
    """A question in terms: ``weights`` over words and pairs, ``words`` in order."""

    words: tuple[str, ...]
    weights: Mapping[str, float]
    characters: Mapping[str, float]

    @property
    def single(self) -> dict[str, float]:
        """The weights of single words, those behind an alias among them."""
        return {term: weight for term, weight in self.weights.items() if "_" not in term}

    @property
    def said(self) -> dict[str, float]:
        """The weights of the words that stand in the question itself."""
        return {term: weight for term, weight in self.single.items() if term in self.words}


class QueryMaker:
    """Makes queries with the background and the popular names.

    Args:
        background: what is common in questions.
        aliases: popular name -> official term.
    """

    def __init__(self, background: Background, aliases: Mapping[str, str]) -> None:
        self.background = background
        self._aliases = {" ".join(folded_words(alias)): pairs(folded_words(term)) for alias, term in aliases.items()}

    def __call__(self, text: str) -> Query:
        """Make the query of an understood text."""
        words = folded_words(text)
        weights: dict[str, float] = {}
        for term in pairs(words):
            self._add(weights, term, 1.0)
        run = f" {' '.join(words)} "
        for alias, terms in self._aliases.items():
            if f" {alias} " in run:
                for term in terms:
                    self._add(weights, term, ALIAS_WEIGHT)
        telling = [word for word in words if self.background.weight(word) > 0.3]
        return Query(tuple(words), weights, dict(Counter(characters(telling))))

    def _add(self, weights: dict[str, float], term: str, factor: float) -> None:
        weight = factor * self.background.weight(term) * (PAIR_WEIGHT if "_" in term else 1.0)
        weights[term] = max(weights.get(term, 0.0), weight)
