"""Mend slips of the finger: 'khia sinh', 'hộ chếu', 'cancuoc'.

A word is looked at only if nothing like it was ever seen in the texts that the
diacritics model learnt from. It is replaced by a known one at an edit distance
of one (a letter wrong, missing, doubled or swapped with its neighbour), or cut
in two known ones, and only where the words beside it were seen beside the new
one: a name or a foreign word stays as it was typed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from vietnamese.fold import fold
from vietnamese.restore import Restorer

_SHORTEST, _LONGEST = 3, 14
"""Letters of a word that is mended; shorter ones are near to too many others."""
_ORDINARY = 4
"""How often a word must have been seen to be a correction; rarer ones are slips themselves."""
_TOGETHER = 3
"""How often a pair of neighbours must have been seen to speak for a correction."""
_AHEAD = 2.0
"""How many times better than the next one the best correction must be."""
_REMEMBERED = 4_096


class Speller:
    """Corrections from the counts of a diacritics model; an untrained model corrects nothing."""

    def __init__(self, restorer: Restorer) -> None:
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for word, count in restorer.unigrams.items():
            if word.isalpha():
                spellings[fold(word)][word] += count
        self._spellings = spellings
        self._ordinary = [word for word, known in spellings.items() if known.total() >= _ORDINARY and len(word) > 1]
        self._pairs: Counter[tuple[str, str]] = Counter()
        for (first, second), count in restorer.bigrams.items():
            self._pairs[fold(first), fold(second)] += count
        self._spelt_pairs = restorer.bigrams
        self._near = lru_cache(maxsize=_REMEMBERED)(self._find_near)

    def correct(self, words: Sequence[str]) -> list[str]:
        """Mend lower-case words, one entry for each; an entry may hold two words where a space was missing.

        Args:
            words: of one message in order, signs and numbers among them.
        """
        out = list(words)
        for at, word in enumerate(words):
            if not self._strange(word):
                continue
            before = out[at - 1].rsplit(" ", 1)[-1] if at else ""
            after = words[at + 1] if at + 1 < len(words) else ""
            out[at] = self._mended(word, before, after)
        return out

    def _strange(self, word: str) -> bool:
        return (
            _SHORTEST <= len(word) <= _LONGEST
            and word.isalpha()
            and bool(self._ordinary)
            and fold(word) not in self._spellings
        )

    def _mended(self, word: str, before: str, after: str) -> str:
        left, right = fold(before), fold(after)
        scores: dict[tuple[str, ...], int] = {
            (near,): self._pairs.get((left, near), 0) + self._pairs.get((near, right), 0)
            for near in self._near(fold(word))
        }
        for first, second in self._halves(fold(word)):
            together = self._pairs.get((first, second), 0)
            if together >= _TOGETHER:
                scores[first, second] = together
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] < _TOGETHER:
            return word
        if len(ranked) > 1 and ranked[0][1] < _AHEAD * ranked[1][1]:
            return word
        chosen = ranked[0][0]
        if len(chosen) == 2:
            first = self._spelt(chosen[0], before, "")
            return f"{first} {self._spelt(chosen[1], first, after)}"
        return self._spelt(chosen[0], before, after)

    def _spelt(self, folded: str, before: str, after: str) -> str:
        """The spelling of a folded word that fits its neighbours best."""
        known = self._spellings[folded]
        return max(
            known,
            key=lambda word: (
                self._spelt_pairs.get((before, word), 0) + self._spelt_pairs.get((word, after), 0),
                known[word],
                word,
            ),
        )

    def _find_near(self, folded: str) -> tuple[str, ...]:
        distances = cdist([folded], self._ordinary, scorer=OSA.distance, score_cutoff=1)[0]
        return tuple(word for word, distance in zip(self._ordinary, distances, strict=True) if distance == 1)

    def _halves(self, folded: str) -> list[tuple[str, str]]:
        cuts = ((folded[:at], folded[at:]) for at in range(2, len(folded) - 1))
        return [(first, second) for first, second in cuts if first in self._spellings and second in self._spellings]
