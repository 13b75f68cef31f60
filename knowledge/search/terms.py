"""Turn texts into weighted terms.

A term is a folded syllable or a pair of neighbours, so that missing
diacritics cost little. Words that stand in every question ('cho em hỏi',
'bao nhiêu', 'ở đâu') weigh little: their weight falls with the share of
example questions that use them, whatever the procedure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vietnamese.understand import folded_words

PAIR_WEIGHT = 0.7
ALIAS_WEIGHT = 0.5
"""Weight of the official words that stand behind a popular name."""
_COMMON = 40.0
"""How hard common question words are held back: a word in 1 of 40 examples counts half."""


def pairs(words: Sequence[str]) -> list[str]:
    """Words and neighbouring pairs."""
    return [*words, *(f"{first}_{second}" for first, second in zip(words, words[1:]))]


def characters(words: Sequence[str]) -> list[str]:
    """Overlapping runs of four characters; they forgive typing errors."""
    text = f" {' '.join(words)} "
    return [text[at : at + 4] for at in range(len(text) - 3)]


@dataclass(frozen=True)
class Background:
    """Shares of example questions that use a term."""

    shares: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, questions: Iterable[str]) -> Background:
        """Count terms over example questions, as understood."""
        counts: Counter[str] = Counter()
        total = 0
        for question in questions:
            total += 1
            counts.update(set(pairs(folded_words(question))))
        return cls({term: count / total for term, count in counts.items() if count > 1})

    def weight(self, term: str) -> float:
        """From 1 for a telling term towards 0 for one that stands everywhere."""
        return 1 / (1 + _COMMON * self.shares.get(term, 0.0))


@dataclass(frozen=True)
class Query:
    """A question in terms: ``weights`` over words and pairs, ``words`` in order."""

    words: tuple[str, ...]
    weights: Mapping[str, float]
    characters: Mapping[str, float]

    @property
    def substance(self) -> float:
        """How much the question says beyond common words, in telling words."""
        return sum(weight for term, weight in self.weights.items() if "_" not in term)


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
