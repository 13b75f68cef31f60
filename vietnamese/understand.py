"""One pipeline from the typed message to the understood one.

Both the NLU and the search use it, so that they read a message alike. What
was typed is always kept beside what was understood.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from vietnamese.abbreviations import expand, load_table
from vietnamese.fold import fold
from vietnamese.normalise import normalise
from vietnamese.restore import Restorer, lacks_diacritics
from vietnamese.spelling import Speller
from vietnamese.syllables import decode_keystrokes, parse

# Codes ('H29.12-250610-0034', '1.001193') stay whole; so do numbers and words.
_PIECE = re.compile(r"\w+(?:[.\-/]\w+)+|\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
_LOOSE_MARK = re.compile("[\u0300-\u036f]")
"""A combining mark that no composed letter stands for; it would end a word that folding joins."""


@dataclass(frozen=True)
class Understood:
    """A message in its stages.

    Attributes:
        typed: exactly as it came in.
        normal: normalised, nothing guessed.
        text: abbreviations written out, keystrokes undone, slips mended, diacritics restored.
    """

    typed: str
    normal: str
    text: str

    @property
    def tokens(self) -> list[str]:
        """Folded lower-case words of the understood text."""
        return folded_words(self.text)

    @property
    def empty(self) -> bool:
        """True where there is no letter or digit to understand."""
        return not any(letter.isalnum() for letter in self.normal)


def accented_words(text: str) -> list[str]:
    """Lower-case words of a text with their diacritics."""
    return _WORD.findall(text.lower().replace("_", " "))


def folded_words(text: str) -> list[str]:
    """Folded lower-case words of a text: ``'Đăng ký xe'`` -> ``['dang', 'ky', 'xe']``."""
    composed = unicodedata.normalize("NFC", text.lower()).replace("_", " ")
    if _LOOSE_MARK.search(composed):
        return _WORD.findall(fold(composed))
    # Syllables repeat: an index of forty thousand texts folds some ten thousand of them.
    return [_folded(word) for word in _WORD.findall(composed)]


@lru_cache(maxsize=30_000)
def _folded(word: str) -> str:
    return fold(word)


class Understander:
    """The pipeline with its diacritics model (an empty one restores nothing)."""

    def __init__(self, restorer: Restorer | None = None) -> None:
        self.restorer = restorer or Restorer()
        self._speller = Speller(self.restorer)

    def understand(self, typed: str) -> Understood:
        """Understand one message. Total: any string gives a result."""
        normal = normalise(typed)
        matches = list(_PIECE.finditer(normal))
        words = [self._undo_keystrokes(match.group().lower()) for match in matches]
        out: list[str] = []
        plain: list[str] = []
        at = 0
        expanded = expand(words)
        for match, full, word in zip(matches, expanded, self._speller.correct(expanded), strict=True):
            piece = match.group()
            out += [normal[at : match.start()], piece if word == piece.lower() else word]
            at = match.end()
            if full == piece.lower():
                plain.append(piece)
        text = "".join([*out, normal[at:]])
        # What was written out carries marks that nobody typed: 'lam lai cccd bi mat' lacks diacritics.
        return Understood(typed, normal, self.restorer.restore(text, whole=lacks_diacritics(" ".join(plain))))

    def _undo_keystrokes(self, word: str) -> str:
        if word in load_table() or parse(word) is not None:
            return word
        decoded = decode_keystrokes(word)
        if decoded is None:
            return word
        # With a vocabulary at hand only known spellings count, or 'test' would become 'tét'.
        return decoded if not self.restorer.unigrams or self.restorer.knows(decoded) else word
