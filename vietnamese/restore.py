"""Give a text typed without diacritics its diacritics back.

A syllable model of our own: how often each spelling stands for a folded
syllable, alone and after its neighbours, counted over the knowledge base and
the NLU examples. The likeliest row of spellings is found by Viterbi over
pairs of syllables.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from vietnamese.fold import fold, has_diacritics

_SYLLABLE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_START = "<s>"
_MAX_SPELLINGS = 12
"""Spellings tried for one folded syllable."""
_RAREST = 0.02
"""A spelling rarer than this among its folded kind is a slip of somebody's fingers."""
_BACK_OFF = 0.3
"""Share of the shorter context's probability where the longer was never seen (stupid back-off)."""
_ENOUGH_MARKS = 0.45
"""Share of marked syllables from which a text teaches spelling."""
_FEW_MARKS = 0.2
"""Below this share of marked syllables the text counts as typed without diacritics; ordinary text has 0.6."""


def syllables(text: str) -> list[str]:
    """Lower-case syllables, numbers and signs of a text, in order."""
    return _SYLLABLE.findall(text.lower())


def marked_share(text: str) -> float:
    """The share of a text's syllables that carry a mark; 1 where there are none to carry one."""
    return _marked_share(syllables(text))


def _marked_share(row: list[str]) -> float:
    letters = [word for word in row if word[0].isalpha()]
    return sum(map(_has_diacritics, letters)) / len(letters) if letters else 1.0


# Some thousand syllables make up all texts; folding each anew would be most of the time of learning them.
_has_diacritics = lru_cache(maxsize=30_000)(has_diacritics)


def lacks_diacritics(text: str) -> bool:
    """Say whether a text looks typed without diacritics."""
    return marked_share(text) < _FEW_MARKS


@dataclass
class Restorer:
    """Counts of syllables, pairs and triples, and the search over them."""

    unigrams: Counter[str] = field(default_factory=Counter)
    bigrams: Counter[tuple[str, str]] = field(default_factory=Counter)
    trigrams: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _spellings: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _total: int = 0

    @classmethod
    def train(cls, texts: Iterable[tuple[str, int]], min_triples: int = 2) -> Restorer:
        """Count texts that carry their diacritics.

        Args:
            texts: pairs of a text and how many times it counts.
            min_triples: triples seen less often are dropped, to keep the model small.
        """
        model = cls()
        for text, weight in texts:
            found = syllables(text)
            if _marked_share(found) < _ENOUGH_MARKS:
                continue  # typed carelessly: half of its spellings would be wrong
            row = [_START, _START, *found]
            for index in range(2, len(row)):
                model.unigrams[row[index]] += weight
                model.bigrams[row[index - 1], row[index]] += weight
                model.trigrams[row[index - 2], row[index - 1], row[index]] += weight
        model.trigrams = Counter({key: n for key, n in model.trigrams.items() if n >= min_triples})
        model._index()
        return model

    def _index(self) -> None:
        totals: Counter[str] = Counter()
        for word, count in self.unigrams.items():
            totals[fold(word)] += count
        spellings: dict[str, list[str]] = {}
        for word, count in self.unigrams.most_common():
            options = spellings.setdefault(fold(word), [])
            if len(options) < _MAX_SPELLINGS and count >= _RAREST * totals[fold(word)]:
                options.append(word)
        self._spellings = spellings
        self._total = sum(self.unigrams.values()) or 1

    def knows(self, word: str) -> bool:
        """Say whether a lower-case syllable was seen with this spelling."""
        return word in self.unigrams

    def restore(self, text: str, whole: bool | None = None) -> str:
        """Return the text with diacritics, in lower case where it changes.

        Args:
            text: normalised text.
            whole: restore every unmarked syllable (True), or none (False); by
                default only a text that lacks diacritics is touched.
        """
        if not (lacks_diacritics(text) if whole is None else whole) or not self.unigrams:
            return text
        matches = list(_SYLLABLE.finditer(text))
        best = self._search([match.group().lower() for match in matches])
        out: list[str] = []
        at = 0
        for match, word in zip(matches, best, strict=True):
            typed = match.group()
            out += [text[at : match.start()], typed if typed.lower() == word else word]
            at = match.end()
        return "".join([*out, text[at:]])

    def _options(self, typed: str) -> list[str]:
        if has_diacritics(typed) or not typed[0].isalpha():
            return [typed]
        return self._spellings.get(typed, [typed])

    def _score(self, older: str, old: str, new: str) -> float:
        triple = self.trigrams.get((older, old, new), 0)
        if triple:
            return math.log(triple / max(self.bigrams.get((older, old), triple), triple))
        pair = self.bigrams.get((old, new), 0)
        if pair:
            base = self._total if old == _START else self.unigrams.get(old, pair)
            return math.log(_BACK_OFF * pair / max(base, pair))
        return math.log(_BACK_OFF**2 * (self.unigrams.get(new, 0) + 0.1) / self._total)

    def _search(self, typed: list[str]) -> list[str]:
        # State: the last two spellings; value: score and the row that led there.
        states: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {(_START, _START): (0.0, ())}
        for word in typed:
            following: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}
            options = self._options(word)
            for (older, old), (score, row) in states.items():
                for option in options:
                    total = score + self._score(older, old, option)
                    key = (old, option)
                    if key not in following or total > following[key][0]:
                        following[key] = (total, (*row, option))
            if len(following) > 40:
                following = dict(sorted(following.items(), key=lambda item: -item[1][0])[:40])
            states = following
        return list(max(states.values())[1])

    def dump(self) -> bytes:
        """Write the model as compressed JSON."""
        plain = {
            "unigrams": dict(self.unigrams),
            "bigrams": {" ".join(key): n for key, n in self.bigrams.items()},
            "trigrams": {" ".join(key): n for key, n in self.trigrams.items()},
        }
        return gzip.compress(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode(), mtime=0)

    @classmethod
    def load(cls, data: bytes) -> Restorer:
        """Read a model written by ``dump``.

        Raises:
            ValueError: the bytes are not such a model.
        """
        try:
            plain = json.loads(gzip.decompress(data))
            model = cls(
                Counter(plain["unigrams"]),
                Counter({_pair(key): n for key, n in plain["bigrams"].items()}),
                Counter({_triple(key): n for key, n in plain["trigrams"].items()}),
            )
        except (OSError, EOFError, zlib.error, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a diacritics model: {error}") from error
        model._index()
        return model


def _pair(key: str) -> tuple[str, str]:
    first, second = key.split(" ")
    return first, second


def _triple(key: str) -> tuple[str, str, str]:
    first, second, third = key.split(" ")
    return first, second, third
